import { describe, expect, it } from 'vitest';
import { keepIn } from '../../../src/client/storage/keeper.ts';
import { maxSlots } from '../../../src/client/storage/slots.ts';
import { onlyClient } from '../../../src/client/storage/storage.ts';
import { failure, place, startWorld } from '../world.ts';
import { FakeMemory } from './kept.ts';
import {
  crash,
  type Disk,
  disk,
  offline,
  page,
  publish,
  sent,
  settled,
  store,
  tabOf,
} from './pages.ts';

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

describe('closed before it had its slot', () => {
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
  it('each has a slot of its own: none sends what another has', async () => {
    const kept = disk();
    await publish(await page(kept), 1);
    const second = await page(kept);
    await publish(second, 2);
    expect(sent(second.road())).toMatchObject([{ data: 2, epoch: 1 }]);
    expect(kept.storage.records.size).toBe(2);
  });

  it('so many keep their outboxes; one more works as well, and keeps nothing', async () => {
    const kept = disk();
    for (let n = 0; n < maxSlots; n += 1) {
      await publish(await page(kept), n);
    }
    expect(kept.storage.records.size).toBe(maxSlots);
    const more = await page(kept);
    await settled();
    await publish(more, 99);
    expect(sent(more.road())).toMatchObject([{ data: 99 }]);
    expect(kept.storage.records.size).toBe(maxSlots);
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
  it('a storage that fails in the middle: what it holds is taken away before another tab may have the slot', async () => {
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

  it('and when that cannot be, the slot stays taken as long as the page lives', async () => {
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

describe('what stays in a storage that failed', () => {
  it('is not the numbers of its tab: the next page begins with others, and what waited is sent by the old ones', async () => {
    const tab = tabOf(disk());
    const { storage } = tab;
    const before = await page(tab);
    await publish(before, 1);
    const [first] = sent(before.road());
    storage.refusal = new Error('the disk is broken');
    // By numbers that are not on the disk.
    await publish(before, 2, 3);
    storage.refusal = undefined;
    crash(tab);
    const after = await page(tab);
    await publish(after, 4);
    const [left, own] = sent(after.road());
    expect(left).toEqual({ ...first, epoch: 2 });
    expect(own).toMatchObject({ data: 4, seq: 1 });
    expect(own!.name).not.toBe(first!.name);
  });
});
