/**
 * The machine's own clock: the one place where time comes in.
 */
import { performance } from 'node:perf_hooks';
import type { Clock } from '../ground/clock.ts';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
