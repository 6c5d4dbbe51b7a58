/**
 * The page's own time, for what is turned by hand in tests.
 */
import type { Clock } from 'tautline/client';

export const pageClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
