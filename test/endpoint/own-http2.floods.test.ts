/** Floods on a connection of HTTP/2, from peers that write their own frames. */
import { describe, expect, it } from 'vitest';
import { serveHttp2 } from './http2-peers.ts';
import {
  connectFields,
  fieldSection,
  headersFrame,
  http2Frame,
  RawHttp2,
  settings,
  types,
} from './raw-http2.ts';
import { eventually, HandClock, uncaught } from './support.ts';

/** RFC 9113 §7. */
const codes = { enhanceYourCalm: 11 };

describe('D18: frames that make us work for nothing', () => {
  const ping = http2Frame(types.ping, 0, 0, Buffer.alloc(8));
  const floods: [string, Buffer][] = [
    ['PING', ping],
    ['SETTINGS', settings()],
    ['SETTINGS that change something each time', settings([3, 1], [4, 70_000], [3, 2])],
  ];
  it.each(floods)('a flood of %s ends with ENHANCE_YOUR_CALM', async (_what, frame) => {
    const errors = uncaught();
    const { port, endpoint } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    await eventually(() => endpoint.websockets.size === 1);
    for (let round = 0; round < 300 && !peer.hasClosed; round += 1) {
      peer.write(...Array.from({ length: 20 }, () => frame));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.closed();
    expect(peer.goawayCode).toBe(codes.enhanceYourCalm);
    await eventually(() => endpoint.websockets.size === 0);
    expect(errors).toEqual([]);
  });

  it('as many as a busy peer sends are answered', async () => {
    const clock = new HandClock();
    const { port } = await serveHttp2({}, () => {}, { clock });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    for (let second = 1; second <= 20; second += 1) {
      peer.write(...Array.from({ length: 90 }, () => ping));
      await peer.until(() => peer.count(types.ping) === second * 90);
      clock.standStill(1000);
    }
    expect(peer.goawayCode).toBe(undefined);
  });

  const open = headersFrame(1, connectFields());
  const others: [string, Buffer, number][] = [
    ['CONTINUATION without an end', http2Frame(types.continuation, 0, 3, Buffer.alloc(1)), 20_000],
    ['empty DATA', http2Frame(types.data, 0, 1), 20_000],
    ['PING to nobody who reads', ping, 100_000],
    ['a WINDOW_UPDATE of nothing', http2Frame(types.windowUpdate, 0, 1, Buffer.alloc(4)), 20_000],
    ['frames of an unknown stream', http2Frame(types.windowUpdate, 0, 99, Buffer.alloc(4)), 20_000],
  ];
  it.each(others)('a flood of %s is bounded', async (what, frame, count) => {
    const errors = uncaught();
    const { port, endpoint } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    peer.write(open);
    await eventually(() => endpoint.websockets.size === 1);
    if (what.startsWith('CONTINUATION')) {
      peer.write(http2Frame(types.headers, 0, 3, fieldSection(connectFields())));
    } else if (what.startsWith('PING')) {
      peer.socket.pause();
    }
    for (let sent = 0; sent < count && peer.socket.writable; sent += 100) {
      peer.write(...Array.from({ length: 100 }, () => frame));
      await new Promise((resolve) => setImmediate(resolve));
    }
    peer.socket.resume();
    await peer.closed();
    await eventually(() => endpoint.websockets.size === 0);
    expect(errors).toEqual([]);
  });
});
