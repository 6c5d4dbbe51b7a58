/**
 * D14: what a client asks, its going, and what the server does to it, two of them at a time, each pair ten thousand times with one before the
 * other by ever another number of steps. Afterwards nothing is left anywhere.
 */
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/brokers/memory.ts';
import { createHub, type Hub } from '../../src/hub/index.ts';
import type { Presence } from '../../src/hub/presence/presence.ts';
import type { Broker, Policy } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { atRest, openPolicy, settled, TestClient } from './world.ts';

const cycles = 10_000;
/** So many go on at once. */
const atOnce = 100;
/** So many steps lie between the two at the most: more than any of them takes. */
const mostSteps = 40;
const sessionMs = 2_000;
/** Less than two seconds each on a machine that has nothing else to do. */
const withinMs = { timeout: 60_000 };

/** Remembers what was ever claimed. */
function watched(broker: Broker, keys: Set<string>): Broker {
  return {
    ...broker,
    start: (ears) => broker.start(ears),
    stop: () => broker.stop(),
    claims: {
      ...broker.claims,
      put: (key, value, options) => {
        keys.add(key);
        return broker.claims.put(key, value, options);
      },
    },
  };
}

interface Arena {
  readonly hub: Hub;
  readonly clock: ManualClock;
  readonly broker: Broker;
  readonly keys: Set<string>;
  /** As the observer counts them. */
  readonly connected: Set<string>;
  readonly failures: unknown[];
}

async function open(): Promise<Arena> {
  const clock = new ManualClock();
  const keys = new Set<string>();
  const connected = new Set<string>();
  const failures: unknown[] = [];
  const broker = watched(memoryStore({ nowMs: () => clock.nowMs() }).node(), keys);
  const policy: Policy = { ...openPolicy, enter: async () => true, roster: () => true };
  const most = Number.POSITIVE_INFINITY;
  const hub = createHub({
    policy,
    broker,
    clock,
    limits: { sessionMs, hellosPerSecond: most, maxSessionsPerUser: most, maxAdmitting: most },
    observer: {
      connected: (session) => connected.add(session),
      disconnected: (session) => connected.delete(session),
      failed: (error) => failures.push(error),
    },
  });
  await hub.start();
  return { hub, clock, broker, keys, connected, failures };
}

class Racer extends TestClient {
  readonly user: string;
  private readonly hub: Hub;

  constructor(hub: Hub, user: string) {
    super();
    this.hub = hub;
    this.user = user;
    this.desk = hub.open(this);
    this.hello(user);
  }

  act(what: Action): unknown {
    switch (what) {
      case 'subscribe':
        this.say({ type: 'enter', id: 90, channel: 'news', data: 1 });
        return this.subscribe('news');
      case 'unsubscribe':
        this.say({ type: 'exit', id: 91, channel: 'news' });
        return this.unsubscribe('news');
      case 'close':
        return this.desk.closed();
      case 'revoke':
        return this.hub.revoke({ user: this.user });
    }
  }
}

type Action = 'subscribe' | 'unsubscribe' | 'close' | 'revoke';

const pairs: readonly (readonly [Action, Action])[] = [
  ['subscribe', 'unsubscribe'],
  ['subscribe', 'close'],
  ['subscribe', 'revoke'],
  ['unsubscribe', 'close'],
  ['unsubscribe', 'revoke'],
  ['close', 'revoke'],
];

/** By whom: what ends a session needs another for each time. */
async function raced(hub: Hub, number: number, pair: readonly [Action, Action]): Promise<void> {
  const ends = pair[1] !== 'unsubscribe';
  const [racers, times] = ends ? [atOnce, 1] : [1, atOnce];
  const racing = Array.from({ length: racers }, async (_, i) => {
    const racer = new Racer(hub, `u${number + i}`);
    if (pair[0] !== 'subscribe') {
      racer.act('subscribe');
    }
    // Hellos are among what is raced with, too.
    await steps(i % 7 === 0 ? 2 : mostSteps);
    for (let time = 0; time < times; time += 1) {
      await cycle(racer, number + i + time, pair);
    }
    racer.desk.closed();
  });
  await Promise.all(racing);
}

/** The two, so many steps apart, in the one order or the other. */
async function cycle(
  racer: Racer,
  number: number,
  [one, other]: readonly [Action, Action],
): Promise<void> {
  const isTurned = number % 2 === 1;
  const first = racer.act(isTurned ? other : one);
  await steps(Math.floor(number / 2) % mostSteps);
  const second = racer.act(isTurned ? one : other);
  await Promise.all([first, second]);
  await steps(mostSteps);
}

async function steps(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await Promise.resolve();
  }
}

describe('D14: races', () => {
  it.each(pairs)(
    'D14: %s and %s, ten thousand times, leave nothing behind',
    withinMs,
    async (...pair) => {
      const { hub, clock, broker, keys, connected, failures } = await open();
      for (let done = 0; done < cycles; done += atOnce) {
        await raced(hub, done, pair);
        clock.advance(sessionMs / 4);
        await settled();
      }
      for (let passed = 0; passed <= sessionMs; passed += 500) {
        clock.advance(500);
        await settled();
      }
      expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
      const { presence } = (hub as unknown as { rooms: { presence: Presence } }).rooms;
      expect(presence.view).toEqual({ sessions: 0, rosters: 0, watched: 0 });
      const roster = await broker.log.values('~roster:news', 0, 10_000);
      expect(roster.publications.filter(({ removed }) => removed !== true)).toEqual([]);
      const held: string[] = [];
      for (const key of keys) {
        if ((await broker.claims.get(key)) !== undefined) {
          held.push(key);
        }
      }
      expect(held).toEqual([`~node:${hub.post.node}`]);
      expect([connected.size, failures, clock.pending]).toEqual([0, [], atRest]);
    },
  );
});
