/**
 * Who follows what: all who look at one channel share one subscription, and the last who goes ends it.
 * In: names of channels, from those who come and go. Out: subscriptions of the client. Fails: as `subscribe` of the client does.
 */
import type { Clock } from '../../ground/clock.ts';
import type { Subscription } from '../index.ts';

export interface Seat {
  readonly subscription: Subscription;
  /** Calling it again does nothing. */
  readonly leave: () => void;
}

interface Shared {
  readonly subscription: Subscription;
  count: number;
}

export class Seats {
  readonly #clock: Clock;
  /** Bounded by `maxSubscriptions` of the client. */
  readonly #shared = new Map<string, Shared>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param join Makes the subscription, where nobody has one. */
  take(name: string, join: () => Subscription): Seat {
    const shared = this.#find(name) ?? { subscription: join(), count: 0 };
    this.#shared.set(name, shared);
    shared.count += 1;
    let hasLeft = false;
    return {
      subscription: shared.subscription,
      leave: () => {
        if (!hasLeft) {
          hasLeft = true;
          shared.count -= 1;
          this.#left(name, shared);
        }
      },
    };
  }

  /** One that has ended without us is none. */
  #find(name: string): Shared | undefined {
    const shared = this.#shared.get(name);
    return shared?.subscription.status === 'ended' ? undefined : shared;
  }

  /** Not at once: who leaves and comes back in the same turn has not left. */
  #left(name: string, shared: Shared): void {
    if (shared.count > 0) {
      return;
    }
    this.#clock.after(0, () => {
      if (shared.count === 0 && this.#shared.get(name) === shared) {
        this.#shared.delete(name);
        shared.subscription.unsubscribe();
      }
    });
  }
}
