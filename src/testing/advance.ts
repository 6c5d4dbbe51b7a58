/**
 * Turns a hand-turned clock, and lets promises settle between what is due.
 * In: a clock, and how far. Out: all that was due, one after the other, each followed by the promises it moved. Fails: with what an alarm
 * throws; a RangeError for a clock that is turned back, or that would never come to its end.
 */
import type { ManualClock } from './manual-clock.ts';

/** How much may happen in one `advance`: what never ends is found so. */
export interface AdvanceOptions {
  /**
   * Turns of the microtask queue after each alarm. Fewer than the longest chain of awaits: its end comes after the next alarm, though
   * every run still does the same. More: slower. @default 32
   */
  readonly microtaskTurns?: number;
  /** Alarms that may run in one call. Fewer: long runs are refused. More: a loop without delay is found later. @default 1_000_000 */
  readonly maxAlarms?: number;
}

/** The defaults of `AdvanceOptions`. */
export const advanceDefaults: Required<AdvanceOptions> = {
  microtaskTurns: 32,
  maxAlarms: 1_000_000,
};

/**
 * Promises are settled first, then after each alarm, and at the end. Only promises: what waits for the machine, such as a file, is not
 * waited for. One call at a time for each clock.
 */
export async function advance(
  clock: ManualClock,
  ms: number,
  options: AdvanceOptions = {},
): Promise<void> {
  if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
    throw new RangeError('a clock is turned forwards only, and not for ever');
  }
  const turns = options.microtaskTurns ?? advanceDefaults.microtaskTurns;
  const maxAlarms = options.maxAlarms ?? advanceDefaults.maxAlarms;
  const endMs = clock.nowMs() + ms;
  let alarms = 0;
  await settle(turns);
  while (clock.step(endMs)) {
    alarms += 1;
    if (alarms > maxAlarms) {
      throw new RangeError(`more than ${maxAlarms} alarms in one turn of the clock`);
    }
    // Not by setImmediate: that is a hundred times slower, and lets the machine in.
    await settle(turns);
  }
}

async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await resolved;
  }
}

const resolved: Promise<void> = Promise.resolve();
