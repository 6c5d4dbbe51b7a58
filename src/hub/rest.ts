/**
 * Waiting for a time, or until somebody says that it is enough.
 * In: a clock. Out: promises that resolve. Cannot fail. One wait at a time.
 */
import type { Cancel, Clock } from '../ground/clock.ts';

export class Rest {
  private readonly clock: Clock;
  private waiting: { readonly cancel: Cancel; readonly go: () => void } | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Resolves after the time, or at once when `wake` is called. */
  wait(ms: number): Promise<void> {
    return new Promise((go) => {
      this.waiting = { cancel: this.clock.after(ms, go), go };
    });
  }

  wake(): void {
    this.waiting?.cancel();
    this.waiting?.go();
    this.waiting = undefined;
  }
}
