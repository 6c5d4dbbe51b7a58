/**
 * One channel, behind the types of `app-channel.ts`: names and data are strings and anything here.
 * In: calls of the application. Out: what the client and the observables say. Fails: as the client does; what does not fit a contract that was
 * passed in is refused with `PAYLOAD_INVALID` and `EVENT_UNKNOWN`; options that cannot be, with `OPTION_INVALID`.
 */
import type {
  CallOptions,
  ClientError,
  HistoryQuery,
  PublishedAt,
  SubscribeOptions,
  SubscriptionChange,
} from '../index.ts';
import type { EntriesPage, SayOptions } from './app-channel.ts';
import type { RosterMember } from './app-events.ts';
import { type Checks, heardBy } from './checks.ts';
import type { Followed, Home } from './home.ts';
import { type AnyListener, type Entry, entryOf, listen } from './listen.ts';
import type { Observable, Start } from './observable.ts';
import {
  type Messages,
  type MessagesOptions,
  type MessagesSource,
  messagesOptions,
  noMessages,
  watchMessages,
} from './watch-messages.ts';
import { nobody, watchRoster } from './watch-roster.ts';
import {
  noSignals,
  type RecentSignal,
  type SignalsOptions,
  signalsOptions,
  watchSignals,
} from './watch-signals.ts';
import { noState, type StateMap, watchState } from './watch-state.ts';
import { pending, watchChannelStatus } from './watch-status.ts';

/** Where a channel stands in the contract. */
export interface Place {
  readonly name: string;
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
}

export interface Given {
  readonly app: object;
  readonly checks: Checks;
  readonly options: SubscribeOptions | undefined;
}

export class TypedChannel {
  readonly app: object;
  readonly name: string;
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
  readonly status: Observable<SubscriptionChange>;
  readonly state: Observable<StateMap>;
  readonly roster: Observable<readonly RosterMember<unknown>[]>;
  readonly #home: Home;
  readonly #checks: Checks;
  readonly #followed: Followed;
  /** How to end what `on` has begun. */
  readonly #ends = new Set<() => void>();

  constructor(home: Home, { name, pattern, params }: Place, { app, checks, options }: Given) {
    const followed = { name, options, checks };
    this.app = app;
    this.name = name;
    this.pattern = pattern;
    this.params = params;
    this.#home = home;
    this.#checks = checks;
    this.#followed = followed;
    this.status = this.#observe('status', pending, watchChannelStatus(home, followed));
    this.state = this.#observe('state', noState, watchState(home, followed));
    this.roster = this.#observe('roster', nobody, watchRoster(home, followed));
  }

  on(name: string, listener: AnyListener): () => void {
    const stop = listen(this.#home, this.#followed, name, listener);
    const end = (): void => {
      this.#ends.delete(end);
      stop();
    };
    this.#ends.add(end);
    return end;
  }

  leave(): void {
    for (const end of this.#ends) {
      end();
    }
  }

  async publish(event: string, data: unknown, options?: SayOptions): Promise<PublishedAt> {
    this.#checks.given('events', data, event);
    return this.#home.client.publish(this.name, data, { ...options, event });
  }

  signal(name: string, data: unknown): boolean {
    this.#checks.given('signals', data, name);
    return this.#home.client.signal(this.name, data, name);
  }

  async call(method: string, data: unknown, options?: CallOptions): Promise<unknown> {
    this.#checks.given('calls', data, method);
    const heard = heardBy(this.#checks, method, options);
    return this.#home.client.call(method, data, { ...heard, channel: this.name });
  }

  async set(key: string, value: unknown, options?: SayOptions): Promise<PublishedAt> {
    this.#checks.given('state', value);
    return this.#home.client.set(this.name, key, value, options);
  }

  remove(key: string, options?: SayOptions): Promise<PublishedAt> {
    return this.#home.client.remove(this.name, key, options);
  }

  async enter(data: unknown = null): Promise<void> {
    this.#given(data);
    return this.#home.client.enter(this.name, data);
  }

  exit(): Promise<void> {
    return this.#home.client.exit(this.name);
  }

  stay(data: unknown = null, refused: (error: ClientError) => void = () => undefined): () => void {
    this.#given(data);
    return this.#home.stays.stay(this.name, data, refused);
  }

  async history(query?: HistoryQuery): Promise<EntriesPage<Entry>> {
    const checks = this.#checks;
    const { publications, ...page } = await this.#home.client.history(this.name, query);
    return {
      ...page,
      entries: publications.flatMap((received) => entryOf(checks, received) ?? []),
    };
  }

  messages(options?: MessagesOptions): Messages {
    const chosen = messagesOptions(options);
    const name = `messages ${chosen.limit} ${chosen.history}`;
    const start = watchMessages(this.#home, this.#followed, chosen);
    return {
      ...this.#observe(name, noMessages, start),
      dismiss: (key) =>
        this.#home.observables.find<MessagesSource>(this.#named(name))?.dismiss(key) ?? false,
    };
  }

  signals(name: string, options?: SignalsOptions): Observable<readonly RecentSignal[]> {
    const chosen = { ...signalsOptions(options), name };
    const start = watchSignals(this.#home, this.#followed, chosen);
    return this.#observe(`signals ${chosen.forMs} ${chosen.limit} ${name}`, noSignals, start);
  }

  /** What one says of oneself. Nothing: then the server says it. */
  #given(said: unknown): void {
    if (said !== null) {
      this.#checks.given('presence', said);
    }
  }

  #observe<Value>(name: string, initial: Value, start: Start<Value>): Observable<Value> {
    return this.#home.observables.observe(this.#named(name), initial, start);
  }

  /** Names of channels hold no spaces: what stands before the first is the channel. */
  #named(name: string): string {
    return `${this.name} ${name}`;
  }
}
