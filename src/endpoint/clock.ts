/**
 * The machine's own clock: the one place where time comes in.
 */
import { performance } from 'node:perf_hooks';
import type { Clock } from '../ground/clock.ts';

/** The runtime's timers cannot wait for longer: what is more would run at once. */
const longestMs = 2 ** 31 - 1;

/** The machine's own time and timers. */
export const systemClock: Clock = makeClock((timer) => timer);

/** The same, but nothing that is only awaited by it keeps the process running. */
export const restfulClock: Clock = makeClock((timer) => timer.unref());

function makeClock(held: (timer: NodeJS.Timeout) => NodeJS.Timeout): Clock {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    after(delayMs, run) {
      let timer: NodeJS.Timeout | undefined;
      const wait = (leftMs: number): void => {
        timer = held(
          leftMs > longestMs
            ? setTimeout(() => wait(leftMs - longestMs), longestMs)
            : setTimeout(run, leftMs),
        );
      };
      wait(delayMs);
      return () => clearTimeout(timer);
    },
  };
}
