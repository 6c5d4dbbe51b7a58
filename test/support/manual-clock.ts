/**
 * A clock that is turned by hand.
 * In: milliseconds. Out: the calls that are due, in the order of their time. Cannot fail.
 */
import type { Cancel, Clock } from '../../src/ground/clock.ts';

interface Alarm {
  readonly atMs: number;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  private now = 0;
  private alarms: Alarm[] = [];

  /** Calls that are still to come. */
  get waiting(): number {
    return this.alarms.length;
  }

  nowMs(): number {
    return this.now;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.now;
  }

  after(delayMs: number, run: () => void): Cancel {
    const alarm = { atMs: this.now + delayMs, run };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  /** Lets time pass; what is due is called at its own time. */
  turn(ms: number): void {
    const until = this.now + ms;
    for (let next = this.earliest(until); next !== undefined; next = this.earliest(until)) {
      const due = next;
      this.alarms = this.alarms.filter((other) => other !== due);
      this.now = due.atMs;
      due.run();
    }
    this.now = until;
  }

  private earliest(untilMs: number): Alarm | undefined {
    const due = this.alarms.filter((alarm) => alarm.atMs <= untilMs);
    return due.sort((one, other) => one.atMs - other.atMs)[0];
  }
}
