/** What becomes of all websockets of one connection. */
import { describe, expect, it } from 'vitest';
import { endStream } from './raw-http2.ts';
import { framesOn, opened, said } from './raw-streams.ts';
import { closeFrame, eventually, next, record, uncaught } from './support.ts';

describe('very many on one connection', { timeout: 30_000 }, () => {
  const count = 1000;

  it('that close at once: each has its answer', async () => {
    const { peer, served } = await opened(count);
    const ids = Array.from({ length: count }, (_, n) => n * 2 + 1);
    peer.write(...ids.map((id) => said(id, closeFrame(4001), endStream)));
    await eventually(() => served.endpoint.websockets.size === 0);
    await peer.until(
      () =>
        peer.frames.filter(({ flags, type }) => type === 0 && flags === endStream).length === count,
    );
    expect(ids.every((id) => peer.heard(id).readUInt16BE(2) === 4001)).toBe(true);
    expect(peer.goawayCode).toBe(undefined);
  });

  it('whose connection dies: each is told once', async () => {
    const errors = uncaught();
    const { peer, websockets } = await opened(count);
    const closings = websockets.map((websocket) => record(websocket, 'closed'));
    peer.socket.destroy();
    await eventually(() => closings.every((told) => told.length > 0));
    expect(closings.every((told) => told.length === 1 && told[0]![0].code === 1006)).toBe(true);
    expect(errors).toEqual([]);
  });

  it('when the endpoint stops: each hears 1001, and then the connection ends', async () => {
    const { peer, served } = await opened(count);
    const ids = Array.from({ length: count }, (_, n) => n * 2 + 1);
    const stopped = served.endpoint.close();
    await peer.until(() => ids.every((id) => framesOn(peer, id).length === 1));
    expect(ids.every((id) => peer.heard(id).readUInt16BE(2) === 1001)).toBe(true);
    peer.write(...ids.map((id) => said(id, closeFrame(1001), endStream)));
    await stopped;
    await peer.closed();
    expect(peer.goawayCode).toBe(0);
  });
});

it('an endpoint that stops cuts streams that do not answer, and their connection', async () => {
  const { peer, websockets, served } = await opened(2);
  const closings = websockets.map((websocket) => next(websocket, 'closed'));
  await served.endpoint.close({ withinMs: 50 });
  for (const closing of closings) {
    expect(await closing).toMatchObject([{ code: 1006, clean: false }]);
  }
  await peer.closed();
});
