import { describe, expect, it } from 'vitest';
import {
  type HttpRoadLimits,
  httpRoadDefaults,
  httpRoadLimits,
} from '../../src/transports/http-options.ts';

describe('limits of roads', () => {
  it('are the defaults, and over them what is given', () => {
    expect(httpRoadLimits({})).toEqual(httpRoadDefaults);
    expect(httpRoadLimits({ idleMs: 1, maxRoads: Number.POSITIVE_INFINITY })).toEqual({
      ...httpRoadDefaults,
      idleMs: 1,
      maxRoads: Number.POSITIVE_INFINITY,
    });
  });

  it.each(Object.keys(httpRoadDefaults) as (keyof HttpRoadLimits)[])('%s is above zero', (name) => {
    for (const value of [0, -1, Number.NaN, '1' as unknown as number]) {
      expect(() => httpRoadLimits({ [name]: value })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});
