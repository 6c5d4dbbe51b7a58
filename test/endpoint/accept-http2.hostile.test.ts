/** What breaks servers over HTTP/1.1, said on a stream of HTTP/2. */
import { describe, expect, it } from 'vitest';
import { StreamPeer, serveHttp2, sessionWith } from './http2-peers.ts';
import {
  connectFields,
  endStream,
  headersFrame,
  http2Frame,
  RawHttp2,
  rstFrame,
  settings,
  types,
} from './raw-http2.ts';
import { closeFrame, eventually, frame, HandClock, next, text, uncaught } from './support.ts';

const badFrames: [string, Uint8Array, number][] = [
  ['reserved bits', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
  ['a2 00', Buffer.from([0xa2, 0x00]), 1002],
  ['no mask', frame(1, 'x', { masked: false }), 1002],
  ['B1: an endless length', Buffer.from('82ff7fffffffffffffff', 'hex'), 1009],
  ['B1: a length of 2^63', Buffer.from('82ff8000000000000000', 'hex'), 1002],
  ['B1: a length that is not the shortest', Buffer.from('82fe007d', 'hex'), 1002],
  ['B1: a ping of 126 bytes', Buffer.from('89fe007e', 'hex'), 1002],
  ['B6: a Close of one byte', frame(8, 'x'), 1002],
  ['B6: a Close with a code that must not be sent', closeFrame(1005), 1002],
  ['B6: a Close whose reason is no text', frame(8, Buffer.from([0x03, 0xe8, 0xff])), 1007],
  ['bytes that are no text', frame(1, Buffer.from([0xff])), 1007],
];

describe('A4 nothing a peer does during the handshake crashes or leaks', () => {
  it.each(badFrames)('the CONNECT and %s in one packet', async (_what, bytes, code) => {
    const errors = uncaught();
    const { port, endpoint } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    for (let id = 1; id < 40; id += 2) {
      const data = http2Frame(types.data, 0, id, Buffer.concat([bytes, text('ignored')]));
      peer.write(headersFrame(id, connectFields()), data);
      await peer.until(() => peer.of(types.data, id).some(({ flags }) => flags === endStream));
      expect(peer.heard(id)[0]).toBe(0x88);
      expect(peer.heard(id).readUInt16BE(2)).toBe(code);
      peer.write(rstFrame(id));
    }
    await eventually(() => endpoint.websockets.size === 0);
    expect(errors).toEqual([]);
  });

  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const ask = headersFrame(1, connectFields());
  const said = (bytes: Uint8Array): Buffer => http2Frame(types.data, 0, 1, bytes);
  const steps: [string, (Uint8Array | string)[]][] = [
    ['before a byte', []],
    ['in the middle of the preface', [preface.slice(0, 12)]],
    ['after the preface', [preface]],
    ['after the settings', [preface, settings()]],
    ['in the middle of the fields', [preface, settings(), ask.subarray(0, 30)]],
    ['right after the fields', [preface, settings(), ask]],
    ['after half a frame', [preface, settings(), ask, said(text('hello').subarray(0, 4))]],
    ['after a frame', [preface, settings(), ask, said(text('hello'))]],
    ['after a bad frame', [preface, settings(), ask, said(Buffer.from([0xff, 0xff]))]],
    ['after a Close', [preface, settings(), ask, said(closeFrame(1000))]],
    ['after fields that are refused', [preface, settings(), headersFrame(1, connectFields('/no'))]],
  ];
  it.each(steps)('a connection that is cut %s', async (_when, bytes) => {
    const errors = uncaught();
    const { port, endpoint } = await serveHttp2({ admit: async () => undefined }, (websocket) => {
      websocket.send('welcome');
      websocket.on('message', (message) => void websocket.send(message));
    });
    for (let round = 0; round < 10; round += 1) {
      const peer = await RawHttp2.silent(port);
      peer.write(...bytes);
      // Every other time before the bytes are sure to have left.
      if (round % 2 === 0) {
        await new Promise<void>((resolve) => peer.socket.write('', () => resolve()));
      }
      peer.socket.destroy();
    }
    // Whatever they left is behind this one.
    await StreamPeer.open(port);
    await eventually(() => endpoint.websockets.size === 1);
    expect(errors).toEqual([]);
  });

  it('a stream that is reset at any point of its handshake', async () => {
    const errors = uncaught();
    const { port, endpoint } = await serveHttp2({
      admit: () => new Promise((resolve) => setImmediate(() => resolve(undefined))),
    });
    const session = await sessionWith(port);
    for (let round = 0; round < 60; round += 1) {
      const peer = new StreamPeer(session);
      for (let turn = 0; turn < round % 6; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      peer.stream.close(8);
      await peer.closed();
    }
    const last = new StreamPeer(session);
    expect(await last.status()).toBe(200);
    await eventually(() => endpoint.websockets.size === 1);
    expect(errors).toEqual([]);
  });
});

describe('B1 lengths', () => {
  it('a message of maxMessageBytes passes, one byte more is a 1009', async () => {
    const { port } = await serveHttp2({ maxMessageBytes: 100_000 }, (websocket) => {
      websocket.on('message', (message) => void websocket.send(String(message.length)));
    });
    const peer = await StreamPeer.open(port);
    peer.write(frame(2, Buffer.alloc(100_000)));
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('100000');
    // It is refused by its length, before anything of it has come.
    peer.write(frame(2, Buffer.alloc(100_001)).subarray(0, 14));
    expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(1009);
  });
});

describe('B2 pieces', () => {
  it('of one byte each, without an end, are a 1008 when they cost too much', async () => {
    const { port } = await serveHttp2({ maxMessageBytes: 65_536 });
    const peer = await StreamPeer.open(port);
    const closing = peer.frames(1);
    peer.write(frame(1, 'x', { first: 0x01 }));
    const piece = frame(0, 'x', { first: 0x00 });
    peer.write(Buffer.concat(Array.from({ length: 2000 }, () => piece)));
    expect((await closing)[0]?.payload.readUInt16BE()).toBe(1008);
  });
});

describe('B3 a message byte by byte', () => {
  it('each byte in a DATA frame of its own: it arrives whole', async () => {
    const { port, accepted } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    const message = next(await accepted(), 'message');
    const bytes = text('x'.repeat(5000));
    const frames: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      frames.push(http2Frame(types.data, 0, 1, bytes.subarray(at, at + 1)));
    }
    peer.write(...frames);
    expect(await message).toEqual(['x'.repeat(5000)]);
  });
});

describe('B4 a flood of pings', () => {
  it('of websockets, to a peer that does not read: only the latest pong is kept', async () => {
    const { port, accepted } = await serveHttp2();
    // The stream's window has room for a few pongs, and is never opened again.
    const peer = await RawHttp2.connect(port, [4, 1000]);
    peer.write(headersFrame(1, connectFields()));
    const websocket = await accepted();
    const ping = frame(9, Buffer.alloc(125));
    for (let round = 0; round < 50; round += 1) {
      const data = http2Frame(
        types.data,
        0,
        1,
        Buffer.concat(Array.from({ length: 100 }, () => ping)),
      );
      peer.write(data);
      await new Promise((resolve) => setImmediate(resolve));
    }
    peer.write(http2Frame(types.ping, 0, 0, Buffer.alloc(8)));
    await peer.until(() => peer.count(types.ping) > 0);
    // One turn's answers may be with Node already; of all the rest there is one.
    expect(websocket.bufferedBytes).toBeLessThan(30_000);
    expect(websocket.state).toBe('open');
  });
});

describe('B6 the closing handshake', () => {
  it('that the peer never answers ends after closeWithinMs, with a reset', async () => {
    const clock = new HandClock();
    const { port, accepted } = await serveHttp2({ closeWithinMs: 3000 }, () => {}, { clock });
    const peer = await StreamPeer.open(port);
    const closing = (await accepted()).close(4000);
    await peer.frames(1);
    clock.advance(3100);
    expect(await closing).toMatchObject({ code: 1006, clean: false });
    await peer.closed();
    expect(peer.stream.rstCode).toBe(8);
  });

  it('after which the peer floods: it is passed over, and the stream ends', async () => {
    const clock = new HandClock();
    const { port, accepted, endpoint } = await serveHttp2({}, () => {}, { clock });
    const peer = await StreamPeer.open(port);
    const closed = next(await accepted(), 'closed');
    peer.write(closeFrame(1000));
    const piece = frame(2, Buffer.alloc(60_000));
    for (let i = 0; i < 50; i += 1) {
      peer.write(piece);
    }
    await peer.ended();
    clock.advance(5100);
    expect(await closed).toMatchObject([{ code: 1000, clean: true }]);
    await peer.closed();
    expect(endpoint.websockets.size).toBe(0);
  });
});
