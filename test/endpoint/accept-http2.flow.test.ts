/** Flow control, both ways: what the application does not read stays with the peer, and what the peer does not read is bounded. */
import { describe, expect, it } from 'vitest';
import type { Websocket } from '../../src/endpoint/index.ts';
import { askFields, StreamPeer, serveHttp2, sessionWith } from './http2-peers.ts';
import { connectFields, headersFrame, http2Frame, RawHttp2, types } from './raw-http2.ts';
import { closeFrame, eventually, frame, HandClock, next, record, text } from './support.ts';

const windowBytes = 128 * 1024;
const http2 = { streamWindowBytes: windowBytes, sessionWindowBytes: 16 * windowBytes };

/** What WINDOW_UPDATE frames have added for a stream. */
function roomGiven(peer: RawHttp2, stream: number): number {
  let bytes = 0;
  for (const { payload } of peer.of(types.windowUpdate, stream)) {
    bytes += payload.readUInt32BE();
  }
  return bytes;
}

describe('a websocket that is paused', () => {
  it('gives no room beyond one window, and all of it when it goes on', async () => {
    const { port, accepted } = await serveHttp2({}, (websocket) => websocket.pause(), { http2 });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    const websocket = await accepted();
    const messages = record(websocket, 'message');
    const message = frame(2, Buffer.alloc(windowBytes / 8 - 8));
    for (let i = 0; i < 8; i += 1) {
      peer.write(http2Frame(types.data, 0, 1, message));
    }
    peer.write(http2Frame(types.ping, 0, 0, Buffer.alloc(8)));
    // All of it has been read, and the connection has room again, but not the stream.
    await peer.until(() => peer.count(types.ping) > 0);
    expect(peer.count(types.windowUpdate, 1)).toBe(0);
    expect(messages.length).toBe(0);
    websocket.resume();
    await eventually(() => messages.length === 8);
    await peer.until(() => roomGiven(peer, 1) > 0.9 * windowBytes);
  });

  it('is over when the peer sends more than there is room for', async () => {
    const { port, accepted } = await serveHttp2({}, (websocket) => websocket.pause(), { http2 });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    const closed = next(await accepted(), 'closed');
    const piece = http2Frame(types.data, 0, 1, Buffer.alloc(16_384));
    peer.write(...Array.from({ length: 9 }, () => piece));
    expect(await closed).toMatchObject([{ code: 1006 }]);
    // RFC 9113 §6.9.1: the stream, or as newer versions of Node have it the connection, with FLOW_CONTROL_ERROR.
    await eventually(() => peer.hasClosed || peer.rstCode(1) === 3);
  });

  it('does not hold up another one on the same connection', async () => {
    let paused: Websocket | undefined;
    const { port } = await serveHttp2(
      {},
      (websocket, { query }) => {
        if (query.has('paused')) {
          paused = websocket;
          websocket.pause();
        }
        websocket.on('message', (message) => void websocket.send(message));
      },
      { http2 },
    );
    const session = await sessionWith(port);
    const stuck = new StreamPeer(session, { ':path': '/?paused' });
    const other = new StreamPeer(session);
    await other.status();
    await stuck.status();
    // Twice the window of the session.
    for (let i = 0; i < 32; i += 1) {
      stuck.write(frame(2, Buffer.alloc(windowBytes)));
    }
    for (let round = 0; round < 20; round += 1) {
      other.write(text(`round ${round}`));
      expect((await other.frames(1))[0]?.payload.toString()).toBe(`round ${round}`);
    }
    expect(paused?.bufferedBytes).toBe(0);
    expect(stuck.stream.writableLength).toBeGreaterThan(0);
  });

  it('for await slows the peer down', async () => {
    let release: (() => void) | undefined;
    const sizes: number[] = [];
    const { port } = await serveHttp2(
      {},
      async (websocket) => {
        for await (const message of websocket) {
          sizes.push(message.length);
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
      },
      { http2 },
    );
    const peer = await StreamPeer.open(port);
    const size = windowBytes / 2;
    for (let i = 0; i < 20; i += 1) {
      peer.write(frame(2, Buffer.alloc(size)));
    }
    await eventually(() => sizes.length === 1);
    const later = new StreamPeer(peer.session, { ':path': '/elsewhere' });
    expect(await later.status()).toBe(404);
    expect(peer.stream.writableLength).toBeGreaterThan(20 * size - 4 * windowBytes);
    for (let i = 1; i < 20; i += 1) {
      release!();
      await eventually(() => sizes.length === i + 1);
    }
    release!();
    peer.stream.end(closeFrame(1000));
    await peer.closed();
    expect(peer.stream.rstCode).toBe(0);
  });
});

describe('a peer that does not read', () => {
  it('leaves what is sent with us: send says when to wait, and drained when to go on', async () => {
    const { port, accepted } = await serveHttp2({ highWaterBytes: 100_000 });
    const session = await sessionWith(port);
    const stream = session.request(askFields(), { endStream: false });
    const websocket = await accepted();
    const drained = record(websocket, 'drained');
    expect(websocket.send(Buffer.alloc(50_000))).toBe(true);
    expect(websocket.send(Buffer.alloc(200_000))).toBe(false);
    await eventually(() => websocket.bufferedBytes < 250_000);
    const waiting = websocket.bufferedBytes;
    // Its window is 65,535 bytes, and Node has what it was given last in hand until all of it has left.
    expect(waiting).toBeGreaterThanOrEqual(250_000 - 65_535 - 65_536);
    expect(drained.length).toBe(0);
    let heard = 0;
    stream.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    await websocket.drained();
    expect(websocket.bufferedBytes).toBeLessThanOrEqual(25_000);
    await eventually(() => heard === 250_000 + 4 + 10);
    await eventually(() => websocket.bufferedBytes === 0);
    expect(drained.length).toBe(1);
  });

  it('250 of them leave room for more on their connection', async () => {
    // Of Node's 10 MB for a session nothing would be left.
    const { port, endpoint } = await serveHttp2(
      {},
      (websocket) => void websocket.send(Buffer.alloc(60_000)),
      { http2: { maxStreams: 300 } },
    );
    const session = await sessionWith(port, { initialWindowSize: 0 });
    const streams = Array.from({ length: 250 }, () =>
      session.request(askFields(), { endStream: false }),
    );
    await eventually(() => endpoint.websockets.size === 250);
    expect(await new StreamPeer(session).status()).toBe(200);
    expect(streams.every(({ closed }) => !closed)).toBe(true);
  });

  it('is closed with 1008 when too much waits, and reset when it does not read that either', async () => {
    const clock = new HandClock();
    const { port, accepted } = await serveHttp2(
      { highWaterBytes: 1000, maxBufferedBytes: 500_000, closeWithinMs: 3000 },
      () => {},
      { clock },
    );
    const session = await sessionWith(port);
    const stream = session.request(askFields(), { endStream: false });
    stream.on('error', () => {});
    const websocket = await accepted();
    const closed = next(websocket, 'closed');
    for (let i = 0; i < 10 && websocket.state === 'open'; i += 1) {
      websocket.send(Buffer.alloc(100_000));
    }
    expect(websocket.state).toBe('closing');
    await eventually(() => websocket.bufferedBytes > 0);
    const isClosed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
    clock.advance(3100);
    expect(await closed).toMatchObject([
      { code: 1008, clean: false, fault: { name: 'READS_TOO_SLOWLY' } },
    ]);
    stream.resume();
    await isClosed;
    expect(stream.rstCode).toBe(8);
    // The connection carries on.
    expect(await new StreamPeer(session).status()).toBe(200);
  });

  it('D18: with a window of zero it is cut when nothing has moved for stalledMs', async () => {
    const clock = new HandClock();
    const { port, accepted, endpoint } = await serveHttp2(
      { pingAfterMs: 1000, pongWithinMs: 1000, stalledMs: 5000, closeWithinMs: 1000 },
      () => {},
      { clock },
    );
    const session = await sessionWith(port, { initialWindowSize: 0 });
    const streams = Array.from({ length: 100 }, () => {
      const stream = session.request(askFields(), { endStream: false });
      stream.on('error', () => {});
      return stream;
    });
    const closings = [];
    for (const _ of streams) {
      const websocket = await accepted();
      closings.push(next(websocket, 'closed'));
      websocket.send('never read');
    }
    await eventually(() =>
      [...endpoint.websockets].every(({ bufferedBytes }) => bufferedBytes > 0),
    );
    // What is sent leaves at the end of the pass of the event loop.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    // A ping after a second, which waits too; a second later that is noticed, and the time begins.
    clock.advance(6900);
    expect(endpoint.websockets.size).toBe(100);
    clock.advance(1500);
    for (const closing of closings) {
      expect(await closing).toMatchObject([{ code: 1008, clean: false }]);
    }
    await eventually(() => streams.every(({ rstCode }) => rstCode === 8));
  });
});
