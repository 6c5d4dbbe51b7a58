import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Buckets } from '../../../src/hub/app/buckets.ts';

/** How many of so many may be, now. */
function takeAll(buckets: Buckets, key: string, nowMs: number, times: number): number {
  return Array.from({ length: times }, () => buckets.take(key, nowMs)).filter((ms) => ms === 0)
    .length;
}

describe('buckets', () => {
  it('let so many be at once, then one each time that one has come back, and not a millisecond sooner', () => {
    const buckets = new Buckets({ most: 3, back: 2, perMs: 1_000, maxKeys: 10 });
    expect(takeAll(buckets, 'ann', 0, 5)).toBe(3);
    expect(buckets.take('ann', 0)).toBe(500);
    expect(buckets.take('ann', 499)).toBe(1);
    expect(buckets.take('ann', 500)).toBe(0);
    expect(buckets.take('ann', 500)).toBe(500);
    expect(takeAll(buckets, 'bob', 500, 5)).toBe(3);
  });

  it('are never fuller than full, however long nobody took anything', () => {
    const buckets = new Buckets({ most: 3, back: 2, perMs: 1_000, maxKeys: 10 });
    expect(takeAll(buckets, 'ann', 0, 3)).toBe(3);
    expect(takeAll(buckets, 'ann', 1e9, 10)).toBe(3);
  });

  it('are exact: the same as counting with fractions, for any times and rates', () => {
    const rate = fc.record({
      most: fc.integer({ min: 1, max: 20 }),
      back: fc.integer({ min: 1, max: 50 }),
      perMs: fc.integer({ min: 1, max: 100_000 }),
    });
    const waits = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(rate, waits, ({ most, back, perMs }, steps) => {
        const buckets = new Buckets({ most, back, perMs, maxKeys: 1 });
        let nowMs = 0;
        // In whole numbers of any size: parts of one request.
        let left = BigInt(most) * BigInt(perMs);
        for (const step of steps) {
          nowMs += step;
          const full = BigInt(most) * BigInt(perMs);
          left += BigInt(step) * BigInt(back);
          left = left > full ? full : left;
          const may = left >= BigInt(perMs);
          const waitMs = buckets.take('ann', nowMs);
          expect(waitMs === 0).toBe(may);
          if (may) {
            left -= BigInt(perMs);
          } else {
            expect(Math.ceil(waitMs)).toBe(Math.ceil(Number(BigInt(perMs) - left) / back));
          }
        }
      }),
    );
  });

  it('who waits for as long as was said may go on', () => {
    const buckets = new Buckets({ most: 1, back: 7, perMs: 1_000, maxKeys: 1 });
    let nowMs = 0;
    for (let turn = 0; turn < 1_000; turn += 1) {
      const waitMs = Math.ceil(buckets.take('ann', nowMs));
      nowMs += waitMs;
      expect(waitMs === 0 ? 0 : buckets.take('ann', nowMs)).toBe(0);
    }
  });

  it('nor longer on a clock that tells parts of a millisecond', () => {
    const rate = fc.record({
      most: fc.integer({ min: 1, max: 5 }),
      back: fc.integer({ min: 1, max: 50 }),
      startMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    });
    fc.assert(
      fc.property(rate, ({ startMs, ...limit }) => {
        const buckets = new Buckets({ ...limit, perMs: 1_000, maxKeys: 1 });
        let nowMs = startMs;
        for (let turn = 0; turn < 50; turn += 1) {
          const waitMs = Math.ceil(buckets.take('ann', nowMs));
          nowMs += waitMs;
          expect(waitMs === 0 ? 0 : buckets.take('ann', nowMs)).toBe(0);
        }
      }),
    );
  });
});

describe('keys of buckets', () => {
  it('that have used up nothing any more make room first; no more are remembered than maxKeys', () => {
    const buckets = new Buckets({ most: 2, back: 1, perMs: 1_000, maxKeys: 3 });
    for (const key of ['a', 'b', 'c']) {
      buckets.take(key, 0);
    }
    // Only b uses up more: at 1,500 ms the others are as new.
    buckets.take('b', 500);
    buckets.take('d', 1_500);
    buckets.take('e', 1_500);
    expect(buckets.size).toBe(3);
    expect(takeAll(buckets, 'b', 1_500, 2)).toBe(1);
  });

  it('whoever may have no more is never forgotten before it may again, whoever else comes', () => {
    const buckets = new Buckets({ most: 2, back: 1, perMs: 1_000, maxKeys: 3 });
    expect(takeAll(buckets, 'greedy', 0, 2)).toBe(2);
    for (let n = 0; n < 100; n += 1) {
      buckets.take(`other ${n}`, 0);
      expect(buckets.take('greedy', 0)).toBe(1_000);
    }
    expect(buckets.size).toBe(3);
  });

  it('that are all used up leave newcomers one bucket together, and room when one has come back', () => {
    const buckets = new Buckets({ most: 2, back: 1, perMs: 1_000, maxKeys: 2 });
    for (const key of ['a', 'b']) {
      takeAll(buckets, key, 0, 2);
    }
    expect(buckets.take('new', 0)).toBe(0);
    expect(buckets.take('newer', 0)).toBe(0);
    expect(buckets.take('newest', 0)).toBe(1_000);
    expect(buckets.take('a', 0)).toBe(1_000);
    expect(buckets.size).toBe(2);
    expect(takeAll(buckets, 'newest', 1_000, 3)).toBe(2);
    expect(buckets.size).toBe(2);
  });

  it('of those who may have no more stay, whatever others take in between', () => {
    const takes = fc.array(
      fc.record({ key: fc.integer({ min: 0, max: 9 }), step: fc.integer({ min: 0, max: 9 }) }),
      { minLength: 20, maxLength: 120 },
    );
    fc.assert(
      fc.property(takes, (others) => {
        const buckets = new Buckets({ most: 3, back: 2, perMs: 1_000, maxKeys: 4 });
        takeAll(buckets, 'greedy', 0, 3);
        let nowMs = 0;
        for (const { key, step } of others) {
          buckets.take(`other ${key}`, nowMs);
          expect(buckets.size).toBeLessThanOrEqual(4);
          nowMs = Math.min(nowMs + step, 499);
          expect(buckets.take('greedy', nowMs)).toBe(500 - nowMs);
        }
        expect(buckets.take('greedy', 500)).toBe(0);
      }),
    );
  });
});
