import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/hub/allowance.ts';

describe('so many in a second', () => {
  it('and as many at once, and not one more', () => {
    const allowance = new Allowance(3, 0);
    expect([0, 0, 0, 0].map((nowMs) => allowance.take(nowMs))).toEqual([true, true, true, false]);
  });

  it('fills with time, and no further than a second’s worth', () => {
    const allowance = new Allowance(2, 0);
    expect([0, 0, 499, 500, 999, 1_000].map((nowMs) => allowance.take(nowMs))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
    expect([60_000, 60_000, 60_000].map((nowMs) => allowance.take(nowMs))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('may be without end', () => {
    const allowance = new Allowance(Number.POSITIVE_INFINITY, 0);
    expect([0, 0, 1].every((nowMs) => allowance.take(nowMs))).toBe(true);
  });
});
