import { describe, expect, it } from 'vitest';
import { backoffDefaults, backoffMs } from '../../src/ground/backoff.ts';

const almostOne = () => 0.999;

describe('backoff', () => {
  it('doubles the ceiling with each failure, up to the greatest', () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6].map((n) => backoffMs(n, () => 1, backoffDefaults));
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000]);
  });

  it('draws from all of the range below the ceiling (full jitter)', () => {
    expect(backoffMs(0, () => 0, backoffDefaults)).toBe(0);
    expect(backoffMs(1, () => 0.25, backoffDefaults)).toBe(250);
    expect(backoffMs(20, almostOne, backoffDefaults)).toBe(19_980);
  });

  it('stays at the greatest ceiling for any number of failures', () => {
    expect(backoffMs(100_000, () => 1, backoffDefaults)).toBe(20_000);
    expect(backoffMs(100_000, () => 1, { ...backoffDefaults, firstMs: 0 })).toBe(0);
  });
});
