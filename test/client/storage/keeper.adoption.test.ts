import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { welcome } from '../world.ts';
import { FakeMemory } from './kept.ts';
import {
  crash,
  type Disk,
  disk,
  letIn,
  offline,
  page,
  publish,
  sent,
  settled,
  store,
  tabOf,
} from './pages.ts';

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

  it('when all of it is answered its slot is free, and nothing is there', async () => {
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

  it('leaves it to the next also when the server is faster than the storage', async () => {
    const kept = disk();
    await left(kept, 'ada', 1);
    const get = kept.storage.get.bind(kept.storage);
    let answer = (): void => undefined;
    const may = new Promise<void>((resolve) => {
      answer = resolve;
    });
    kept.storage.get = async (key) => {
      await may;
      return get(key);
    };
    const next = await page(tabOf(kept));
    expect(sent(next.road())).toEqual([]);
    answer();
    await settled();
    expect(sent(next.road())).toMatchObject([{ data: 1, epoch: 2 }]);
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

  it('sends no number of its own before it is kept where it belongs', async () => {
    const tab = tabOf(disk());
    await publish(await page(tab), 1);
    crash(tab);
    const eve = offline(tab);
    await settled();
    // In one turn: what is to be kept of the first is not kept yet when the second is let in.
    eve.client.publish('room', 2).catch(() => undefined);
    eve.road().open();
    eve.road().say(welcome('eve'));
    for (let times = 0; times < 500 && sent(eve.road()).length === 0; times += 1) {
      await Promise.resolve();
    }
    expect(sent(eve.road())).toMatchObject([{ data: 2 }]);
    expect([...tab.storage.records.values()]).toMatchObject([
      { user: 'ada', lanes: [{ letters: [{ message: { data: 1 } }] }] },
      { user: 'eve', lanes: [{ letters: [{ message: { data: 2 }, seq: 1 }] }] },
    ]);
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
