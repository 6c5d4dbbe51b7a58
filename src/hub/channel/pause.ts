/**
 * Waiting before a broker that failed is asked again, longer each time, and not a moment longer than somebody still wants to
 * know.
 * In: a clock and chance. Out: promises that resolve. Cannot fail.
 */
import { backoffDefaults, backoffMs } from '../../ground/backoff.ts';
import type { Clock } from '../../ground/clock.ts';
import { Rest } from '../rest.ts';

export class Pause {
  private readonly rest: Rest;
  private readonly chance: () => number;
  private attempts = 0;

  constructor(clock: Clock, chance: () => number) {
    this.rest = new Rest(clock);
    this.chance = chance;
  }

  /** Resolves after the delay, or at once when `end` is called. One wait at a time. */
  wait(): Promise<void> {
    const delayMs = backoffMs(this.attempts, this.chance, backoffDefaults);
    this.attempts += 1;
    return this.rest.wait(delayMs);
  }

  /** It went well: the next wait is a short one. */
  reset(): void {
    this.attempts = 0;
  }

  end(): void {
    this.attempts = 0;
    this.rest.wake();
  }
}
