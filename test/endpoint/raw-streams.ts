/** Websockets on streams of one connection, of a peer that writes its own frames. */
import { expect } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { type ServedHttp2, serveHttp2 } from './http2-peers.ts';
import { connectFields, headersFrame, http2Frame, RawHttp2, types } from './raw-http2.ts';
import { parseFrames, type RawFrame, text } from './support.ts';

export const ping: Buffer = http2Frame(types.ping, 0, 0, Buffer.alloc(8));

export function said(stream: number, bytes: Uint8Array, flags = 0): Buffer {
  return http2Frame(types.data, flags, stream, bytes);
}

export interface Opened {
  readonly peer: RawHttp2;
  /** On the streams 1, 3, 5 and so on. */
  readonly websockets: readonly Websocket[];
  readonly served: ServedHttp2;
}

/** A connection with `count` websockets that send back what they hear. */
export async function opened(
  count: number,
  pairs: readonly (readonly [number, number])[] = [],
): Promise<Opened> {
  const served = await serveHttp2(
    {},
    (websocket) => void websocket.on('message', (message) => void websocket.send(message)),
    { http2: { maxStreams: Math.max(100, count) } },
  );
  const peer = await RawHttp2.connect(served.port, ...pairs);
  const websockets: Websocket[] = [];
  for (let n = 0; n < count; n += 1) {
    peer.write(headersFrame(n * 2 + 1, connectFields()));
    websockets.push(await served.accepted());
  }
  return { peer, websockets, served };
}

/** What a websocket sent on its stream, so far. */
export function framesOn(peer: RawHttp2, stream: number): RawFrame[] {
  return parseFrames(peer.heard(stream)).frames;
}

export async function isServed(peer: RawHttp2, stream: number): Promise<void> {
  const before = framesOn(peer, stream).length;
  peer.write(said(stream, text('still here')));
  await peer.until(() => framesOn(peer, stream).length > before);
  expect(framesOn(peer, stream).at(-1)?.payload.toString()).toBe('still here');
}
