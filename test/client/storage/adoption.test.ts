import { describe, expect, it } from 'vitest';
import type { Kept } from '../../../src/client/keeping.ts';
import { Adoption } from '../../../src/client/storage/adoption.ts';
import { Records } from '../../../src/client/storage/record.ts';
import { maxSlots, Slots } from '../../../src/client/storage/slots.ts';
import { onlyClient } from '../../../src/client/storage/storage.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { failure, turn } from '../world.ts';
import { FakeLocks, FakeStorage } from './kept.ts';

const producer = { name: 'x'.repeat(22), epoch: 1 };

/** What a client of this user left that waits for its answer. */
function left(user: string | undefined, untilMs = 5_000): object {
  const message = { type: 'publish', channel: 'room', data: 1 };
  const letters = [{ message, size: 20, tag: undefined, untilMs, seq: 1 }];
  const lanes = [{ channel: 'room', producer: { ...producer, seq: 1 }, letters }];
  return { version: 1, tab: 'gone', user, producer, lanes };
}

const own = { slot: 0, key: 'app-outbox-0', release: () => undefined };

function opened(locks = new FakeLocks()) {
  const storage = new FakeStorage();
  const clock = new ManualClock({ wallMs: 1_000 });
  const slots = new Slots(locks, 'app', clock);
  const taken: string[] = [];
  const port = {
    hasRoom: true,
    adopt(name: string): boolean {
      if (port.hasRoom) {
        taken.push(name);
      }
      return port.hasRoom;
    },
    look: (name?: string): Kept => ({ user: name, producer, lanes: [] }),
  };
  const adoption = new Adoption(slots, new Records(storage, clock), port);
  return { storage, slots, taken, port, adoption, locks };
}

describe('what clients left that are gone', () => {
  it('is taken of its user alone, in whatever slot; the slot is held from then on', async () => {
    const { storage, taken, adoption, locks } = opened();
    const last = `app-outbox-${maxSlots - 1}`;
    await storage.put('app-outbox-1', left('ada'));
    await storage.put('app-outbox-2', left('eve'));
    await storage.put('app-outbox-3', left(undefined));
    await storage.put(last, left('ada'));
    await adoption.look('ada', own);
    await turn();
    expect([taken, [...locks.held]]).toEqual([
      ['app-outbox-1', last],
      ['app-outbox-1', last],
    ]);
    expect(adoption.all.map(({ held, kept }) => [held.key, kept.user])).toEqual([
      ['app-outbox-1', 'app-outbox-1'],
      [last, last],
    ]);
  });

  it('is not taken twice, nor is our own, whatever the locks say', async () => {
    const { storage, taken, adoption } = opened(onlyClient as FakeLocks);
    await storage.put('app-outbox-0', left('ada'));
    await storage.put('app-outbox-1', left('ada'));
    await adoption.look('ada', own);
    await adoption.look('ada', own);
    expect(taken).toEqual(['app-outbox-1']);
  });

  it('is looked for by one search at a time, for whoever was let in last', async () => {
    const { storage, taken, adoption } = opened();
    await storage.put('app-outbox-9', left('eve'));
    const first = adoption.look('ada', own);
    await adoption.look('eve', own);
    expect(taken).toEqual([]);
    await first;
    expect(taken).toEqual(['app-outbox-9']);
  });

  it('is left to others when there is no room for it', async () => {
    const { storage, port, adoption, locks } = opened();
    await storage.put('app-outbox-1', left('ada'));
    port.hasRoom = false;
    await adoption.look('ada', own);
    await turn();
    expect([adoption.all, locks.held.size, storage.records.size]).toEqual([[], 0, 1]);
  });

  it('is taken away when it is spent, whosever it was', async () => {
    const { storage, taken, adoption } = opened();
    await storage.put('app-outbox-1', left('eve', 1_000));
    await adoption.look('ada', own);
    expect([taken, storage.records.size]).toEqual([[], 0]);
  });

  it('is not taken by a client that was closed while it looked', async () => {
    const { storage, slots, taken, adoption, locks } = opened();
    await storage.put('app-outbox-1', left('ada'));
    const looking = adoption.look('ada', own);
    slots.hasEnded = true;
    await looking;
    await turn();
    expect([taken, locks.held.size]).toEqual([[], 0]);
  });

  it('cannot be had when the storage fails; the slot is not held, and it is looked for again', async () => {
    const { storage, taken, adoption, locks } = opened();
    await storage.put('app-outbox-1', left('ada'));
    storage.failure = new Error('no disk');
    expect(await failure(adoption.look('ada', own))).toBe(storage.failure);
    await turn();
    expect(locks.held.size).toBe(0);
    storage.failure = undefined;
    await adoption.look('ada', own);
    expect(taken).toEqual(['app-outbox-1']);
  });
});
