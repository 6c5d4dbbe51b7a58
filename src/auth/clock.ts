/**
 * The machine's own time, for whoever gives no other.
 * In: nothing. Out: a clock. Cannot fail: every runtime that we name has what is used here.
 */
import type { Clock } from '../ground/clock.ts';

declare const performance: { now(): number };
declare function setTimeout(run: () => void, delayMs: number): unknown;
declare function clearTimeout(timer: unknown): void;

/** What a timer can hold, in milliseconds: a longer delay would be taken for none. */
const longestDelayMs = 2 ** 31 - 1;

export const machineClock: Clock = {
  nowMs: () => performance.now(),
  // Of the day as it is now, not as it was when the process began: tokens are made on other machines.
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, longestDelayMs));
    return () => clearTimeout(timer);
  },
};
