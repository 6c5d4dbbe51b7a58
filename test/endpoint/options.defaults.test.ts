/** Every default that an application may rely on: the number that is written down, and that it is the one in use. */
import { describe, expect, it } from 'vitest';
import {
  closeDefaults,
  compressionDefaults,
  dial,
  handshakeDefaults,
  payloadDefaults,
  sendingDefaults,
} from '../../src/endpoint/index.ts';
import { handshakeOptions, websocketOptions } from '../../src/endpoint/options.ts';
import { answering, failure, switching } from './answering.ts';
import { eventually, HandClock, next, RawPeer, serve, turnOver, upgradeHead } from './support.ts';

describe('defaults are the numbers that are written down', () => {
  it('of a handshake, dialled or accepted', () => {
    const written = { handshakeWithinMs: 10_000, maxHeadBytes: 16_384, maxHeaders: 100 };
    expect(handshakeDefaults).toEqual(written);
    expect(handshakeOptions({})).toEqual(written);
  });

  it('of closing an endpoint', () => {
    expect(closeDefaults).toEqual({ withinMs: 5_000 });
  });

  it('of what a websocket sends and hears', () => {
    expect(sendingDefaults).toEqual({ highWaterBytes: 262_144, maxBufferedBytes: 33_554_432 });
    expect(websocketOptions({})).toEqual({
      highWaterBytes: 262_144,
      maxBufferedBytes: 33_554_432,
      maxMessageBytes: 16_777_216,
      maxFrameBytes: 16_777_216,
      maxFragments: 65_536,
      fragmentChargeBytes: 64,
      minBytesPerSecond: 32,
      pingAfterMs: 15_000,
      pongWithinMs: 5_000,
      stalledMs: 60_000,
      idleMs: Number.POSITIVE_INFINITY,
      closeWithinMs: 5_000,
      progressWindowMs: 10_000,
      payloads: 'owned',
      compression: false,
    });
  });

  it('of compression', () => {
    expect(compressionDefaults).toEqual({
      thresholdBytes: 1024,
      contextTakeover: false,
      peerContextTakeover: false,
      windowBits: 15,
      peerWindowBits: 15,
      level: 6,
      memoryLevel: 8,
      offloadBytes: 16_384,
      maxRatio: Number.POSITIVE_INFINITY,
    });
    expect(payloadDefaults).toEqual({ payloads: 'owned' });
  });
});

describe('defaults are the ones in use', () => {
  it('an admission has 10,000 ms', async () => {
    const clock = new HandClock();
    let isAsked = false;
    const admit = (): Promise<undefined> => {
      isAsked = true;
      return new Promise(() => {});
    };
    const { port } = await serve({ admit }, () => expect.unreachable(), { clock });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead());
    await eventually(() => isAsked);
    clock.advance(9_999);
    await turnOver();
    expect(peer.heard.length).toBe(0);
    clock.advance(1);
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('closing an endpoint has 5,000 ms', async () => {
    const clock = new HandClock();
    const { endpoint, port, accepted } = await serve({ closeWithinMs: 60_000 }, () => {}, {
      clock,
    });
    await RawPeer.open(port);
    const why = next(await accepted(), 'closed');
    const over = endpoint.close();
    clock.advance(4_999);
    await turnOver();
    expect(endpoint.websockets.size).toBe(1);
    clock.advance(1);
    await over;
    expect((await why)[0].code).toBe(1006);
  });

  it('a request has 16,384 bytes', async () => {
    const { port } = await serve();
    // Node counts names and values, and not what is between them.
    const around = upgradeHead({ fields: { Padding: '' } }).length;
    const [largest, larger] = [await RawPeer.connect(port), await RawPeer.connect(port)];
    largest.write(upgradeHead({ fields: { Padding: 'x'.repeat(16_384 - around) } }));
    expect(await largest.head()).toMatch(/^HTTP\/1\.1 101 /);
    larger.write(upgradeHead({ fields: { Padding: 'x'.repeat(16_384) } }));
    expect(await larger.head()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('an answer has 16,384 bytes', async () => {
    const answer = (head: string, size: number): string => {
      const around = switching(head, 'Padding: \r\n').length;
      return switching(head, `Padding: ${'x'.repeat(size - around)}\r\n`);
    };
    const largest = await answering((socket, head) => socket.write(answer(head, 16_384)));
    (await dial(largest.url)).terminate();
    const larger = await answering((socket, head) => socket.write(answer(head, 16_385)));
    expect((await failure(larger.url)).fault).toBe('HEAD_TOO_LARGE');
  });
});
