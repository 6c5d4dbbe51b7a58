import { describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../../src/client/options.ts';
import { keepIn } from '../../../src/client/storage/keeper.ts';
import { maxPlaces } from '../../../src/client/storage/places.ts';
import { onlyClient } from '../../../src/client/storage/storage.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { type FakeRoad, failure, place, startWorld, turn, type World, welcome } from '../world.ts';
import { FakeLocks, FakeMemory, FakeStorage } from './kept.ts';

/** Storages and locks take a few turns more, and there are places to look into. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) {
    await turn();
  }
}

interface Disk {
  readonly storage: FakeStorage;
  readonly locks: FakeLocks;
  /** Undefined: pages cannot tell which tab they are in. */
  readonly memory?: FakeMemory;
}

function disk(): Disk {
  return { storage: new FakeStorage(), locks: new FakeLocks() };
}

/** The same, for one more tab. */
function tabOf(kept: Disk, memory = new FakeMemory()): Disk {
  return { ...kept, memory };
}

let pages = 0;

/** A page with a client of its own, that is let in. */
async function page(kept: Disk, user = 'ada', options: ClientOptions = {}): Promise<World> {
  const world = offline(kept, options);
  await settled();
  world.road().open();
  world.road().say(welcome(user));
  await settled();
  return world;
}

/** A page that is not connected yet. */
function offline({ storage, ...options }: Disk, more: ClientOptions = {}): World {
  pages += 1;
  const name = `page ${pages}`;
  let names = 0;
  return startWorld({
    keep: keepIn(storage, options),
    pingAfterMs: 600_000,
    pongWithinMs: 600_000,
    randomId() {
      names += 1;
      return `${name} producer ${names}`.padEnd(22);
    },
    ...more,
  });
}

/** The page goes away without a word: its locks are let go, and its client is heard no more. */
function crash({ locks }: Disk): void {
  locks.held.clear();
}

async function publish({ client }: World, ...all: number[]): Promise<void> {
  for (const data of all) {
    client.publish('room', data).catch(() => undefined);
  }
  await settled();
}

function sent(road: FakeRoad) {
  return road.all('publish').map(({ data, producer }) => ({ data, ...producer! }));
}

function store({ road }: World, n: number): void {
  const { id } = road().all('publish').at(-1)!;
  road().say({ type: 'appended', id, position: place(n) });
}

describe('a page that is loaded anew', () => {
  it('writes nothing before what was kept is read: it would take its place, and be read as what was kept', async () => {
    const kept = disk();
    const { storage } = kept;
    const read = storage.get.bind(storage);
    let answer = (): void => undefined;
    storage.get = async (key) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return read(key);
    };
    const world = await page(kept);
    await publish(world, 1);
    expect(storage.records.size).toBe(0);
    answer();
    await settled();
    expect(sent(world.road())).toMatchObject([{ data: 1, seq: 1 }]);
    expect(storage.records.size).toBe(1);
  });

  it('sends again what had no answer, with the same numbers, in order, as another holder', async () => {
    const kept = disk();
    const before = await page(kept);
    await publish(before, 1, 2);
    const numbers = sent(before.road());
    crash(kept);
    const after = await page(kept);
    expect(sent(after.road())).toEqual(numbers.map((number) => ({ ...number, epoch: 2 })));
    expect(after.client.outbox.entries).toMatchObject([
      { data: 1, status: 'sent' },
      { data: 2, status: 'sent' },
    ]);
  });

  it('sends what was never sent, before what it publishes itself', async () => {
    const kept = disk();
    const before = offline(kept);
    await publish(before, 1, 2);
    crash(kept);
    const after = offline(kept);
    void failure(after.client.publish('room', 3));
    await settled();
    after.road().welcome();
    await settled();
    expect(sent(after.road()).map(({ data, seq }) => [data, seq])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('no number is sent before it is kept', async () => {
    const kept = disk();
    const world = await page(kept);
    world.client.publish('room', 1).catch(() => undefined);
    expect(sent(world.road())).toEqual([]);
    await settled();
    const [record] = kept.storage.records.values();
    expect(record).toMatchObject({ lanes: [{ letters: [{ seq: 1 }] }] });
    expect(sent(world.road())).toHaveLength(1);
  });

  it('of what was answered only the number is kept: the next has the one after it', async () => {
    const kept = disk();
    const world = await page(kept);
    await publish(world, 1);
    const [first] = sent(world.road());
    store(world, 1);
    await settled();
    const [record] = kept.storage.records.values();
    expect(record).toMatchObject({ lanes: [{ letters: [], producer: { seq: 1 } }] });
    crash(kept);
    const after = await page(kept);
    expect(sent(after.road())).toEqual([]);
    await publish(after, 2);
    expect(sent(after.road())).toEqual([{ data: 2, name: first!.name, epoch: 2, seq: 2 }]);
  });

  it('in a channel that is new to it, too, numbers by the producer of the tab', async () => {
    const kept = disk();
    const before = await page(kept);
    await publish(before, 1);
    const [first] = sent(before.road());
    crash(kept);
    const after = await page(kept);
    after.client.publish('other', 2).catch(() => undefined);
    await settled();
    expect(sent(after.road()).at(-1)).toEqual({ data: 2, name: first!.name, epoch: 2, seq: 1 });
  });

  it('closed by its application, with nothing that waits, it leaves nothing', async () => {
    const kept = tabOf(disk());
    const world = await page(kept);
    await publish(world, 1);
    store(world, 1);
    await settled();
    world.client.close();
    await settled();
    expect([kept.storage.records.size, kept.locks.held.size]).toEqual([0, 0]);
  });

  it('goes on counting where the page before had stopped', async () => {
    const kept = disk();
    const before = await page(kept);
    await publish(before, 1, 2);
    const { id } = before.road().all('publish')[0]!;
    before.road().say({ type: 'appended', id, position: place(1) });
    await settled();
    crash(kept);
    const after = await page(kept);
    await publish(after, 3);
    expect(sent(after.road()).map(({ data, seq }) => [data, seq])).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  it('of what the page before had sent a refusal says nothing: it is unknown', async () => {
    const kept = disk();
    await publish(await page(kept), 1);
    crash(kept);
    const after = await page(kept);
    const told: unknown[] = [];
    after.client.outbox.on('status', ({ status }) => told.push(status));
    const { id } = after.road().last('publish');
    after.road().say({ type: 'error', id, code: 'FORBIDDEN', message: '', retryable: false });
    expect(told).toEqual(['unknown']);
  });

  it('and another user: what had been sent is unknown, and is not sent as that user', async () => {
    const kept = disk();
    await publish(await page(kept), 1);
    crash(kept);
    const after = await page(kept, 'eve');
    expect(sent(after.road())).toEqual([]);
    expect(after.client.outbox.entries).toEqual([]);
  });

  it('a shorter time for one is as short after it', async () => {
    const kept = disk();
    const before = offline(kept);
    before.client.publish('room', 1, { withinMs: 1_000 }).catch(() => undefined);
    await settled();
    crash(kept);
    const after = offline(kept);
    await settled();
    expect(after.client.outbox.entries).toHaveLength(1);
    after.clock.advance(1_000);
    expect(after.client.outbox.entries).toEqual([]);
  });

  it('what grew too old meanwhile is not sent', async () => {
    const kept = disk();
    const before = offline(kept, { outboxMaxAgeMs: 1_000 });
    await publish(before, 1);
    crash(kept);
    const after = offline(kept, { outboxMaxAgeMs: 1_000 });
    after.clock.advance(1_000);
    await settled();
    after.clock.advance(0);
    expect(after.client.outbox.entries).toEqual([]);
  });

  it('closed before, what waited is kept for the next, and its promise says that nobody knows', async () => {
    const kept = disk();
    const world = offline(kept);
    const waiting = failure(world.client.publish('room', 1));
    await settled();
    world.client.close();
    expect(await waiting).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await settled();
    expect(kept.locks.held.size).toBe(0);
    const after = await page(kept);
    expect(sent(after.road())).toMatchObject([{ data: 1 }]);
  });
});

describe('closed before it had its place', () => {
  it('it holds none', async () => {
    const kept = disk();
    const world = offline(kept);
    const unsent = failure(world.client.publish('room', 1));
    world.client.close();
    expect(await unsent).toMatchObject({ code: 'CLIENT_CLOSED' });
    await settled();
    expect([kept.locks.held.size, kept.storage.records.size]).toEqual([0, 0]);
  });
});

describe('tabs', () => {
  it('each has a place of its own: none sends what another has', async () => {
    const kept = disk();
    await publish(await page(kept), 1);
    const second = await page(kept);
    await publish(second, 2);
    expect(sent(second.road())).toMatchObject([{ data: 2, epoch: 1 }]);
    expect(kept.storage.records.size).toBe(2);
  });

  it('so many keep their outboxes; one more works as well, and keeps nothing', async () => {
    const kept = disk();
    for (let n = 0; n < maxPlaces; n += 1) {
      await publish(await page(kept), n);
    }
    expect(kept.storage.records.size).toBe(maxPlaces);
    const more = await page(kept);
    await settled();
    await publish(more, 99);
    expect(sent(more.road())).toMatchObject([{ data: 99 }]);
    expect(kept.storage.records.size).toBe(maxPlaces);
  });

  it('where there are no locks nothing is kept, and the application is told', async () => {
    const { storage } = disk();
    const memory = new FakeMemory();
    const world = startWorld({ keep: keepIn(storage, { memory }) });
    const told: unknown[] = [];
    world.client.on('storageFailed', ({ message }) => told.push(message));
    await settled();
    world.road().welcome();
    await publish(world, 1);
    expect(sent(world.road())).toMatchObject([{ data: 1 }]);
    expect([storage.records.size, memory.keys]).toEqual([0, []]);
    expect(told).toEqual([expect.stringContaining('no locks')]);
  });

  it('of a program that says that it is alone there is one at a time', async () => {
    const { storage } = disk();
    const alone = { storage, locks: onlyClient } as unknown as Disk;
    await publish(await page(alone), 1);
    expect([...storage.records.keys()]).toEqual(['tautline-outbox-0']);
    const after = await page(alone);
    expect(sent(after.road())).toMatchObject([{ data: 1, epoch: 2 }]);
  });

  it('names keep applications apart that share a storage', async () => {
    const { storage, locks } = disk();
    const one = startWorld({ keep: keepIn(storage, { locks, name: 'one' }) });
    const two = startWorld({ keep: keepIn(storage, { locks, name: 'two' }) });
    await publish(one, 1);
    await publish(two, 2);
    expect([...storage.records.keys()]).toEqual(['one-outbox-0', 'two-outbox-0']);
  });
});

describe('a storage that fails', () => {
  it.each(['at first', 'later'])(
    '%s: the application is told once, and everything else goes on',
    async (when) => {
      const kept = disk();
      kept.storage.failure = when === 'at first' ? new Error('no disk') : undefined;
      const world = offline(kept);
      const told: unknown[] = [];
      world.client.on('storageFailed', ({ code, message }) => told.push([code, message]));
      await settled();
      world.road().welcome();
      kept.storage.failure = new Error('no disk');
      await publish(world, 1, 2);
      expect(sent(world.road())).toHaveLength(2);
      expect(told).toEqual([['STORAGE_FAILED', 'nothing is kept any more: Error: no disk']]);
      world.client.close();
      await settled();
      expect(kept.locks.held.size).toBe(0);
    },
  );
});

describe('what was kept is never sent by two', () => {
  it('a storage that fails in the middle: what it holds is taken away before another tab may have the place', async () => {
    const kept = disk();
    const first = await page(kept);
    await publish(first, 1);
    kept.storage.put = async () => {
      throw new Error('the disk is full');
    };
    await publish(first, 2);
    const second = await page(kept);
    expect(sent(second.road())).toEqual([]);
    expect(sent(first.road())).toMatchObject([{ data: 1 }, { data: 2 }]);
  });

  it('and when that cannot be, the place stays taken as long as the page lives', async () => {
    const kept = disk();
    const first = await page(kept);
    await publish(first, 1);
    const broken = async (): Promise<void> => {
      throw new Error('the disk is broken');
    };
    kept.storage.put = broken;
    kept.storage.delete = broken;
    await publish(first, 2);
    const second = await page(kept);
    expect(sent(second.road())).toEqual([]);
  });
});

describe('closed at any moment while it begins', () => {
  it('what an earlier page left is still there', async () => {
    for (let moment = 0; moment < 40; moment += 1) {
      const kept = disk();
      await publish(offline(kept), 1);
      crash(kept);
      const { client } = offline(kept);
      client.publish('room', 2).catch(() => undefined);
      for (let n = 0; n < moment; n += 1) {
        await Promise.resolve();
      }
      client.close();
      await settled();
      const after = await page(kept);
      expect([moment, sent(after.road())[0]]).toMatchObject([moment, { data: 1 }]);
    }
  });
});

describe('a storage that never answers', () => {
  it.each(['get', 'put'] as const)(
    '%s: the application is told, and what waits is sent all the same',
    async (never) => {
      const kept = disk();
      kept.storage[never] = () => new Promise(() => undefined);
      const world = await page(kept);
      const told: unknown[] = [];
      world.client.on('storageFailed', ({ code }) => told.push(code));
      await publish(world, 1);
      expect(sent(world.road())).toEqual([]);
      for (let n = 0; n < 20; n += 1) {
        world.clock.advance(1_000);
        await settled();
      }
      expect(told).toEqual(['STORAGE_FAILED']);
      expect(sent(world.road())).toMatchObject([{ data: 1 }]);
    },
  );
});

/** The session that a page asked for, and the least id that it gave a request. */
function hello({ road }: World) {
  return road().last('hello').resume;
}

/** Lets the page in, in a session. */
async function letIn(world: World, session: string, secret = `secret of ${session}`.padEnd(22)) {
  await settled();
  world.road().open();
  world.road().say({ ...welcome(), session, secret });
  await settled();
}

describe('the session of a tab', () => {
  it('goes on after a reload, by the latest secret', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1', 'first'.padEnd(22));
    before.road().end();
    before.clock.advance(1_000);
    await letIn(before, 's1', 'second'.padEnd(22));
    crash(kept);
    const after = offline(kept);
    await letIn(after, 's1');
    expect(hello(after)).toEqual({ session: 's1', secret: 'second'.padEnd(22) });
  });

  it('no two pages make requests with the same ids in it: the answer to one would be taken for that to another', async () => {
    const kept = tabOf(disk());
    const ids: number[] = [];
    for (let life = 0; life < 3; life += 1) {
      const world = offline(kept);
      // Before it knows whether the session goes on.
      world.client.call('work', life).catch(() => undefined);
      await letIn(world, 's1');
      ids.push(world.road().last('call').id);
      crash(kept);
    }
    expect(ids[1]! - ids[0]!).toBeGreaterThanOrEqual(2 ** 32);
    expect(ids[2]! - ids[1]!).toBeGreaterThanOrEqual(2 ** 32);
    expect(ids.every(Number.isSafeInteger)).toBe(true);
  });

  it('D7: a duplicated tab has another, and another producer; when both are loaded anew each has its own', async () => {
    const kept = disk();
    const [first, second] = [new FakeMemory(), new FakeMemory()];
    const a = offline(tabOf(kept, first));
    await letIn(a, 's1');
    await publish(a, 1);
    const copy = first.copy();
    const b = offline(tabOf(kept, copy));
    await settled();
    for (let times = 0; times < 12; times += 1) {
      b.clock.advance(50);
      await settled();
    }
    await letIn(b, 's2');
    expect(hello(b)).toBeUndefined();
    await publish(b, 2);
    expect(sent(b.road())).toMatchObject([{ data: 2, epoch: 1 }]);
    expect(sent(b.road())[0]!.name).not.toBe(sent(a.road())[0]!.name);
    crash(kept);
    const again = [offline(tabOf(kept, first)), offline(tabOf(kept, copy))] as const;
    await letIn(again[0], 's1');
    await letIn(again[1], 's2');
    expect(again.map((world) => hello(world)?.session)).toEqual(['s1', 's2']);
    expect(again.map(({ road }) => sent(road())[0]?.data)).toEqual([1, 2]);
    expect(second.keys).toEqual([]);
  });

  it('goes on when the page before lets its place go a moment later', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1');
    await publish(before, 1);
    const after = offline(kept);
    await settled();
    expect(after.roads).toEqual([]);
    crash(kept);
    after.clock.advance(50);
    await letIn(after, 's1');
    expect([hello(after)?.session, sent(after.road())]).toMatchObject(['s1', [{ data: 1 }]]);
  });

  it('is not kept when its client was closed', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1');
    before.client.close();
    await settled();
    const after = offline(kept);
    await letIn(after, 's2');
    expect(hello(after)).toBeUndefined();
  });

  it('goes on though the storage fails', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1');
    crash(kept);
    kept.storage.failure = new Error('no disk');
    const after = offline(kept);
    await letIn(after, 's1');
    expect(hello(after)?.session).toBe('s1');
  });

  it('is not gone on with when the tab can remember nothing more', async () => {
    const kept = tabOf(disk());
    await letIn(offline(kept), 's1');
    crash(kept);
    kept.memory!.failure = new Error('it is full');
    const after = offline(kept);
    await letIn(after, 's2');
    expect(hello(after)).toBeUndefined();
  });

  it('of a client that is closed while it looks for it nothing is connected', async () => {
    const kept = tabOf(disk());
    const world = offline(kept);
    world.client.close();
    await settled();
    expect([world.roads, kept.locks.held.size]).toEqual([[], 0]);
  });
});

describe('a tab that was closed for good', () => {
  /** It published while it was connected, and has no answer. */
  async function left(kept: Disk, user: string, ...all: number[]): Promise<void> {
    await publish(await page(tabOf(kept), user), ...all);
    crash(kept);
  }

  it('leaves what it had to the next of its user, as another holder of its producer', async () => {
    const kept = disk();
    const before = await page(tabOf(kept));
    await publish(before, 1, 2);
    const numbers = sent(before.road());
    crash(kept);
    const next = await page(tabOf(kept));
    expect(sent(next.road())).toEqual(numbers.map((number) => ({ ...number, epoch: 2 })));
    await publish(next, 3);
    const [, , own] = sent(next.road());
    expect(own).toMatchObject({ data: 3, epoch: 1, seq: 1 });
    expect(own!.name).not.toBe(numbers[0]!.name);
  });

  it('when all of it is answered its place is free, and nothing is there', async () => {
    const kept = disk();
    await left(kept, 'ada', 1);
    const next = await page(tabOf(kept));
    expect([kept.locks.held.size, kept.storage.records.size]).toEqual([2, 1]);
    store(next, 1);
    await settled();
    expect([kept.locks.held.size, kept.storage.records.size]).toEqual([1, 0]);
  });

  it('and the next dies too: the one after that has it, and whoever had it is fenced', async () => {
    const kept = disk();
    await left(kept, 'ada', 1);
    await page(tabOf(kept));
    crash(kept);
    const last = await page(tabOf(kept));
    expect(sent(last.road())).toMatchObject([{ data: 1, epoch: 3 }]);
  });

  it('leaves it to a client that was there before, when that comes back to the server', async () => {
    const kept = disk();
    const [gone, stays] = [tabOf(kept), tabOf(kept)];
    await publish(await page(gone), 1);
    const living = await page(stays);
    expect(sent(living.road())).toEqual([]);
    kept.locks.held.delete('tautline-outbox-0');
    living.road().end();
    living.clock.advance(1_000);
    await letIn(living, 's1');
    expect(sent(living.road())).toMatchObject([{ data: 1, epoch: 2 }]);
  });

  it('leaves nothing to another user', async () => {
    const kept = disk();
    await left(kept, 'ada', 1);
    const eve = await page(tabOf(kept), 'eve');
    expect([sent(eve.road()), eve.client.outbox.entries]).toEqual([[], []]);
    const ada = await page(tabOf(kept));
    expect(sent(ada.road())).toMatchObject([{ data: 1, epoch: 2 }]);
  });

  it('and was never let in: nobody knows whose it is, and nobody sends it', async () => {
    const kept = disk();
    await publish(offline(tabOf(kept)), 1);
    crash(kept);
    expect(sent((await page(tabOf(kept))).road())).toEqual([]);
    expect(kept.storage.records.size).toBe(1);
  });

  it('unless it is the same tab', async () => {
    const kept = tabOf(disk());
    await publish(offline(kept), 1);
    crash(kept);
    expect(sent((await page(kept)).road())).toMatchObject([{ data: 1 }]);
  });

  it('and lives yet: nothing of it is sent by others', async () => {
    const kept = disk();
    await publish(await page(tabOf(kept)), 1);
    expect(sent((await page(tabOf(kept))).road())).toEqual([]);
  });

  it('outboxMaxMessages: what does not fit is left to another', async () => {
    const kept = disk();
    await left(kept, 'ada', 1, 2);
    const full = await page(tabOf(kept), 'ada', { outboxMaxMessages: 1 });
    expect(sent(full.road())).toEqual([]);
    const next = await page(tabOf(kept), 'ada', { outboxMaxMessages: 2 });
    expect(sent(next.road())).toHaveLength(2);
  });

  it('what grew too old in it is taken away', async () => {
    const kept = disk();
    const before = await page(tabOf(kept), 'ada', { outboxMaxAgeMs: 1_000 });
    await publish(before, 1);
    crash(kept);
    const late = new ManualClock({ wallMs: 1_700_000_001_000 });
    const next = await page(tabOf(kept), 'ada', { clock: late });
    expect([sent(next.road()), kept.storage.records.size]).toEqual([[], 0]);
  });

  it('what is of another version of us is left alone', async () => {
    const kept = disk();
    const foreign = { version: 2, user: 'ada', lanes: [] };
    await kept.storage.put('tautline-outbox-0', foreign);
    await publish(await page(tabOf(kept)), 1);
    expect(kept.storage.records.get('tautline-outbox-0')).toEqual(foreign);
    expect(kept.storage.records.has('tautline-outbox-1')).toBe(true);
  });

  it('whoever adopted it and is closed leaves it to the next', async () => {
    const kept = disk();
    await left(kept, 'ada', 1);
    const next = await page(tabOf(kept));
    next.client.close();
    await settled();
    expect(kept.locks.held.size).toBe(0);
    const last = await page(tabOf(kept));
    expect(sent(last.road())).toMatchObject([{ data: 1, epoch: 3 }]);
  });

  it('whoever adopted it and is another user from then on does not send it', async () => {
    const kept = disk();
    await left(kept, 'ada', 1);
    const next = await page(tabOf(kept));
    next.road().end();
    next.clock.advance(1_000);
    next.road().open();
    next.road().say(welcome('eve'));
    await settled();
    expect([sent(next.road()), next.client.outbox.entries]).toEqual([[], []]);
    const ada = await page(tabOf(kept));
    expect(sent(ada.road())).toMatchObject([{ data: 1 }]);
  });
});

describe('another user in the same tab', () => {
  it('sends nothing of the first, which waits for the first, and keeps its own', async () => {
    const tab = tabOf(disk());
    await publish(await page(tab), 1);
    crash(tab);
    const eve = offline(tab);
    await publish(eve, 2);
    expect(eve.client.outbox.entries).toMatchObject([{ data: 1 }, { data: 2 }]);
    eve.road().open();
    eve.road().say(welcome('eve'));
    await settled();
    expect(sent(eve.road())).toMatchObject([{ data: 2 }]);
    crash(tab);
    const ada = await page(tabOf(tab, new FakeMemory()));
    expect(sent(ada.road())).toMatchObject([{ data: 1 }]);
    const again = await page(tab, 'eve');
    expect(sent(again.road())).toMatchObject([{ data: 2, epoch: 2 }]);
  });

  it('the same when the server is faster than the storage', async () => {
    const tab = tabOf(disk());
    await publish(await page(tab), 1);
    crash(tab);
    const get = tab.storage.get.bind(tab.storage);
    let answer = (): void => undefined;
    const may = new Promise<void>((resolve) => {
      answer = resolve;
    });
    tab.storage.get = async (key) => {
      await may;
      return get(key);
    };
    const eve = await page(tab, 'eve');
    answer();
    await settled();
    expect([sent(eve.road()), eve.client.outbox.entries]).toEqual([[], []]);
    await publish(eve, 2);
    expect(sent(eve.road())).toMatchObject([{ data: 2 }]);
    crash(tab);
    const ada = await page(tabOf(tab, new FakeMemory()));
    expect(sent(ada.road())).toMatchObject([{ data: 1 }]);
  });
});

describe('what stays in a storage that failed', () => {
  it('is not the numbers of its tab: the next page begins with others, and what waited is sent by the old ones', async () => {
    const tab = tabOf(disk());
    const { storage } = tab;
    const before = await page(tab);
    await publish(before, 1);
    const [first] = sent(before.road());
    const { put } = storage;
    const remove = storage.delete;
    const broken = async (): Promise<void> => {
      throw new Error('the disk is broken');
    };
    storage.put = broken;
    storage.delete = broken;
    // By numbers that are not on the disk.
    await publish(before, 2, 3);
    storage.put = put;
    storage.delete = remove;
    crash(tab);
    const after = await page(tab);
    await publish(after, 4);
    const [left, own] = sent(after.road());
    expect(left).toEqual({ ...first, epoch: 2 });
    expect(own).toMatchObject({ data: 4, seq: 1 });
    expect(own!.name).not.toBe(first!.name);
  });
});
