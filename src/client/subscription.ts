/**
 * What an application holds of one channel: with the core of the client, and with all of it. `chained-subscription.ts` and
 * `whole-subscription.ts` keep what is promised here.
 */
import type { Listener } from '../ground/emitter.ts';
import type { ChannelKind, Publish } from '../wire/index.ts';
import type { ClientError } from './errors.ts';
import type { StateChange } from './keyed-state.ts';
import type { GapEvent, HistoryQuery, Page, Received, SignalReceived } from './received.ts';

/**
 * `pending`: not on a connection, or not answered yet. `catchingUp`: what was missed is coming. `live`: everything is here as it is
 * published. `refused`: it cannot be followed, and asking again is of no use. `ended`: by `unsubscribe()`, or with the client.
 */
export type SubscriptionStatus = 'pending' | 'catchingUp' | 'live' | 'refused' | 'ended';

/** A subscription changed: what it is now, and why. */
export interface SubscriptionChange {
  readonly status: SubscriptionStatus;
  /** Why: with `refused`, with `pending` when the server said not now, and with `ended` when the client was sent away. */
  readonly error?: ClientError;
}

/** What a subscription of the core tells, with what each listener is given. */
export interface CoreSubscriptionEvents {
  /** In the order of the log, each once. */
  readonly publication: readonly [received: Received];
  /** At most once, and lost when anything is in its way. */
  readonly signal: readonly [signal: SignalReceived];
  /** Told before anything that comes after it. */
  readonly gap: readonly [gap: GapEvent];
  readonly status: readonly [change: SubscriptionChange];
}

/** What is said of a publication beside its data, and how long it may wait. */
export interface PublishOptions {
  /** A word of the application's for what this is. */
  readonly event?: string;
  /** What must have happened before it counts as stored. @default the least that the server's broker has */
  readonly durability?: NonNullable<Publish['durability']>;
  /** By which the application knows it again in `outbox`. */
  readonly tag?: string;
  /** How long it is tried, in milliseconds. @default `outboxMaxAgeMs`, which is also the most */
  readonly withinMs?: number;
}

/** Where a publication stands in the log. */
export interface PublishedAt {
  readonly position: string;
  readonly id: string;
}

/** One channel by the core: its log with positions and gaps, and its signals. */
export interface CoreSubscription {
  readonly channel: string;
  /** What the channel is for; undefined until the server has said so. */
  readonly kind: ChannelKind | undefined;
  /**
   * Everything up to here has been delivered. Keep it, and pass it as `since`, to go on after a reload. Undefined until the
   * server has said where the log stands.
   */
  readonly position: string | undefined;
  readonly status: SubscriptionStatus;
  /** Adds a listener; what it returns removes it. A listener that throws disturbs nobody: its error is reported as uncaught. */
  on<Name extends keyof CoreSubscriptionEvents>(
    name: Name,
    listener: Listener<CoreSubscriptionEvents[Name]>,
  ): () => void;
  /** To all who follow the channel now. False: there is no connection, and it is not sent later. Throws `REQUEST_INVALID`. */
  signal(data: unknown, event?: string): boolean;
  /** No more events; the next `subscribe` of this channel makes a new subscription. */
  unsubscribe(): void;
}

/** What a subscription tells, with what each listener is given. */
export interface SubscriptionEvents extends CoreSubscriptionEvents {
  /** In a channel of keyed state: a key has another value, or none. Never an older one after a newer. */
  readonly state: readonly [change: StateChange];
}

/** One channel, as the application follows it: its log, its state, its roster, its signals. */
export interface Subscription extends CoreSubscription {
  /** Of a channel of keyed state: the latest value of each key. Empty in others. */
  readonly state: ReadonlyMap<string, Received>;
  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: Listener<SubscriptionEvents[Name]>,
  ): () => void;
  /** As `publish` of the client. */
  publish(data: unknown, options?: PublishOptions): Promise<PublishedAt>;
  /** As `history` of the client. */
  history(query?: HistoryQuery): Promise<Page>;
  /** In a channel of keyed state: gives the key this value. */
  set(key: string, data: unknown, options?: PublishOptions): Promise<PublishedAt>;
  /** In a channel of keyed state: takes the key's value away. */
  remove(key: string, options?: PublishOptions): Promise<PublishedAt>;
  /** Be in the channel's roster, or say something else of oneself there, over all connections to come. */
  enter(data: unknown): Promise<void>;
  exit(): Promise<void>;
}
