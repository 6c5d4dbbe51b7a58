import { describe, expect, it } from 'vitest';
import { linesOf, readWish, runShare } from '../../tools/simulate.ts';
import { sabotages } from '../simulation/sabotage.ts';
import { runUniverse } from '../simulation/universe.ts';

const noTops = Object.keys(sabotages).find((name) => name.startsWith('no tops'))!;

describe('npm run simulate', () => {
  it('looks at ten thousand universes unless it is told otherwise', () => {
    expect(readWish([])).toEqual({ from: 1, seeds: 10_000, broken: undefined, isReplay: false });
    expect(readWish(['--seeds', '1e6', '--from', '5'])).toMatchObject({
      from: 5,
      seeds: 1_000_000,
    });
  });

  it('shows one again', () => {
    expect(readWish(['--seed', '7'])).toMatchObject({ from: 7, seeds: 1, isReplay: true });
  });

  it('refuses what is no number, and builds that nobody broke', () => {
    for (const args of [['--seeds', '0'], ['--seeds', 'many'], ['--seed=-1'], ['--from', '1.5']]) {
      expect(() => readWish(args)).toThrow(RangeError);
    }
    expect(() => readWish(['--broken', 'somehow'])).toThrow(RangeError);
  });

  it('workers share the seeds out: each has every so manieth', async () => {
    const [one, other, all] = await Promise.all([
      runShare({ from: 1, seeds: 5, broken: undefined }, 2, () => undefined),
      runShare({ from: 2, seeds: 4, broken: undefined }, 2, () => undefined),
      runShare({ from: 1, seeds: 5, broken: undefined }, 1, () => undefined),
    ]);
    expect([one.universes, other.universes, all.universes]).toEqual([3, 2, 5]);
    expect(one.steps + other.steps).toBe(all.steps);
  });

  it('what is wrong is told with the line that replays it', async () => {
    const told: (readonly string[])[] = [];
    await runShare({ from: 1, seeds: 30, broken: noTops }, 1, (lines) => told.push(lines));
    const [summary, replay] = told[0]!;
    expect(summary).toMatch(/^seed \d+: not-converged/);
    const seed = Number(/^seed (\d+)/.exec(summary!)![1]);
    expect(replay).toBe(`  npm run simulate -- --seed ${seed} --broken '${noTops}'`);
    const again = await runUniverse(seed, sabotages[noTops]);
    expect(linesOf(again, noTops)).toEqual(told[0]);
  }, 60_000);
});
