import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryLog } from '../../../src/brokers/memory/log.ts';
import type { Retain } from '../../../src/ports/index.ts';

function logOf(
  count: number,
  retention: { maxEntries?: number; maxBytes?: number; maxAgeMs?: number } = {},
): MemoryLog {
  const log = new MemoryLog('e', { maxEntries: 100, maxBytes: 1e9, maxAgeMs: 1e9, ...retention });
  for (let i = 1; i <= count; i += 1) {
    log.append({ id: `p${i}`, data: i, atMs: 0 }, { bytes: entryBytes, nowMs: i });
  }
  return log;
}

/** What each entry counts here. */
const entryBytes = 201;

const offsets = (list: readonly { readonly offset: number }[]) => list.map(({ offset }) => offset);

describe('a log', () => {
  it('numbers its entries from 1 and links each to the one before', () => {
    expect(logOf(2).from(0, 10)).toEqual([
      { offset: 1, id: 'p1', prev: { offset: 0, id: '' }, data: 1, atMs: 0 },
      { offset: 2, id: 'p2', prev: { offset: 1, id: 'p1' }, data: 2, atMs: 0 },
    ]);
  });

  it('keeps so many entries, and no more', () => {
    expect(offsets(logOf(100).from(0, 1_000))).toHaveLength(100);
    expect(offsets(logOf(101).from(0, 1_000))).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 2),
    );
  });

  it('keeps so many bytes, and no more', () => {
    const maxBytes = 3 * entryBytes;
    expect(offsets(logOf(3, { maxBytes }).from(0, 10))).toEqual([1, 2, 3]);
    expect(offsets(logOf(4, { maxBytes }).from(0, 10))).toEqual([2, 3, 4]);
    expect(offsets(logOf(3, { maxBytes: maxBytes - 1 }).from(0, 10))).toEqual([2, 3]);
  });

  it('drops as many old entries as a long one needs', () => {
    const after = (bytes: number) => {
      const log = logOf(4, { maxBytes: 4 * entryBytes });
      log.append({ id: 'long', data: null, atMs: 0 }, { bytes, nowMs: 5 });
      return offsets(log.from(0, 10));
    };
    expect(after(3 * entryBytes)).toEqual([4, 5]);
    expect(after(3 * entryBytes + 1)).toEqual([5]);
  });

  it('keeps the newest entry even when it alone is too long', () => {
    const log = logOf(2, { maxBytes: 1 });
    expect(offsets(log.from(0, 10))).toEqual([2]);
    expect(log.latest(1)[0]?.prev).toEqual({ offset: 1, id: 'p1' });
  });

  it('lets go of all that is too old, and still knows its top', () => {
    const log = logOf(3, { maxAgeMs: 10 });
    log.trim(11);
    expect(offsets(log.from(0, 10))).toEqual([1, 2, 3]);
    log.trim(12);
    expect(offsets(log.from(0, 10))).toEqual([2, 3]);
    log.trim(14);
    expect([offsets(log.from(0, 10)), offsets(log.latest(10))]).toEqual([[], []]);
    expect(log.top).toEqual({ offset: 3, id: 'p3' });
    log.append({ id: 'p4', data: 4, atMs: 0 }, { bytes: entryBytes, nowMs: 15 });
    expect(log.latest(1)).toMatchObject([{ offset: 4, prev: { offset: 3, id: 'p3' } }]);
  });

  it('lets go of what is too old with each append', () => {
    const log = logOf(3, { maxAgeMs: 10 });
    log.append({ id: 'p4', data: 4, atMs: 0 }, { bytes: entryBytes, nowMs: 13 });
    expect(offsets(log.from(0, 10))).toEqual([3, 4]);
  });

  it('keeps as much as the latest append says, if it would keep more', () => {
    const log = logOf(5);
    const append = (offset: number, retain?: Retain): number[] => {
      log.append(
        { id: `p${offset}`, data: offset, atMs: 0 },
        { bytes: entryBytes, nowMs: offset, retain },
      );
      return offsets(log.from(0, 10));
    };
    expect(append(6, { entries: 3 })).toEqual([4, 5, 6]);
    expect(append(7)).toEqual([4, 5, 6, 7]);
    expect(append(8, { ageMs: 2 })).toEqual([6, 7, 8]);
    log.trim(10);
    expect(offsets(log.from(0, 10))).toEqual([8]);
    expect(append(9, { entries: 1_000, ageMs: Number.POSITIVE_INFINITY })).toEqual([8, 9]);
  });

  it('holds no more places than twice its entries, however many have passed', () => {
    const log = logOf(10_000, { maxEntries: 100 });
    const { kept } = log as unknown as { readonly kept: readonly unknown[] };
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept.filter((place) => place !== undefined)).toHaveLength(100);
  });

  it.each([0, -1])('gives nothing for a limit of %i', (limit) => {
    expect(logOf(3).from(1, limit)).toEqual([]);
    expect(logOf(3).latest(limit)).toEqual([]);
  });

  it('gives the same as a list would, whatever was trimmed', () => {
    const numbers = fc.record({
      count: fc.nat({ max: 60 }),
      maxEntries: fc.integer({ min: 1, max: 12 }),
      from: fc.integer({ min: -2, max: 65 }),
      limit: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(numbers, ({ count, maxEntries, from, limit }) => {
        const log = logOf(count, { maxEntries });
        const all = Array.from({ length: count }, (_, i) => i + 1);
        const kept = all.slice(-maxEntries);
        expect(offsets(log.from(from, limit))).toEqual(
          kept.filter((n) => n >= from).slice(0, limit),
        );
        expect(offsets(log.latest(limit))).toEqual(limit === 0 ? [] : kept.slice(-limit));
        expect(log.top).toEqual({ offset: count, id: count === 0 ? '' : `p${count}` });
      }),
    );
  });
});
