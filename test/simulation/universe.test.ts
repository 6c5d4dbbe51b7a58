/**
 * The promise, in many small universes; `npm run simulate` looks at as many as one likes.
 */
import { describe, expect, it } from 'vitest';
import { faultNames } from './faults.ts';
import { sabotages } from './sabotage.ts';
import { runUniverse } from './universe.ts';

describe('in a universe where things go wrong', () => {
  it('everything that was retained arrives once, in order, or a gap says so; what was told to be stored is', async () => {
    let delivered = 0;
    let gaps = 0;
    const said = { signals: 0, runs: 0, members: 0, polls: 0 };
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 150; seed += 1) {
      const universe = await runUniverse(seed);
      expect({ seed, anomalies: universe.anomalies }).toEqual({ seed, anomalies: [] });
      delivered += universe.delivered;
      gaps += universe.gaps;
      for (const name of ['signals', 'runs', 'members', 'polls'] as const) {
        said[name] += universe[name];
      }
      for (const fault of universe.faults) {
        kinds.add(fault);
      }
    }
    // Something must have happened for this to mean anything.
    expect(delivered).toBeGreaterThan(1_000);
    expect(gaps).toBeGreaterThan(50);
    expect(kinds.size).toBe(faultNames.length);
    expect(said.signals).toBeGreaterThan(100);
    expect(said.runs).toBeGreaterThan(50);
    expect(said.members).toBeGreaterThan(50);
    expect(said.polls).toBeGreaterThan(10);
  }, 120_000);

  it('readers who are not shown everything get the rest of it so, and end where the log ends', async () => {
    let delivered = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const universe = await runUniverse(seed, undefined, { hides: true });
      expect({ seed, anomalies: universe.anomalies }).toEqual({ seed, anomalies: [] });
      delivered += universe.delivered;
    }
    expect(delivered).toBeGreaterThan(500);
  }, 120_000);

  it.each([397, 652, 872, 2_057])('seed %i, which found something once', async (seed) => {
    expect((await runUniverse(seed)).anomalies).toEqual([]);
  });

  it('the same seed gives the same universe, to the last step', async () => {
    for (const seed of [3, 7, 77]) {
      expect(await runUniverse(seed)).toEqual(await runUniverse(seed));
    }
    expect((await runUniverse(3)).history).not.toEqual((await runUniverse(7)).history);
  });
});

describe('a build that is broken on purpose is found out', () => {
  it.each(Object.entries(sabotages))(
    '%s',
    async (_, sabotage) => {
      const most = 300;
      for (let seed = 1; seed <= most; seed += 1) {
        if ((await runUniverse(seed, sabotage)).anomalies.length > 0) {
          return;
        }
      }
      expect.fail(`not in ${most} universes`);
    },
    120_000,
  );
});
