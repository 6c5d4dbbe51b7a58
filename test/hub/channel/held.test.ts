import { describe, expect, it } from 'vitest';
import { type Entry, entryFor } from '../../../src/hub/channel/entry.ts';
import { Held } from '../../../src/hub/channel/held.ts';

function entry(offset: number, data: unknown = 'x'): Entry {
  const prev = { offset: offset - 1, id: `p${offset - 1}` };
  return entryFor('news', 'e1', { offset, id: `p${offset}`, prev, data, atMs: 0 });
}

describe('what is held during a read', () => {
  it('is what comes between its beginning and its end, in order', () => {
    const held = new Held({ replayBuffer: 10, maxOutletBytes: 10_000 });
    held.add(entry(1));
    held.begin();
    held.add(entry(2));
    held.add(entry(3));
    expect(held.entries.map(({ position }) => position.offset)).toEqual([2, 3]);
    held.end();
    held.add(entry(4));
    expect([held.entries, held.isIncomplete]).toEqual([[], false]);
  });

  it('is replayBuffer entries at the most: with one more it is nothing, and incomplete', () => {
    const held = new Held({ replayBuffer: 2, maxOutletBytes: 10_000 });
    held.begin();
    held.add(entry(1));
    held.add(entry(2));
    expect([held.entries.length, held.isIncomplete]).toEqual([2, false]);
    held.add(entry(3));
    expect([held.entries.length, held.isIncomplete]).toEqual([0, true]);
    held.begin();
    expect(held.isIncomplete).toBe(false);
  });

  it('is maxOutletBytes at the most', () => {
    const held = new Held({ replayBuffer: 100, maxOutletBytes: 1_000 });
    held.begin();
    held.add(entry(1, 'x'.repeat(298)));
    held.add(entry(2, 'x'.repeat(298)));
    expect([held.entries.length, held.isIncomplete]).toEqual([2, false]);
    held.add(entry(3, ''));
    expect([held.entries.length, held.isIncomplete]).toEqual([0, true]);
  });
});
