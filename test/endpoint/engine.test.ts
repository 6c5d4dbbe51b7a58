import { expect, it } from 'vitest';
import { makeEngine } from '../../src/endpoint/engine.ts';
import { HandClock } from './support.ts';

it('an engine has the time of its clock, alarms on it, and counters that begin at nothing', () => {
  const clock = new HandClock();
  const engine = makeEngine(clock);
  clock.advance(250);
  expect(engine.nowMs()).toBe(250);
  const woken: number[] = [];
  engine.alarms.set({ slot: Infinity, wake: (nowMs) => woken.push(nowMs) }, 300);
  clock.advance(50);
  expect(woken).toEqual([300]);
  expect(Object.values(engine.counters).every((count) => count === 0)).toBe(true);
});
