/** RFC 9113 from below: frames that peers may send at any time, and some that they may not, on streams that carry websockets. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { serveHttp2 } from './http2-peers.ts';
import {
  connectFields,
  endHeaders,
  endStream,
  headersFrame,
  http2Frame,
  RawHttp2,
  rstFrame,
  settings,
  types,
  uint32,
} from './raw-http2.ts';
import { framesOn, isServed, opened, ping, said } from './raw-streams.ts';
import {
  closeFrame,
  eventually,
  frame,
  HandClock,
  next,
  record,
  text,
  uncaught,
} from './support.ts';

const windowUpdate = (stream: number, bytes: number): Buffer =>
  http2Frame(types.windowUpdate, 0, stream, uint32(bytes));

describe('RST_STREAM, with whatever code', () => {
  const all = [...Array(14).keys(), 0xffff_ffff];
  const moments: [
    string,
    (peer: RawHttp2, stream: number, websocket: Websocket) => void,
    number,
  ][] = [
    [
      'in the middle of a message',
      (peer, stream) => peer.write(said(stream, text('hello').subarray(0, 8))),
      1006,
    ],
    [
      'between fragments',
      (peer, stream) => peer.write(said(stream, frame(1, 'a', { first: 0x01 }))),
      1006,
    ],
    ['when our Close has left', (_peer, _stream, websocket) => void websocket.close(4000), 1006],
    ['behind its own Close', (peer, stream) => peer.write(said(stream, closeFrame(4001))), 4001],
    [
      'in the middle of its Close',
      (peer, stream, websocket) => {
        void websocket.close(4000);
        peer.write(said(stream, closeFrame(4001).subarray(0, 7)));
      },
      1006,
    ],
  ];
  it.each(moments)('%s: told once, and the others go on', async (_when, before, code) => {
    const errors = uncaught();
    const { peer, websockets, served } = await opened(all.length + 1);
    const closings = websockets.map((websocket) => record(websocket, 'closed'));
    for (const [n, reset] of all.entries()) {
      const stream = n * 2 + 1;
      before(peer, stream, websockets[n]!);
      peer.write(ping);
      await peer.until(() => peer.count(types.ping) === n + 1);
      peer.write(rstFrame(stream, reset));
    }
    await eventually(() => served.endpoint.websockets.size === 1);
    await isServed(peer, all.length * 2 + 1);
    expect(closings.map((told) => told.map(([why]) => why.code))).toEqual([
      ...all.map(() => [code]),
      [],
    ]);
    expect(errors).toEqual([]);
  });
});

describe('frames in between', () => {
  it('fields behind the data that end the stream: a websocket that ends', async () => {
    const errors = uncaught();
    const { peer, websockets } = await opened(3);
    const closings = websockets.map((websocket) => next(websocket, 'closed'));
    const trailers = [['x-trailer', 'a']] as const;
    peer.write(headersFrame(1, trailers, endHeaders | endStream));
    peer.write(said(3, closeFrame(4001)), headersFrame(3, trailers, endHeaders | endStream));
    expect(await closings[0]).toMatchObject([{ code: 1006, clean: false }]);
    expect(await closings[1]).toMatchObject([{ code: 4001, clean: true }]);
    // RFC 9113 §8.1: they must.
    peer.write(headersFrame(5, trailers));
    expect(await closings[2]).toMatchObject([{ code: 1006, clean: false }]);
    expect(errors).toEqual([]);
  });

  it('padding is not part of what was said', async () => {
    const { peer } = await opened(1);
    const message = text('padded');
    for (const pad of [0, 1, 255]) {
      const payload = Buffer.concat([Buffer.from([pad]), message, Buffer.alloc(pad)]);
      peer.write(http2Frame(types.data, 0x8, 1, payload));
    }
    await peer.until(() => framesOn(peer, 1).length === 3);
    expect(framesOn(peer, 1).map(({ payload }) => payload.toString())).toEqual(
      Array.from({ length: 3 }, () => 'padded'),
    );
  });

  it('of unknown types, and PRIORITY, are passed over', async () => {
    const { peer } = await opened(1);
    for (let n = 0; n < 200; n += 1) {
      peer.write(
        http2Frame(0x20 + (n % 100), 0xff, n % 3, Buffer.alloc(n)),
        http2Frame(types.priority, 0, 1, Buffer.from([0, 0, 0, 0, n])),
        http2Frame(types.priority, 0, 1001 + n * 2, Buffer.from([0, 0, 0, 1, n])),
      );
    }
    await isServed(peer, 1);
    expect(peer.goawayCode).toBe(undefined);
  });

  it('GOAWAY of the peer: its websockets go on, and the connection ends with the last', async () => {
    const { peer, websockets } = await opened(2);
    peer.write(http2Frame(types.goaway, 0, 0, Buffer.concat([uint32(0), uint32(0)])));
    await isServed(peer, 1);
    await isServed(peer, 3);
    const closed = next(websockets[0]!, 'closed');
    peer.write(said(1, closeFrame(1000), endStream));
    expect(await closed).toMatchObject([{ code: 1000, clean: true }]);
    await isServed(peer, 3);
    peer.write(said(3, closeFrame(1000), endStream));
    await peer.closed();
  });

  it('GOAWAY of the peer for a reason: 1006 for each', async () => {
    const errors = uncaught();
    const { peer, websockets } = await opened(2);
    const closings = websockets.map((websocket) => next(websocket, 'closed'));
    peer.write(http2Frame(types.goaway, 0, 0, Buffer.concat([uint32(0), uint32(2)])));
    for (const closing of closings) {
      expect(await closing).toMatchObject([{ code: 1006, clean: false }]);
    }
    await peer.closed();
    expect(errors).toEqual([]);
  });
});

describe('windows', () => {
  const size = 200_000;
  /** SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113 §6.5.2): for all streams that are open, too. */
  const window = 4;

  it('that settings open, shut and open again while a message is on its way', async () => {
    const { peer, websockets } = await opened(1, [[window, 0]]);
    const bytes = (): number => peer.heard(1).length;
    websockets[0]!.send(Buffer.alloc(size));
    peer.write(ping);
    await peer.until(() => peer.count(types.ping) === 1);
    expect(bytes()).toBe(0);
    peer.write(settings([window, 1000]));
    await peer.until(() => bytes() === 1000);
    // Less than was used: the window is below nothing now (§6.9.2).
    peer.write(settings([window, 0]), windowUpdate(1, 1500), settings([window, 100]));
    await peer.until(() => bytes() === 1600);
    peer.write(windowUpdate(0, 2 ** 31 - 1 - 65_535), settings([window, 2 ** 31 - 1 - 1500]));
    await peer.until(() => bytes() === size + 10);
    await isServed(peer, 1);
    expect(peer.goawayCode).toBe(undefined);
  });

  const wrong: [string, Buffer][] = [
    ['a WINDOW_UPDATE beyond 2^31-1', windowUpdate(1, 2 ** 31 - 1)],
    ['a WINDOW_UPDATE of nothing', windowUpdate(1, 0)],
    ['a WINDOW_UPDATE of the connection beyond 2^31-1', windowUpdate(0, 2 ** 31 - 1)],
    ['a WINDOW_UPDATE of the connection of nothing', windowUpdate(0, 0)],
    [
      'settings that make one too large',
      Buffer.concat([windowUpdate(1, 1), settings([window, 2 ** 31 - 1])]),
    ],
    ['settings with a window beyond 2^31-1', settings([window, 2 ** 31])],
  ];
  it.each(wrong)(
    '%s ends the stream or the connection, and tells each once',
    async (_what, bytes) => {
      const errors = uncaught();
      const clock = new HandClock();
      const { port, endpoint } = await serveHttp2({}, () => {}, { clock });
      const peer = await RawHttp2.connect(port);
      peer.write(headersFrame(1, connectFields()), headersFrame(3, connectFields()));
      await eventually(() => endpoint.websockets.size === 2);
      const closings = [...endpoint.websockets].map((websocket) => record(websocket, 'closed'));
      peer.write(bytes);
      await eventually(
        () => peer.hasClosed || peer.goawayCode !== undefined || peer.rstCode(1) !== undefined,
      );
      // Not every version of Node tells of what nghttp2 has ended: such are found by their pings.
      clock.advance(20_100);
      await eventually(() => endpoint.websockets.size === 0);
      expect(closings.map((told) => told.map(([why]) => why.code))).toEqual([[1006], [1006]]);
      expect(errors).toEqual([]);
    },
  );
});

describe('RFC 7692 on a stream', () => {
  it('a compressed message in frames of one byte', async () => {
    const { port, accepted } = await serveHttp2({ compression: true });
    const peer = await RawHttp2.connect(port);
    peer.write(
      headersFrame(1, connectFields('/', [['sec-websocket-extensions', 'permessage-deflate']])),
    );
    const message = next(await accepted(), 'message');
    const bytes = frame(1, deflateRawSync('hello '.repeat(1000)), { first: 0xc1 });
    peer.write(...Array.from(bytes, (byte) => said(1, Buffer.from([byte]))));
    expect(await message).toEqual(['hello '.repeat(1000)]);
  });
});
