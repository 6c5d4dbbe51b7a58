import { describe, expect, it } from 'vitest';
import { Shared } from '../../../src/ground/shared.ts';
import type { Payload, Pipe } from '../../../src/ports/index.ts';
import {
  advance,
  type Conditions,
  ManualClock,
  type MemoryNetwork,
  memoryNetwork,
  type NetworkLimits,
} from '../../../src/testing/index.ts';
import { disconnects } from '../../../src/wire/index.ts';
import { hallOn } from './world.ts';

interface Bare {
  readonly clock: ManualClock;
  readonly network: MemoryNetwork;
  readonly pipe: Pipe;
  /** What the pipe told. */
  readonly told: unknown[];
  /** What the client received. */
  readonly received: Payload[];
  readonly client: { send(payload: Payload): void; close(code: number, reason: string): void };
}

/** A gateway that only listens, with `opening` done while it opens. */
async function bare(
  options: Conditions & NetworkLimits = {},
  opening: (pipe: Pipe) => void = () => undefined,
): Promise<Bare> {
  const clock = new ManualClock();
  const network = memoryNetwork({ clock, random: () => 0, ...options });
  const told: unknown[] = [];
  const received: Payload[] = [];
  let pipe!: Pipe;
  const gateway = {
    subprotocol: 'bare',
    open(given: Pipe) {
      pipe = given;
      opening(given);
      return {
        received: (payload: Payload) => void told.push(payload),
        closed: () => void told.push('closed'),
      };
    },
  };
  network.serve(hallOn(clock), { gateways: [gateway] });
  const client = network.transport('phone').open('ws://server/', ['bare'], {
    opened: () => void received.push('(opened)'),
    received: (payload) => void received.push(payload),
    closed: ({ code }) => void received.push(`(closed ${code})`),
  });
  await advance(clock, 0);
  return { clock, network, pipe, told, received, client };
}

function bytes(length: number): Shared<Payload> {
  return new Shared<Payload>(new Uint8Array(length));
}

describe('the server’s end', () => {
  it('is a pipe that knows the client’s host', async () => {
    const { pipe } = await bare();
    expect([pipe.name, pipe.address, pipe.bufferedBytes]).toEqual(['memory', 'phone', 0]);
  });

  it('may speak while the gateway opens: the client is open first', async () => {
    const { received } = await bare({}, (pipe) => pipe.send(new Shared<Payload>('early')));
    expect(received).toEqual(['(opened)', 'early']);
  });

  it('may be closed while the gateway opens', async () => {
    const { received, told } = await bare({}, (pipe) => pipe.close(disconnects.BUSY));
    expect([received, told]).toEqual([['(opened)', '(closed 4004)'], ['closed']]);
  });

  it('is told of a cut that comes while the gateway opens', async () => {
    const { received, told, network } = await bare({ cutShare: 1 }, (pipe) => pipe.send(bytes(1)));
    expect([received, told, network.roads()]).toEqual([['(closed 1006)'], ['closed'], []]);
  });

  it('carries text and bytes both ways', async () => {
    const { pipe, told, received, client, clock } = await bare();
    pipe.send(new Shared<Payload>('text'));
    pipe.send(new Shared<Payload>(new Uint8Array([1, 2])));
    client.send('text');
    client.send(new Uint8Array([3, 4]));
    await advance(clock, 0);
    expect(received).toEqual(['(opened)', 'text', new Uint8Array([1, 2])]);
    expect(told).toEqual(['text', new Uint8Array([3, 4])]);
  });

  it('gives each receiver bytes of its own', async () => {
    const { pipe, received, clock } = await bare();
    const payload = bytes(2);
    pipe.send(payload);
    pipe.send(payload);
    await advance(clock, 0);
    (received[1] as Uint8Array)[0] = 9;
    expect([received[2], payload.value]).toEqual([new Uint8Array(2), new Uint8Array(2)]);
  });

  it('says truly how much waits for a slow reader, and when nothing waits any more', async () => {
    const { pipe, clock } = await bare({ readBytesPerSecond: 1_000 });
    pipe.send(bytes(700));
    pipe.send(new Shared<Payload>('€'.repeat(100)));
    let drainedAtMs = -1;
    void pipe.drained().then(() => (drainedAtMs = clock.nowMs()));
    expect(pipe.bufferedBytes).toBe(1_000);
    await advance(clock, 250);
    expect([pipe.bufferedBytes, drainedAtMs]).toEqual([750, -1]);
    await advance(clock, 2_000);
    expect([pipe.bufferedBytes, drainedAtMs]).toEqual([0, 1_000]);
  });

  it('lets nobody wait when it has closed', async () => {
    const { pipe, clock, network, client } = await bare({ readBytesPerSecond: 0 });
    pipe.send(bytes(10));
    let drained = 0;
    void pipe.drained().then(() => (drained += 1));
    client.close(1000, '');
    await advance(clock, 0);
    expect([pipe.bufferedBytes, drained]).toEqual([0, 1]);
    await pipe.drained();
    network.cut();
  });

  it('sends what is owed before it closes', async () => {
    const { pipe, received, clock, told } = await bare({ readBytesPerSecond: 100 });
    pipe.send(new Shared<Payload>('x'.repeat(50)));
    pipe.close(disconnects.SERVER_STOPPING);
    pipe.send(new Shared<Payload>('too late'));
    await advance(clock, 499);
    expect(received).toEqual(['(opened)']);
    await advance(clock, 1);
    expect(received).toEqual(['(opened)', 'x'.repeat(50), '(closed 4000)']);
    expect(told).toEqual(['closed']);
  });

  it('hears what was under way when it closed, and nothing after its end', async () => {
    const { pipe, clock, told, client, network } = await bare();
    network.set({ delayMs: 10 });
    client.send('under way');
    pipe.close(disconnects.SERVER_STOPPING);
    await advance(clock, 100);
    expect(told).toEqual(['under way', 'closed']);
  });

  it('is patient for so long when it closes, and then is gone', async () => {
    const { pipe, clock, told, network, client, received } = await bare({ closeWithinMs: 300 });
    network.set({ swallow: 'toClient' });
    pipe.close(disconnects.SERVER_STOPPING);
    await advance(clock, 299);
    client.send('still heard');
    await advance(clock, 0);
    expect(told).toEqual(['still heard']);
    await advance(clock, 1);
    expect(told).toEqual(['still heard', 'closed']);
    client.send('to nobody');
    pipe.close(disconnects.SERVER_STOPPING);
    await advance(clock, 10_000);
    expect([told.length, received]).toEqual([2, ['(opened)']]);
  });

  it('that gave up on a slow reader drops what is owed, and the client is told', async () => {
    const { pipe, clock, received, told } = await bare({ readBytesPerSecond: 1 });
    pipe.send(bytes(1_000_000));
    pipe.close(disconnects.TOO_SLOW);
    await advance(clock, 5_000);
    expect([received, told]).toEqual([['(opened)', '(closed 1006)'], ['closed']]);
  });
});
