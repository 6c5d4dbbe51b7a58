import { describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../../src/client/options.ts';
import { keepIn } from '../../../src/client/storage/keeper.ts';
import { maxPlaces } from '../../../src/client/storage/places.ts';
import { type FakeRoad, failure, place, startWorld, turn, type World, welcome } from '../world.ts';
import { FakeLocks, FakeStorage } from './kept.ts';

/** Storages and locks take a few turns more. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await turn();
  }
}

interface Disk {
  readonly storage: FakeStorage;
  readonly locks: FakeLocks;
}

function disk(): Disk {
  return { storage: new FakeStorage(), locks: new FakeLocks() };
}

let pages = 0;

/** A page with a client of its own, that is let in. */
async function page({ storage, locks }: Disk, user = 'ada'): Promise<World> {
  pages += 1;
  const name = `page ${pages}`;
  let names = 0;
  const world = startWorld({
    keep: keepIn(storage, { locks }),
    pingAfterMs: 600_000,
    pongWithinMs: 600_000,
    randomId() {
      names += 1;
      return `${name} producer ${names}`.padEnd(22);
    },
  });
  await settled();
  world.road().open();
  world.road().say(welcome(user));
  await settled();
  return world;
}

/** A page that is not connected yet. */
function offline({ storage, locks }: Disk, options: ClientOptions = {}): World {
  return startWorld({ keep: keepIn(storage, { locks }), ...options });
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

  it('what was answered is not kept', async () => {
    const kept = disk();
    const world = await page(kept);
    await publish(world, 1);
    store(world, 1);
    await settled();
    expect(kept.storage.records.size).toBe(0);
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

  it('where there are no locks, there is one place', async () => {
    const { storage } = disk();
    const world = startWorld({ keep: keepIn(storage) });
    await publish(world, 1);
    expect([...storage.records.keys()]).toEqual(['tautline-outbox-0']);
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
