/**
 * The time of one universe. It stands still until the next thing that is due.
 * In: what to do, and when. Out: calls, in the order of their time. Cannot fail.
 */
import type { Cancel, Clock } from '../../src/ground/clock.ts';

export interface Alarm {
  readonly dueMs: number;
  readonly turn: number;
  run: (() => void) | undefined;
}

/** When the universe begins, in milliseconds since 1970. */
const beginMs = 1_700_000_000_000;

/**
 * Of one millisecond. Sums and differences of such times are exact: who waits for what is left until a moment would else wait for ever,
 * where so little is left that the time does not move.
 */
const grains = 1_024;

export class Time {
  nowMs = 0;
  private turns = 0;
  /** A heap: each stands before the two that are its own. */
  private readonly alarms: Alarm[] = [];

  after(delayMs: number, run: () => void): Cancel {
    const alarm = this.at(this.nowMs + Math.max(0, delayMs), run);
    return () => {
      alarm.run = undefined;
    };
  }

  at(dueMs: number, run: () => void): Alarm {
    this.turns += 1;
    const alarm: Alarm = { dueMs: Math.ceil(dueMs * grains) / grains, turn: this.turns, run };
    this.push(alarm);
    return alarm;
  }

  /** Does what is due next, unless that is after `endMs`. False: nothing was done. */
  step(endMs: number): boolean {
    for (
      let next = this.alarms[0];
      next !== undefined && next.dueMs <= endMs;
      next = this.alarms[0]
    ) {
      this.pop();
      if (next.run !== undefined) {
        this.nowMs = next.dueMs;
        next.run();
        return true;
      }
    }
    return false;
  }

  private push(alarm: Alarm): void {
    const { alarms } = this;
    let at = alarms.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(alarm, alarms[parent]!)) {
        break;
      }
      alarms[at] = alarms[parent]!;
      at = parent;
    }
    alarms[at] = alarm;
  }

  private pop(): void {
    const { alarms } = this;
    const last = alarms.pop()!;
    const { length } = alarms;
    if (length === 0) {
      return;
    }
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) {
        break;
      }
      if (child + 1 < length && isBefore(alarms[child + 1]!, alarms[child]!)) {
        child += 1;
      }
      if (!isBefore(alarms[child]!, last)) {
        break;
      }
      alarms[at] = alarms[child]!;
      at = child;
    }
    alarms[at] = last;
  }
}

function isBefore(one: Alarm, other: Alarm): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.turn < other.turn);
}

/** The clock of one process: it may show another time of day, and what it was to do dies with it. */
export class ProcessClock implements Clock {
  isDead = false;
  /** By what its time of day is wrong. */
  skewMs = 0;
  private readonly time: Time;

  constructor(time: Time) {
    this.time = time;
  }

  nowMs(): number {
    return this.time.nowMs;
  }

  wallMs(): number {
    return beginMs + this.skewMs + this.time.nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.time.after(delayMs, () => {
      if (!this.isDead) {
        run();
      }
    });
  }
}
