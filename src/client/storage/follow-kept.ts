/**
 * A channel that is followed over reloads: its position is kept after each entry was dealt with.
 * In: a client, a channel, a storage and what to do with entries and gaps. Out: calls, one after the other. Fails: what a handler throws is
 * reported as uncaught, and the next entry follows. A page that goes away while a handler runs meets that entry again: at least once.
 *
 * What comes faster than it is dealt with waits, up to a limit; then the channel is left, and taken up again from the log where it
 * was dealt with last.
 */
import type { Client } from '../client.ts';
import { reportUncaught } from '../errors.ts';
import type { GapEvent, Received } from '../received.ts';
import type { Subscription } from '../subscription.ts';
import type { ClientStorage } from './storage.ts';

/** What to do with each entry, and where the position is kept. */
export interface FollowKeptOptions {
  /** Where the position is kept. */
  readonly storage: ClientStorage;
  /** Awaited before the next. */
  readonly onPublication: (received: Received) => unknown;
  /** Awaited before what comes after the gap. */
  readonly onGap: (gap: GapEvent) => unknown;
  /** Entries that wait while one is dealt with; with one more the rest is left to the log. @default 1_000 */
  readonly maxWaiting?: number;
}

/** The defaults of `FollowKeptOptions`. */
export const followKeptDefaults: Required<Pick<FollowKeptOptions, 'maxWaiting'>> = {
  maxWaiting: 1_000,
};

/** Resolves when the kept position is read; what it gives ends the following. Rejects when it cannot be read. */
export async function followKept(
  client: Client,
  channel: string,
  options: FollowKeptOptions,
): Promise<() => void> {
  const kept = await options.storage.get(keyOf(channel));
  const following = new Following(client, channel, options);
  following.begin(typeof kept === 'string' ? kept : undefined);
  return () => following.end();
}

interface Item {
  /** Where the channel stands when it is done. */
  readonly position: string;
  readonly handle: () => unknown;
}

class Following {
  readonly #client: Client;
  readonly #channel: string;
  readonly #options: FollowKeptOptions;
  #subscription: Subscription | undefined;
  #waiting: Item[] = [];
  #isWorking = false;
  #hasEnded = false;
  /** Everything up to here is dealt with. */
  #done: string | undefined;

  constructor(client: Client, channel: string, options: FollowKeptOptions) {
    this.#client = client;
    this.#channel = channel;
    this.#options = options;
  }

  begin(since: string | undefined): void {
    const { onPublication, onGap } = this.#options;
    this.#done = since;
    const subscription = this.#client.subscribe(
      this.#channel,
      since === undefined ? {} : { since },
    );
    this.#subscription = subscription;
    subscription.on('status', ({ status }) => {
      // Where it began: a page that is loaded anew before the first entry goes on from there.
      if (status === 'live' && this.#done === undefined && subscription.position !== undefined) {
        this.#add({ position: subscription.position, handle: () => undefined });
      }
    });
    subscription.on('publication', (received) => {
      this.#add({ position: received.position, handle: () => onPublication(received) });
    });
    subscription.on('gap', (gap) => {
      this.#add({ position: gap.to, handle: () => onGap(gap) });
    });
  }

  end(): void {
    this.#hasEnded = true;
    this.#waiting = [];
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  #add(item: Item): void {
    const { maxWaiting = followKeptDefaults.maxWaiting } = this.#options;
    if (this.#waiting.length >= maxWaiting) {
      this.#subscription?.unsubscribe();
      this.#subscription = undefined;
      return;
    }
    this.#waiting.push(item);
    if (!this.#isWorking) {
      void this.#work();
    }
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) {
      try {
        await item.handle();
      } catch (error) {
        reportUncaught(error);
      }
      await this.#keep(item.position);
    }
    this.#isWorking = false;
    if (this.#subscription === undefined && !this.#hasEnded && this.#client.status !== 'closed') {
      // The rest was left to the log.
      try {
        this.begin(this.#done);
      } catch (error) {
        // Such as that others have taken all the subscriptions that there may be.
        reportUncaught(error);
      }
    }
  }

  async #keep(position: string): Promise<void> {
    this.#done = position;
    try {
      await this.#options.storage.put(keyOf(this.#channel), position);
    } catch (error) {
      // An earlier position stays: what came after it is met again.
      reportUncaught(error);
    }
  }
}

function keyOf(channel: string): string {
  return `tautline-position-${channel}`;
}
