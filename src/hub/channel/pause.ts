/**
 * Waiting before a broker that failed is asked again, longer each time, and not a moment longer than somebody still wants to
 * know.
 * In: a clock and chance. Out: promises that resolve. Cannot fail.
 */
import { backoffDefaults, backoffMs } from '../../ground/backoff.ts';
import type { Cancel, Clock } from '../../ground/clock.ts';

export class Pause {
  private readonly clock: Clock;
  private readonly chance: () => number;
  private attempts = 0;
  private waiting: { readonly cancel: Cancel; readonly go: () => void } | undefined;

  constructor(clock: Clock, chance: () => number) {
    this.clock = clock;
    this.chance = chance;
  }

  /** Resolves after the delay, or at once when `end` is called. One wait at a time. */
  wait(): Promise<void> {
    const delayMs = backoffMs(this.attempts, this.chance, backoffDefaults);
    this.attempts += 1;
    return new Promise((go) => {
      this.waiting = { cancel: this.clock.after(delayMs, go), go };
    });
  }

  /** It went well: the next wait is a short one. */
  reset(): void {
    this.attempts = 0;
  }

  end(): void {
    this.attempts = 0;
    this.waiting?.cancel();
    this.waiting?.go();
    this.waiting = undefined;
  }
}
