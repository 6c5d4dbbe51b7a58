/**
 * What many websockets share: a clock, the alarms on it, and what is counted of them.
 */
import type { Clock } from '../ground/clock.ts';
import { Alarms } from './alarms.ts';
import { Tally } from './counters.ts';

/** What many websockets share: a clock with its alarms, and counters. */
export interface Engine {
  readonly alarms: Alarms;
  readonly counters: Tally;
  nowMs(): number;
}

/** An engine on this clock. `counters` may be those of another, to count both together. */
export function makeEngine(clock: Clock, counters: Tally = new Tally()): Engine {
  return { alarms: new Alarms(clock), counters, nowMs: () => clock.nowMs() };
}
