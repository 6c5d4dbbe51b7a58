import { describe, expect, it } from 'vitest';
import { compare, isQuiet, judge, median, spread } from '../../bench/statistics.ts';

const pairsOf = (...ratios: number[]): { ratio: number; pairs: number[] } => ({
  ratio: median(ratios),
  pairs: [...ratios].sort((a, b) => a - b),
});

describe('a median', () => {
  it('is the middle one, or lies between the middle two', () => {
    expect(median([3, 1, 200])).toBe(3);
    expect(median([4, 1, 2, 300])).toBe(3);
    expect(median([7])).toBe(7);
  });
});

describe('a comparison', () => {
  it('is of the medians, and of each pair of neighbours', () => {
    expect(compare([1, 2, 30], [2, 2, 10])).toEqual({ ratio: 1, pairs: [0.5, 1, 3] });
  });

  it('leaves out what only one of the two has', () => {
    expect(compare([1, undefined, 4], [2, 2, undefined])).toEqual({ ratio: 0.5, pairs: [0.5] });
  });

  it('is none when a subject is not to be had', () => {
    expect(compare([undefined, undefined], [1, 1])).toBe(undefined);
    expect(compare([], [])).toBe(undefined);
  });
});

describe('an aim', () => {
  it('is met when the ratio is no more than it, and missed when it is more', () => {
    expect(judge(pairsOf(0.9, 0.9, 0.9), 0.9)).toBe('met');
    expect(judge(pairsOf(0.91, 0.91, 0.91), 0.9)).toBe('missed');
  });

  it('is not judged by fewer than three pairs', () => {
    expect(judge(pairsOf(0.5, 0.5), 0.9)).toBe('too few runs');
    expect(judge(pairsOf(0.5, 0.5, 0.5), 0.9)).toBe('met');
  });

  it('is not judged when a quarter of the pairs lies on the other side of it', () => {
    expect(judge(pairsOf(0.8, 0.8, 0.8, 0.8, 1), 0.9)).toBe('met');
    expect(judge(pairsOf(0.8, 0.8, 0.8, 1), 0.9)).toBe('too noisy');
    expect(judge(pairsOf(1, 1, 1, 1, 0.8), 0.9)).toBe('missed');
    expect(judge(pairsOf(1, 1, 1, 0.8), 0.9)).toBe('too noisy');
  });

  it('is not judged when one pair lies on the other side of it and the middle half scatters', () => {
    expect(judge(pairsOf(0.58, 0.95, 1.06, 1.2, 1.33), 0.9)).toBe('too noisy');
    expect(judge(pairsOf(0.58, 1.05, 1.06, 1.07, 1.33), 0.9)).toBe('missed');
    expect(judge(pairsOf(0.91, 0.95, 1.06, 1.2, 1.33), 0.9)).toBe('missed');
  });
});

describe('noise', () => {
  it('is how far the middle half of the pairs is apart: one that strays does not count', () => {
    expect(spread(pairsOf(1, 1, 1, 1, 9))).toBe(0);
    expect(spread(pairsOf(0.5, 0.8, 1, 1.2, 2))).toBeCloseTo(0.4);
  });

  it('of one scenario among quiet ones does not spoil the run; of most of them it does', () => {
    const quiet = pairsOf(1, 1, 1, 1, 1);
    const noisy = pairsOf(0.5, 0.8, 1, 1.2, 2);
    expect(isQuiet([quiet, quiet, noisy])).toBe(true);
    expect(isQuiet([quiet, noisy, noisy])).toBe(false);
  });

  it('is not known of a run without comparisons', () => {
    expect(isQuiet([])).toBe(false);
  });
});
