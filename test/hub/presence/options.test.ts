import { describe, expect, it } from 'vitest';
import {
  type PresenceLimits,
  presenceLimitDefaults,
  presenceLimits,
} from '../../../src/hub/presence/options.ts';

describe('presenceLimits', () => {
  it('fills in what was not said', () => {
    expect(presenceLimits()).toEqual(presenceLimitDefaults);
    expect(presenceLimits({ leaseMs: 7 })).toEqual({ ...presenceLimitDefaults, leaseMs: 7 });
  });

  it.each(Object.keys(presenceLimitDefaults) as (keyof PresenceLimits)[])(
    '%s is 1 or more',
    (name) => {
      expect(presenceLimits({ [name]: 1 })[name]).toBe(1);
      for (const wrong of [0, -1, Number.NaN, '5']) {
        expect(() => presenceLimits({ [name]: wrong as number })).toThrow(
          expect.objectContaining({ code: 'LIMIT_INVALID' }),
        );
      }
    },
  );
});
