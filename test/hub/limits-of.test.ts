import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../src/hub/limits-of.ts';

const defaults = { few: 2, many: 1_000 };

describe('limits', () => {
  it('are the defaults, where nothing else is given', () => {
    expect(limitsOf(defaults)).toEqual(defaults);
    expect(limitsOf(defaults, { few: undefined as never, many: 7 })).toEqual({ few: 2, many: 7 });
    expect(limitsOf(defaults, { many: Number.POSITIVE_INFINITY }).many).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('have no names but those of the defaults', () => {
    expect(limitsOf(defaults, { other: 1 } as never)).toEqual(defaults);
  });

  it('are 1 at the least, or as is said', () => {
    expect(limitsOf(defaults, { few: 1, many: 10 }, { many: 10 })).toEqual({ few: 1, many: 10 });
    for (const given of [{ few: 0 }, { few: Number.NaN }, { few: '3' as never }, { many: 9 }]) {
      expect(() => limitsOf(defaults, given, { many: 10 })).toThrow(
        expect.objectContaining({ code: 'LIMIT_INVALID' }),
      );
    }
  });
});
