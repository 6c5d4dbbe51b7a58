/**
 * The platform's own WebSocket: browsers, workers, Deno, Bun, and Node from version 22.
 * Fails: `TRANSPORT_MISSING`, thrown where the platform has none; all else is a `closed`.
 */
import { ClientError } from '../errors.ts';
import type { ClientTransport, Road, RoadListener } from './transport.ts';

/**
 * The platform's own WebSocket.
 * @throws {ClientError} `TRANSPORT_MISSING` where there is none.
 */
export function websocket(): ClientTransport {
  if (typeof WebSocket !== 'function') {
    throw new ClientError(
      'TRANSPORT_MISSING',
      'this platform has no WebSocket: pass a transport, or on Node import the client under the "node" condition',
    );
  }
  return { name: 'websocket', open };
}

function open(url: string, subprotocols: readonly string[], listener: RoadListener): Road {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, [...subprotocols]);
  } catch (error) {
    // Such as a page on https: that asks for ws:.
    queueMicrotask(() => listener.closed({ code: 1006, reason: String(error) }));
    return { send() {}, close() {} };
  }
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => listener.opened());
  socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    listener.received(typeof data === 'string' ? data : new Uint8Array(data));
  });
  socket.addEventListener('close', ({ code, reason }) => listener.closed({ code, reason }));
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(frame as string | Uint8Array<ArrayBuffer>);
      }
    },
    close: (code, reason) => socket.close(code, reason),
  };
}
