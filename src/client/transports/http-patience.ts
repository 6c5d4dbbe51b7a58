/**
 * How long requests that fail are repeated, and how fast.
 * In: successes and failures. Out: a pause before the next, or that it is time to give up. Cannot fail.
 */
import { backoffMs } from '../../ground/backoff.ts';
import type { Clock } from '../../ground/clock.ts';

const backoff = { firstMs: 200, maxMs: 2_000, factor: 2 };

export class Patience {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly giveUpAfterMs: number;
  private failures = 0;
  private sinceMs = 0;

  constructor(clock: Clock, random: () => number, giveUpAfterMs: number) {
    this.clock = clock;
    this.random = random;
    this.giveUpAfterMs = giveUpAfterMs;
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** Resolves when it is time for the next; to false when there should be none. */
  failed(): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    this.sinceMs = this.failures === 0 ? nowMs : this.sinceMs;
    const pauseMs = backoffMs(this.failures, this.random, backoff);
    this.failures += 1;
    if (nowMs + pauseMs - this.sinceMs > this.giveUpAfterMs) {
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      this.clock.after(pauseMs, () => resolve(true));
    });
  }
}
