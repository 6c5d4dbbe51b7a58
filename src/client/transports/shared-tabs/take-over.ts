/**
 * When a tab that is seen takes the place of one that is not: timers of the latter are slow. Not at once: people look here and there.
 * In: whether there is reason for it. Out: that it is time. Cannot fail.
 */
import type { Cancel, Clock } from '../../../ground/clock.ts';

export class TakeOver {
  private readonly clock: Clock;
  private readonly afterMs: number;
  private readonly run: () => void;
  private cancel: Cancel | undefined;

  constructor(clock: Clock, afterMs: number, run: () => void) {
    this.clock = clock;
    this.afterMs = afterMs;
    this.run = run;
  }

  /** Its time is counted from when there was reason first, without a break. */
  consider(hasReason: boolean): void {
    if (!hasReason) {
      this.cancel?.();
      this.cancel = undefined;
    } else {
      this.cancel ??= this.clock.after(this.afterMs, () => {
        this.cancel = undefined;
        this.run();
      });
    }
  }
}
