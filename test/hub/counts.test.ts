import { describe, expect, it } from 'vitest';
import { Counts } from '../../src/hub/counts.ts';

describe('counts', () => {
  it('are of each name, and of nothing when all is removed', () => {
    const counts = new Counts();
    expect([counts.add('a'), counts.add('a'), counts.add('b')]).toEqual([1, 2, 1]);
    expect([counts.of('a'), counts.of('b'), counts.of('c'), counts.size]).toEqual([2, 1, 0, 2]);
    expect([counts.remove('a'), counts.remove('b'), counts.remove('a')]).toEqual([1, 0, 0]);
    expect([counts.of('a'), counts.size]).toEqual([0, 0]);
  });
});
