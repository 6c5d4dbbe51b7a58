import { describe, expect, it } from 'vitest';
import { Rate } from '../../standalone/console/src/rate.ts';

describe('the rate', () => {
  it('has one count for each whole second, oldest first, and leaves out the one under way', () => {
    const rate = new Rate(3, 0);
    rate.add(0);
    rate.add(999);
    expect(rate.read(999)).toEqual([0, 0, 0]);
    rate.add(1000);
    expect(rate.read(1999)).toEqual([0, 0, 2]);
    expect(rate.read(2000)).toEqual([0, 2, 1]);
  });

  it('remembers the latest seconds only', () => {
    const rate = new Rate(2, 0);
    rate.add(0);
    expect(rate.read(2000)).toEqual([1, 0]);
    expect(rate.read(3000)).toEqual([0, 0]);
  });

  it('a pause of years costs no more than one of the seconds that it remembers', () => {
    const rate = new Rate(2, 0);
    rate.add(0);
    const began = performance.now();
    expect(rate.read(1e15)).toEqual([0, 0]);
    rate.add(1e15);
    expect(rate.read(1e15 + 1000)).toEqual([0, 1]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('a clock that is set back loses nothing that was counted', () => {
    const rate = new Rate(2, 10_000);
    rate.add(10_000);
    rate.add(5_000);
    expect(rate.read(5_000)).toEqual([0, 0]);
    expect(rate.read(11_000)).toEqual([0, 2]);
  });
});
