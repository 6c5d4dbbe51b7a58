import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/endpoint/allowance.ts';

describe('an allowance', () => {
  it('is used up when all of it is spent, and not before', () => {
    const allowance = new Allowance({ most: 10, perSecond: 1 }, 0);
    expect(allowance.spend(4, 0)).toBe(true);
    expect(allowance.spend(6, 0)).toBe(true);
    expect(allowance.spend(1, 0)).toBe(false);
  });

  it('grows with time, as much each second', () => {
    const allowance = new Allowance({ most: 10, perSecond: 2 }, 1000);
    expect(allowance.spend(10, 1000)).toBe(true);
    expect(allowance.spend(2, 2000)).toBe(true);
    expect(allowance.spend(1, 2499)).toBe(false);
  });

  it('never grows beyond its most', () => {
    const allowance = new Allowance({ most: 10, perSecond: 1000 }, 0);
    expect(allowance.spend(10, 60_000)).toBe(true);
    expect(allowance.spend(1, 60_000)).toBe(false);
  });
});
