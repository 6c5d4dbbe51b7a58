import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../src/client/subscription.ts';
import { type ModelLog, ModelServer } from './model-server.ts';
import { startWorld } from './world.ts';

const channels = ['one', 'two'] as const;
/** The ordinary is more frequent. */
const actions = [
  'append append append deliver deliver deliver deliver deliver wait rest retry',
  'lose double swap cut late trim rewind anew',
]
  .join(' ')
  .split(' ');

/** Follows what a subscription tells, and throws when it is not a chain with explicit gaps. */
function check(subscription: Subscription, log: ModelLog): void {
  const delivered = new Set<string>();
  let stands = subscription.position;
  subscription.on('publication', ({ id, position }) => {
    const { entry, epoch } = log.everMade.get(id)!;
    const before = `${epoch}:${entry.prev.offset}:${entry.prev.id}`;
    expect({ id, follows: stands }).toEqual({ id, follows: before });
    expect(position).toBe(`${epoch}:${entry.offset}:${id}`);
    expect({ id, twice: delivered.has(id) }).toEqual({ id, twice: false });
    delivered.add(id);
    stands = position;
  });
  subscription.on('gap', ({ from, to }) => {
    expect(from).toBe(stands);
    stands = to;
  });
}

function run(steps: readonly { action: string; channel: (typeof channels)[number] }[]): void {
  const server = new ModelServer();
  const world = startWorld();
  const subscriptions = channels.map((channel) => {
    const subscription = world.client.subscribe(channel, { since: 'e1:0:' });
    check(subscription, server.logs[channel]!);
    return subscription;
  });
  // What an expectation in a listener throws is reported, not thrown: the test would not see it.
  for (const { action, channel } of steps) {
    act(action, channel, server, world);
    server.serve(world.road());
  }

  for (let round = 0; round < 30; round += 1) {
    server.serve(world.road());
    if (server.deliver()) {
      round -= 1;
    } else {
      if (round === 10) {
        server.compareTops();
      } else if (round === 20) {
        // Loss at the tail is seen when something comes after it.
        channels.map((channel) => server.append(channel));
      }
      world.clock.advance(3_000);
    }
  }
  const ends = subscriptions.map(({ status, position }) => ({ status, position }));
  expect(ends).toEqual(
    channels.map((channel) => {
      const { epoch, offset, id } = server.logs[channel]!.topPosition;
      return { status: 'live', position: `${epoch}:${offset}:${id}` };
    }),
  );
  world.client.close();
  expect(world.clock.pending).toBe(0);
}

function act(
  action: string,
  channel: (typeof channels)[number],
  server: ModelServer,
  { client, clock }: ReturnType<typeof startWorld>,
): void {
  const table: Readonly<Record<string, () => void>> = {
    append: () => server.append(channel),
    deliver: () => void server.deliver(),
    lose: () => server.loseOne(),
    double: () => server.doubleOne(),
    swap: () => server.swapTwo(),
    cut: () => server.cut(),
    late: () => server.deliverLate(),
    trim: () => server.logs[channel]!.trim(),
    rewind: () => server.logs[channel]!.rewind(),
    anew: () => server.beginAnew(channel),
    wait: () => clock.advance(400),
    rest: () => clock.advance(6_000),
    retry: () => client.retryNow(),
  };
  table[action]!();
}

describe('a log, a client with a position, and nothing else that can be trusted', () => {
  it('what is delivered is a chain with explicit gaps, and it arrives at the top', () => {
    const reported: unknown[] = [];
    const before = globalThis.reportError;
    globalThis.reportError = (error: unknown) => reported.push(error);
    try {
      fc.assert(
        fc.property(
          fc.array(
            fc.record({
              action: fc.constantFrom(...actions),
              channel: fc.constantFrom(...channels),
            }),
            { minLength: 1, maxLength: 150, size: 'max' },
          ),
          (steps) => {
            reported.length = 0;
            run(steps);
            expect(reported).toEqual([]);
          },
        ),
        { numRuns: Number(process.env['RUNS'] ?? 200), seed: Number(process.env['SEED'] ?? 1) },
      );
    } finally {
      globalThis.reportError = before;
    }
  });
});
