/** Every default that an application may rely on: the number that is written down, and that it is the one in use. */
import { describe, expect, it } from 'vitest';
import {
  closeDefaults,
  dial,
  handshakeDefaults,
  sendingDefaults,
} from '../../src/endpoint/index.ts';
import { handshakeOptions, websocketOptions } from '../../src/endpoint/options.ts';
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
    });
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

  it.each([
    [16_384, 101],
    [16_385, 431],
  ])('a request with a head of %i bytes is answered with %i', async (size, status) => {
    const { port } = await serve();
    const bare = upgradeHead({ fields: { Padding: '' } });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ fields: { Padding: 'x'.repeat(size - bare.length) } }));
    expect(await peer.head()).toContain(`HTTP/1.1 ${status} `);
  });
});
