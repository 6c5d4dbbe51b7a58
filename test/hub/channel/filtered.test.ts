/** Readers that are shown a part of a channel: the same part, however it comes to them, and a chain without a hole. */
import { describe, expect, it } from 'vitest';
import type { HubOptions } from '../../../src/hub/index.ts';
import type { Policy, Seen } from '../../../src/ports/index.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { at, type Position, type Publication } from '../../../src/wire/index.ts';
import { atRest, openPolicy, settled, startWorld, type TestClient, type World } from '../world.ts';
import { place, zero } from './filled.ts';

/** Everybody but bob is shown odd numbers only. */
const odd: Policy = {
  ...openPolicy,
  see: ({ user, data }) => user === 'bob' || Number(data) % 2 === 1,
};

async function openWorld(options: Partial<HubOptions> = {}): Promise<World> {
  return startWorld({ policy: odd, ...options });
}

function say({ engine }: World, ...data: number[]): void {
  for (const one of data) {
    engine.append('news', one);
  }
}

async function following(world: World, since?: Position, user = 'ann'): Promise<TestClient> {
  const client = await world.enter(user);
  client.subscribe('news', since);
  await settled();
  return client;
}

/** Follows what it is told as docs/3-reference/wire.md says, and fails where that does not link. */
function chained(client: TestClient): { readonly data: unknown[]; readonly last: Position } {
  const data: unknown[] = [];
  let last: Position | undefined;
  for (const message of client.got) {
    if (message.type === 'subscribed') {
      last = message.position;
    } else if (message.type === 'publication') {
      const { publication } = message;
      expect(publication.prev).toEqual({ offset: last!.offset, id: last!.id });
      last = at(last!.epoch, publication);
      data.push(publication.data);
    } else if (message.type === 'advance') {
      expect(message.to.offset).toBeGreaterThan(last!.offset);
      last = message.to;
    } else if (message.type === 'gap') {
      expect(message.gap.from).toEqual(last);
      data.push(`gap ${message.gap.reason}`);
      last = message.gap.to;
    } else if (message.type === 'caughtUp') {
      expect(message.position).toEqual(last);
    }
  }
  return { data, last: last! };
}

describe('entries that are not shown, live', () => {
  it('are passed over; what is shown next links to an advance', async () => {
    const world = await openWorld();
    const client = await following(world);
    const bob = await following(world, undefined, 'bob');
    client.told();
    bob.told();
    say(world, 1, 2, 4, 5);
    expect(client.got).toMatchObject([
      { type: 'publication', publication: { data: 1 } },
      { type: 'advance', channel: 'news', to: place(world, 3) },
      { type: 'publication', publication: { data: 5 } },
    ]);
    expect(bob.told()).toHaveLength(4);
  });

  it('however many there are, are one message after advanceEveryMs, and none before', async () => {
    const world = await openWorld({ limits: { advanceEveryMs: 700 } });
    const client = await following(world);
    client.told();
    for (let i = 0; i < 10_000; i += 1) {
      world.engine.announce('news', world.engine.store('news', 2));
      if (i === 4_999) {
        world.clock.advance(699);
      }
    }
    expect(client.got).toEqual([]);
    world.clock.advance(1);
    expect(client.got).toEqual([
      { type: 'advance', channel: 'news', to: world.engine.top('news') },
    ]);
    client.told();
    world.clock.advance(7_000);
    expect(client.got).toEqual([]);
    say(world, 2);
    world.clock.advance(700);
    expect(client.told()).toEqual(['advance']);
  });

  it('are told of when there is room, and leave no timer behind', async () => {
    const world = await openWorld({ limits: { advanceEveryMs: 700 } });
    const client = await following(world);
    client.told();
    say(world, 2);
    client.bufferedBytes = 300_000;
    world.clock.advance(700);
    expect(client.told()).toEqual([]);
    client.bufferedBytes = 0;
    world.clock.advance(700);
    expect(client.told()).toEqual(['advance']);
    say(world, 4);
    client.desk.closed();
    await settled();
    expect(world.clock.pending).toBe(atRest);
  });

  it('do not count for a reader that is slow: nothing of it waits', async () => {
    const world = await openWorld();
    const client = await following(world);
    client.told();
    client.bufferedBytes = 600_000;
    say(world, 2, 4, 6);
    expect(world.notes).not.toContain('slowed news spill');
    say(world, 7);
    expect(world.notes).toContain('slowed news spill');
    client.drain();
    await settled();
    expect(client.told()).toEqual(['advance', 'publication 7']);
  });

  it('before a gap are told of first', async () => {
    const world = await openWorld();
    const client = await following(world);
    say(world, 1, 2);
    world.engine.loseAfter('news', 0);
    say(world, 3);
    await settled();
    say(world, 5);
    await settled();
    expect(chained(client).data).toEqual([1, 'gap ahead', 5]);
  });

  it('of a reader that drops are no reason for a gap of their own', async () => {
    const world = await openWorld({ channels: () => ({ kind: 'log', slow: 'drop' }) });
    const client = await following(world);
    client.told();
    client.bufferedBytes = 600_000;
    say(world, 2);
    client.drain();
    await settled();
    say(world, 3);
    expect(client.told()).toEqual(['advance', 'publication 3']);
  });

  it('signals are asked about as well', async () => {
    const world = await openWorld();
    const client = await following(world);
    client.told();
    const bob = await world.enter('bob');
    bob.signal('news', 2);
    bob.signal('news', 3);
    await settled();
    expect(client.told()).toEqual(['signal bob 3']);
  });
});

describe('entries that are not shown, caught up with', () => {
  it('are passed over, and caughtUp is behind them', async () => {
    const world = await openWorld();
    say(world, 1, 2, 3, 4);
    const client = await following(world, zero);
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'advance',
      'publication 3',
      'advance',
      'caughtUp 4',
    ]);
  });

  it('a page of them is told as one advance, so that nobody reads it twice', async () => {
    const world = await openWorld({ limits: { pageEntries: 4 } });
    say(world, ...Array.from({ length: 9 }, () => 2));
    const client = await world.enter('ann');
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    world.broker.letGoOne('read');
    await settled();
    expect(client.got.at(-1)).toEqual({ type: 'advance', channel: 'news', to: place(world, 4) });
    world.broker.letGo('read');
    await settled();
    expect(chained(client)).toEqual({ data: [], last: place(world, 9) });
  });

  it('who comes back with where it was told to be reads nothing again, and meets no gap', async () => {
    const world = await openWorld();
    const client = await following(world);
    say(world, 2, 4, 6);
    world.clock.advance(5_000);
    const { last } = chained(client);
    expect(last).toEqual(place(world, 3));
    // All of it is trimmed: nothing that it may see.
    world.engine.trim('news', 3);
    say(world, 7);
    const again = await following(world, last);
    expect(again.told()).toEqual(['subscribed 3', 'publication 7', 'caughtUp 4']);
  });
});

describe('values of keyed state that are not shown', () => {
  const policy: Policy = {
    ...openPolicy,
    see: ({ key, data, removed }) => key !== 'hidden' && (removed === true || Number(data) < 10),
  };
  const set = ({ engine }: World, key: string, data: number): unknown =>
    engine.append('news', data, { key });

  async function openState(): Promise<World> {
    return startWorld({
      policy,
      channels: () => ({ kind: 'state' }),
      limits: { advanceEveryMs: 700 },
    });
  }

  it('take away the value that was shown; keys that may not be known are never named', async () => {
    const world = await openState();
    set(world, 'tin', 1);
    set(world, 'hidden', 1);
    const client = await following(world);
    expect(client.told()).toEqual(['subscribed 0 snapshot', 'publication tin=1', 'caughtUp 2']);
    set(world, 'hidden', 2);
    set(world, 'tin', 99);
    set(world, 'tin', 2);
    expect(client.told()).toEqual(['publication tin=removed', 'publication tin=2']);
    set(world, 'hidden', 3);
    world.clock.advance(700);
    expect(client.got).toEqual([{ type: 'advance', channel: 'news', to: place(world, 6) }]);
  });

  it('are left out of what changed meanwhile', async () => {
    const world = await openState();
    set(world, 'tin', 1);
    set(world, 'iron', 2);
    set(world, 'hidden', 2);
    set(world, 'tin', 99);
    const client = await following(world, place(world, 1));
    expect(client.told()).toEqual([
      'subscribed 1',
      'publication iron=2',
      'publication tin=removed',
      'caughtUp 4',
    ]);
  });
});

describe('history of which a part is not shown', () => {
  it('goes on over what is not shown until there is something, or the end', async () => {
    const world = await openWorld({ limits: { pageEntries: 3 } });
    say(world, 1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4);
    const client = await world.enter('ann');
    const page = async (after: Position): Promise<unknown> => {
      client.history('news', 2, after);
      await settled();
      const { publications, more, gap } = client.all('historyPage').at(-1)!;
      return [publications.map(({ data }) => data), more, gap?.reason];
    };
    expect(await page(zero)).toEqual([[1], true, undefined]);
    expect(await page(place(world, 1))).toEqual([[3], true, undefined]);
    expect(await page(place(world, 8))).toEqual([[], false, undefined]);
    world.engine.trim('news', 2);
    expect(await page(place(world, 1))).toEqual([[3], true, 'trimmed']);
  });

  it('without a place gives the latest that are shown', async () => {
    const world = await openWorld();
    say(world, 1, 3, 5, 6, 8);
    const client = await world.enter('ann');
    client.history('news', 2);
    await settled();
    const [page] = client.all('historyPage');
    expect(page?.publications.map(({ data }) => data)).toEqual([3, 5]);
  });
});

describe('D11: what is shown live is what is shown of it later', () => {
  /** What stands in the log after `since`, as far as `see` lets the user read it. */
  function wanted(entries: readonly Publication[], see: (seen: Seen) => boolean): unknown[] {
    return entries.filter(see).map(({ data }) => data);
  }

  it('for 1,000 filters: live, resumed, read as history, to the entry', async () => {
    const random = seededRandom(11);
    for (let round = 0; round < 1_000; round += 1) {
      const shown = new Set(Array.from({ length: 8 }, (_, i) => i).filter(() => random() < 0.5));
      const see = ({ event }: Seen): boolean => shown.has(Number(event));
      const pageEntries = 2 + Math.floor(random() * 4);
      const world = await startWorld({
        policy: { ...openPolicy, see },
        limits: { pageEntries, replayBuffer: 3 },
      });
      const live = await following(world, zero);
      const count = Math.floor(random() * 12);
      for (let i = 0; i < count; i += 1) {
        world.engine.append('news', i, { event: String(Math.floor(random() * 8)) });
      }
      await settled();
      const { entries } = world.engine.log('news');
      const from = Math.floor(random() * (count + 1));
      const since = from === 0 ? zero : place(world, from);
      const resumed = await following(world, since);
      const reader = await world.enter('ann');
      const read: unknown[] = [];
      for (let after = since, more = true; more; ) {
        reader.history('news', 3, after);
        await settled();
        const page = reader.all('historyPage').at(-1)!;
        read.push(...page.publications.map(({ data }) => data));
        after = page.publications.length > 0 ? at('e1', page.publications.at(-1)!) : after;
        ({ more } = page);
      }
      const rest = wanted(entries.slice(from), see);
      expect([chained(live).data, chained(resumed).data, read]).toEqual([
        wanted(entries, see),
        rest,
        rest,
      ]);
      expect(chained(resumed).last.offset).toBe(count);
    }
  }, 60_000);
});
