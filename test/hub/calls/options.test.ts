import { describe, expect, it } from 'vitest';
import { type CallLimits, callLimitDefaults, callLimits } from '../../../src/hub/calls/options.ts';

describe('callLimits', () => {
  it('fills in what was not said', () => {
    expect(callLimits()).toEqual(callLimitDefaults);
    expect(callLimits({ maxCalls: 7 })).toEqual({ ...callLimitDefaults, maxCalls: 7 });
  });

  it.each(Object.keys(callLimitDefaults) as (keyof CallLimits)[])('%s is 1 or more', (name) => {
    expect(callLimits({ [name]: 1 })[name]).toBe(1);
    for (const wrong of [0, -1, Number.NaN, '5']) {
      expect(() => callLimits({ [name]: wrong as number })).toThrow(
        expect.objectContaining({ code: 'LIMIT_INVALID' }),
      );
    }
  });

  it('keeps no answer that a claim could not hold', () => {
    expect(callLimits({ maxKeptAnswer: 16_000 }).maxKeptAnswer).toBe(16_000);
    expect(() => callLimits({ maxKeptAnswer: 16_001 })).toThrow(/not kept/);
  });
});
