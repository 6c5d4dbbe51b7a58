/**
 * What all channels of one client share: the client, which may not be there yet, who follows what, and what is looked at.
 * In: the client, or how to make it. Out: the same to everybody. Fails: as making it does.
 */
import type { Clock } from '../../ground/clock.ts';
import type { Client, SubscribeOptions } from '../index.ts';
import type { Checks } from './checks.ts';
import { Observables } from './observable.ts';
import { type Seat, Seats } from './seats.ts';
import { Stays } from './stays.ts';

/** A channel that somebody may follow. */
export interface Followed {
  readonly name: string;
  /** They count for the first who follows it. */
  readonly options: SubscribeOptions | undefined;
  readonly checks: Checks;
}

export class Home {
  readonly observables: Observables;
  readonly stays: Stays;
  readonly #make: () => Client;
  readonly #channels: Seats;
  readonly #rosters: Seats;
  #client: Client | undefined;

  constructor(client: Client | (() => Client)) {
    this.#make = typeof client === 'function' ? client : () => client;
    this.#client = typeof client === 'function' ? undefined : client;
    const clock: Clock = {
      nowMs: () => this.client.clock.nowMs(),
      wallMs: () => this.client.clock.wallMs(),
      after: (delayMs, run) => this.client.clock.after(delayMs, run),
    };
    this.observables = new Observables(clock);
    this.stays = new Stays(() => this.client);
    this.#channels = new Seats(clock);
    this.#rosters = new Seats(clock);
  }

  /** Made when it is first needed. */
  get client(): Client {
    this.#client ??= this.#make();
    return this.#client;
  }

  /** Undefined: nobody has needed it yet. */
  get known(): Client | undefined {
    return this.#client;
  }

  /** Throws as `subscribe` of the client does. */
  follow({ name, options }: Followed): Seat {
    return this.#channels.take(name, () => this.client.subscribe(name, options));
  }

  /** As `follow`, for those who only look: undefined where that throws, which the channel's status tells. */
  look(followed: Followed): Seat | undefined {
    try {
      return this.follow(followed);
    } catch {
      return undefined;
    }
  }

  /** Throws as `roster` of the client does. */
  followRoster({ name }: Followed): Seat {
    return this.#rosters.take(name, () => this.client.roster(name));
  }
}
