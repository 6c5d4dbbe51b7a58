/**
 * A clock that stands still until it is turned.
 * In: how far to turn. Out: what is due, called in the order of its time. Fails: a RangeError when it is turned back, or for ever.
 */
import type { Cancel, Clock } from '../ground/clock.ts';

interface Alarm {
  readonly dueMs: number;
  /** What is due at the same time runs in the order in which it was asked for. */
  readonly turn: number;
  readonly run: () => void;
}

/** Where a manual clock begins. */
export interface ManualClockOptions {
  /** Milliseconds since 1970 at the start. @default 1_700_000_000_000 */
  readonly wallMs?: number;
}

/** The defaults of `ManualClockOptions`. */
export const manualClockDefaults: Required<ManualClockOptions> = { wallMs: 1_700_000_000_000 };

/** A clock that moves only when it is turned, for whatever takes a `Clock`. */
export class ManualClock implements Clock {
  private readonly startWallMs: number;
  private elapsedMs = 0;
  private turns = 0;
  /** What comes first stands first. */
  private readonly alarms: Alarm[] = [];

  constructor(options: ManualClockOptions = {}) {
    this.startWallMs = options.wallMs ?? manualClockDefaults.wallMs;
  }

  /** Starts at 0. */
  nowMs(): number {
    return this.elapsedMs;
  }

  wallMs(): number {
    return this.startWallMs + this.elapsedMs;
  }

  /** How many calls are still to come. */
  get pending(): number {
    return this.alarms.length;
  }

  after(delayMs: number, run: () => void): Cancel {
    if (Number.isNaN(delayMs)) {
      throw new RangeError('a delay must be a number');
    }
    this.turns += 1;
    const alarm = { dueMs: this.elapsedMs + Math.max(0, delayMs), turn: this.turns, run };
    this.alarms.splice(this.placeOf(alarm), 0, alarm);
    return () => this.cancel(alarm);
  }

  /**
   * Turns the clock, stopping at each time at which something is due, so that it sees its own time. What is asked for on the way,
   * and is due before the end, runs too. When one throws, the clock stands at its time, and the next turn goes on from there.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
      throw new RangeError('a clock is turned forwards only, and not for ever');
    }
    const endMs = this.elapsedMs + ms;
    while (this.step(endMs)) {
      // What is due runs.
    }
  }

  /**
   * Turns the clock to the next time at which something is due, and runs that one call. When nothing is due by `untilMs`, the clock is
   * turned to there.
   * @returns whether something ran.
   */
  step(untilMs: number): boolean {
    const next = this.alarms[0];
    if (next === undefined || next.dueMs > untilMs) {
      this.elapsedMs = Math.max(this.elapsedMs, untilMs);
      return false;
    }
    this.alarms.shift();
    this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
    next.run();
    return true;
  }

  private cancel(alarm: Alarm): void {
    const place = this.placeOf(alarm);
    if (this.alarms[place] === alarm) {
      this.alarms.splice(place, 1);
    }
  }

  /** Where the alarm stands, or would stand. */
  private placeOf({ dueMs, turn }: Alarm): number {
    let low = 0;
    let high = this.alarms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.alarms[middle]!;
      if (other.dueMs < dueMs || (other.dueMs === dueMs && other.turn < turn)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
