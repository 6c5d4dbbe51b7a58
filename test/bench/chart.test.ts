import { describe, expect, it } from 'vitest';
import { toSvg } from '../../bench/chart.ts';
import { rowOf } from './runs.ts';

const picture = toSvg({
  node: '20.19.0',
  rows: [
    rowOf('echo-20-1', { tautline: [8], ws: [10], raw: [4] }),
    rowOf('idle-10000', { tautline: [60], ws: [10] }),
    rowOf('hub-1000', { hub: [1], tautline: [1] }),
  ],
});

/** Class and width of each bar, without the legend's boxes. */
function bars(svg: string): [string, number][] {
  return [...svg.matchAll(/<rect class="(\w+)" x="330" y="[\d.]+" width="([\d.]+)"/g)].map(
    ([, name, width]) => [name!, Number(width)],
  );
}

describe('the picture', () => {
  it('has a bar for each subject beside ws, as long as its ratio; what is off the scale ends at its end', () => {
    const [one, two, three, ...more] = bars(picture);
    const unit = one![1] / 0.8;
    expect(one![0]).toBe('tautline');
    expect(two).toEqual(['raw', expect.closeTo(unit * 0.4, 0)]);
    expect(three).toEqual(['tautline', expect.closeTo(unit * 1.5, 0)]);
    expect(picture).toContain('>6.00</text>');
    // The hub is not compared with ws.
    expect(more).toEqual([]);
  });

  it('is dark where pages are dark', () => {
    expect(picture).toContain('@media (prefers-color-scheme: dark)');
  });

  it('names only what is in it', () => {
    expect(picture).toContain('>raw epoll</text>');
    expect(picture).not.toContain('>Bun</text>');
  });
});
