import { describe, expect, it } from 'vitest';
import { tabsDefaults, tabsLimits } from '../../../src/gateways/tabs/options.ts';

describe('limits of shared roads', () => {
  it('are the defaults, but for what was given', () => {
    expect(tabsLimits({})).toEqual(tabsDefaults);
    expect(tabsLimits({ maxStrands: 3 })).toEqual({ ...tabsDefaults, maxStrands: 3 });
  });

  it('may be without end, and not without a number', () => {
    expect(tabsLimits({ emptyMs: Number.POSITIVE_INFINITY }).emptyMs).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(() => tabsLimits({ emptyMs: 0 })).toThrow(/emptyMs must be a number above zero/);
  });
});
