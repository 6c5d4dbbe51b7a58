/**
 * WebSocket by our own endpoint: the client's road on Node, with any version of it.
 * In: a URL. Out: a road. Fails: what cannot be dialled is closed with 1006 and the reason.
 */
import { dial, type Websocket } from '../../endpoint/index.ts';
import type { ClientTransport, Road, RoadListener } from '../index.ts';

/** Our own websocket, by `dial` of `tautline/endpoint`. */
export function dialled(): ClientTransport {
  return { name: 'websocket', open };
}

function open(url: string, subprotocols: readonly string[], listener: RoadListener): Road {
  const dialling = new AbortController();
  let websocket: Websocket | undefined;
  dial(url, { subprotocols, signal: dialling.signal }).then(
    (opened) => {
      websocket = opened;
      opened.on('message', (message) => listener.received(message));
      opened.on('closed', ({ code, reason }) => listener.closed({ code, reason }));
      listener.opened();
    },
    (error: unknown) => listener.closed({ code: 1006, reason: String(error) }),
  );
  return {
    send(frame) {
      if (websocket?.state === 'open') {
        websocket.send(frame);
      }
    },
    close(code, reason) {
      if (websocket === undefined) {
        dialling.abort();
      } else {
        void websocket.close(code, reason);
      }
    },
  };
}
