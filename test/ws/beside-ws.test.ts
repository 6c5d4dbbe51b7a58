/**
 * The same programs on ws and on `tautline/ws`: the same events, with the same arguments, in the same order. What we mean to do
 * otherwise stands in beside/differences.ts, with what each of the two does.
 */
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import * as ours from '../../src/ws/index.ts';
import { type Library, type Scenario, Stage } from './beside/bench.ts';
import { deflateScenarios } from './beside/deflate.ts';
import { differences } from './beside/differences.ts';
import { frameScenarios } from './beside/frames.ts';
import { openingScenarios } from './beside/opening.ts';
import { servingScenarios } from './beside/serving.ts';
import { talkingScenarios } from './beside/talking.ts';
import { webScenarios } from './beside/web.ts';

const scenarios = [
  ...openingScenarios,
  ...servingScenarios,
  ...talkingScenarios,
  ...frameScenarios,
  ...webScenarios,
  ...deflateScenarios,
];

async function play(scenario: Scenario, lib: Library): Promise<Record<string, string[]>> {
  const stage = new Stage();
  try {
    await scenario.run(lib, stage);
  } catch (error) {
    stage.end();
    throw error;
  }
  return stage.end();
}

describe('a program for ws', () => {
  for (const scenario of scenarios) {
    const meant = differences[scenario.title];
    it(meant === undefined ? scenario.title : `${scenario.title}, but ${meant.why}`, async () => {
      const [theirs, own] = await Promise.all([play(scenario, ws), play(scenario, ours)]);
      if (meant === undefined) {
        expect(own).toEqual(theirs);
      } else {
        expect({ ws: theirs, ours: own }).toEqual({ ws: meant.ws, ours: meant.ours });
      }
    });
  }

  it('is told of every difference in the table by a scenario', () => {
    const titles = scenarios.map(({ title }) => title);
    expect(Object.keys(differences).filter((title) => !titles.includes(title))).toEqual([]);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
