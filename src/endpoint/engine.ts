/**
 * What many websockets share: a clock, the alarms on it, and what is counted of them.
 */
import type { Clock } from '../ground/clock.ts';
import { Alarms } from './alarms.ts';
import { Tally } from './counters.ts';

export interface Engine {
  readonly alarms: Alarms;
  readonly counters: Tally;
  nowMs(): number;
}

export function makeEngine(clock: Clock, counters: Tally = new Tally()): Engine {
  return { alarms: new Alarms(clock), counters, nowMs: () => clock.nowMs() };
}
