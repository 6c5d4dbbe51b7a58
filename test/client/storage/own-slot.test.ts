import { describe, expect, it } from 'vitest';
import { OwnSlot } from '../../../src/client/storage/own-slot.ts';
import { Records } from '../../../src/client/storage/record.ts';
import { maxSlots, Slots } from '../../../src/client/storage/slots.ts';
import { Tab } from '../../../src/client/storage/tab.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { failure, turn } from '../world.ts';
import { FakeLocks, FakeMemory, FakeStorage } from './kept.ts';

const producer = { name: 'x'.repeat(22), epoch: 1 };

/** What waits in a slot, of a tab with this id. */
function record(tab: string, untilMs = 5_000): object {
  const message = { type: 'publish', channel: 'room', data: 1 };
  const letters = [{ message, size: 20, tag: undefined, untilMs, seq: 1 }];
  const lanes = [{ channel: 'room', producer: { ...producer, seq: 1 }, letters }];
  return { version: 1, tab, user: 'ada', producer, lanes };
}

let ids = 0;
function opened(memory?: FakeMemory, locks = new FakeLocks(), storage = new FakeStorage()) {
  const clock = new ManualClock({ wallMs: 1_000 });
  const slots = new Slots(locks, 'app', clock);
  const tab = new Tab(memory, 'key', () => {
    ids += 1;
    return `id ${ids}`;
  });
  const own = new OwnSlot(tab, slots, new Records(storage, clock));
  return { own, tab, slots, clock, locks, storage };
}

const stay = { session: 's1', secret: 'x'.repeat(22) };

/** A tab whose page was in slot 3, in session `s1`. */
async function remembered(memory = new FakeMemory()) {
  const before = opened(memory);
  before.tab.settle(3);
  before.tab.welcomed(stay);
  return { memory, id: before.tab.id };
}

describe('the slot of a tab', () => {
  it('is the one that it remembers, with the session, and with what is there of it', async () => {
    const { memory, id } = await remembered();
    const { own, storage } = opened(memory);
    await storage.put('app-outbox-3', record(id));
    expect(await own.resume()).toEqual(stay);
    expect(await own.take()).toMatchObject({ tab: id });
    expect(own.held?.slot).toBe(3);
  });

  it('is another when another tab was there since; the session goes on all the same', async () => {
    const { memory } = await remembered();
    const { own, storage, locks, tab } = opened(memory);
    await storage.put('app-outbox-3', record('of another'));
    expect(await own.resume()).toEqual(stay);
    expect(await own.take()).toBeUndefined();
    await turn();
    expect([own.held?.slot, [...locks.held]]).toEqual([0, ['app-outbox-0']]);
    expect(opened(memory).tab.formerSlot).toBe(0);
    expect(tab.id).toBe(opened(memory).tab.id);
  });

  it('is another, without the session, when somebody has it now', async () => {
    const { memory, id } = await remembered();
    const { own, locks, clock, tab } = opened(memory);
    locks.held.add('app-outbox-3');
    const resuming = own.resume();
    for (let times = 0; times < 10; times += 1) {
      await turn();
      clock.advance(50);
    }
    expect(await resuming).toBeUndefined();
    await own.take();
    expect([own.held?.slot, tab.id === id]).toEqual([0, false]);
  });

  it('is the first that is free and in which nothing of others waits', async () => {
    const { own, locks, storage } = opened(new FakeMemory());
    locks.held.add('app-outbox-0');
    await storage.put('app-outbox-1', record('of another'));
    await storage.put('app-outbox-2', { version: 2 });
    await storage.put('app-outbox-3', record('of another', 1_000));
    await own.resume();
    expect(await own.take()).toBeUndefined();
    expect(own.held?.slot).toBe(3);
  });

  it('without memory is the first that is free, with what is there', async () => {
    const { own, storage } = opened();
    await storage.put('app-outbox-0', record('of another'));
    await own.resume();
    expect(await own.take()).toMatchObject({ tab: 'of another' });
    expect(own.held?.slot).toBe(0);
  });

  it('is none when all are taken: nothing is remembered then', async () => {
    const memory = new FakeMemory();
    const { own, locks } = opened(memory);
    for (let slot = 0; slot < maxSlots; slot += 1) {
      locks.held.add(`app-outbox-${slot}`);
    }
    await own.resume();
    await own.take();
    expect([own.held, memory.keys]).toEqual([undefined, []]);
  });

  it('when what is there is left to another user it is another, under another name', async () => {
    const { memory, id } = await remembered();
    const { own, storage, tab } = opened(memory);
    await storage.put('app-outbox-3', record(id));
    await own.resume();
    await own.take();
    own.held!.release();
    own.held = undefined;
    await own.takeAnother();
    expect([own.held, tab.id === id]).toMatchObject([{ slot: 0 }, false]);
  });

  it('is not held by a client that was closed meanwhile, nor when the storage fails', async () => {
    const { memory } = await remembered();
    const closed = opened(memory);
    const resuming = closed.own.resume();
    closed.slots.hasEnded = true;
    expect(await resuming).toBeUndefined();
    await turn();
    expect([closed.own.held, closed.locks.held.size]).toEqual([undefined, 0]);

    const failing = opened(new FakeMemory());
    failing.storage.failure = new Error('no disk');
    expect(await failure(failing.own.take())).toBe(failing.storage.failure);
    await turn();
    expect([failing.own.held, failing.locks.held.size]).toEqual([undefined, 0]);
  });
});
