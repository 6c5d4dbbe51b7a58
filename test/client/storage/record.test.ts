import { describe, expect, it } from 'vitest';
import type { Kept } from '../../../src/client/keeping.ts';
import { Records } from '../../../src/client/storage/record.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { FakeStorage } from './kept.ts';

const held = { slot: 0, key: 'app-outbox-0', release: () => undefined };
const producer = { name: 'x'.repeat(22), epoch: 1 };

function keptWith(...untilMs: number[]): Kept {
  const letters = untilMs.map((until) => ({
    message: { type: 'publish', channel: 'room', data: 1 } as const,
    size: 20,
    tag: undefined,
    untilMs: until,
    seq: 1,
  }));
  return {
    user: 'ada',
    producer,
    lanes: [{ channel: 'room', producer: { ...producer, seq: 1 }, letters }],
  };
}

function opened() {
  const storage = new FakeStorage();
  return { storage, records: new Records(storage, new ManualClock({ wallMs: 1_000 })) };
}

describe('what is kept in a slot', () => {
  it('is read as it was written, with the tab whose it is', async () => {
    const { records } = opened();
    expect(await records.read(held)).toBeUndefined();
    await records.write(held, 'tab', keptWith(5_000));
    expect(await records.read(held)).toEqual({ version: 1, tab: 'tab', ...keptWith(5_000) });
  });

  it('is nothing, where there is nothing to keep', async () => {
    const { storage, records } = opened();
    await records.write(held, 'tab', keptWith(5_000));
    await records.write(held, 'tab', { ...keptWith(), lanes: [] });
    expect(storage.records.size).toBe(0);
  });

  it.each([null, 'text', { version: 2 }, {}])('%j is not of this version of us', async (value) => {
    const { storage, records } = opened();
    await storage.put(held.key, value);
    expect(await records.read(held)).toBe('foreign');
  });

  it('is spent when nothing in it may be sent any more', () => {
    const { records } = opened();
    expect(records.isSpent(keptWith())).toBe(true);
    expect(records.isSpent(keptWith(999, 1_000))).toBe(true);
    expect(records.isSpent(keptWith(999, 1_001))).toBe(false);
  });
});
