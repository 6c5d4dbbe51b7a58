/**
 * How long an answer is awaited from another tab.
 * In: that one is awaited, and that none is any more. Out: to ask again, or that it is over. Cannot fail.
 *
 * Timers of a tab that stood still come late, and before the messages that came meanwhile: then the other had no time to answer.
 */
import type { Cancel, Clock } from '../../../ground/clock.ts';

export interface PatiencePorts {
  readonly again: () => void;
  readonly over: () => void;
}

/** An alarm that comes by more than this after its time was held up, in milliseconds. */
export const lateAfterMs = 1_000;
/** How many late alarms in a row ask again. */
export const maxLateAlarms = 2;

export class Patience {
  private readonly clock: Clock;
  private readonly withinMs: number;
  private readonly ports: PatiencePorts;
  private cancel: Cancel | undefined;
  private lateAlarms = 0;

  constructor(clock: Clock, withinMs: number, ports: PatiencePorts) {
    this.clock = clock;
    this.withinMs = withinMs;
    this.ports = ports;
  }

  /** Nothing, when one is awaited already. */
  begin(): void {
    this.cancel ??= this.alarm();
  }

  end(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.lateAlarms = 0;
  }

  private alarm(): Cancel {
    const sinceMs = this.clock.nowMs();
    return this.clock.after(this.withinMs, () => {
      const lateMs = this.clock.nowMs() - sinceMs - this.withinMs;
      if (lateMs > lateAfterMs && this.lateAlarms < maxLateAlarms) {
        this.lateAlarms += 1;
        this.cancel = this.alarm();
        this.ports.again();
      } else {
        this.end();
        this.ports.over();
      }
    });
  }
}
