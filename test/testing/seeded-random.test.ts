import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/testing/seeded-random.ts';

function several(seed: number, count = 1_000): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
}

describe('chance from a seed', () => {
  it('is the same for the same seed, and in every version', () => {
    expect(several(7)).toEqual(several(7));
    expect(several(1, 2)).toEqual([0.6270739405881613, 0.002735721180215478]);
  });

  it('differs for neighbours', () => {
    const first = new Set(Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed)()));
    expect(first.size).toBe(1_000);
  });

  it('lies from 0 up to 1, evenly', () => {
    const numbers = several(3, 100_000);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / 100_000;
      expect(share).toBeCloseTo(0.1, 2);
    }
  });
});
