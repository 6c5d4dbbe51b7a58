/**
 * What an application holds: one client, for all connections to come; the core of it, and all of it. `hall.ts` and `whole-client.ts`
 * keep what is promised here.
 */
import type { Clock } from '../ground/clock.ts';
import type { Listener } from '../ground/emitter.ts';
import type { AskHandler } from './asks.ts';
import type { CallOptions } from './call.ts';
import type { ClientEvents, CoreEvents } from './client-events.ts';
import type { Parts } from './feature.ts';
import type { OutboxView } from './outbox-view.ts';
import type { Status } from './phases.ts';
import type { HistoryQuery, Page } from './received.ts';
import type { LoadSnapshot } from './resync.ts';
import type {
  CoreSubscription,
  PublishedAt,
  PublishOptions,
  Subscription,
} from './subscription.ts';

export type { ClientEvents, CoreEvents, StatusChange } from './client-events.ts';

/** Where a subscription begins, and what becomes of gaps. */
export interface SubscribeOptions {
  /** A position that was kept: what came after it is delivered first. Without it: from now on. */
  readonly since?: string;
  /**
   * Called after each gap has been told: loads a snapshot of what the channel tells of, and returns the position up to which it is whole.
   * Delivery goes on from there. Called again, after a delay, when it throws.
   */
  readonly resync?: LoadSnapshot;
}

/** The core of the client, for all connections to come: channels with positions and gaps, and signals. */
export interface CoreClient {
  readonly status: Status;
  /** Of the last ping that was answered; undefined before the first. */
  readonly roundTripMs: number | undefined;
  /** As whom the server let us in last; undefined before. */
  readonly user: string | undefined;
  /**
   * The name of this client's session, as the server welcomed it last; undefined before. It stands in rosters as `session`, and the server's code
   * has it as `session.id`. The same after each reconnection, as long as the server can go on with it; then another.
   */
  readonly session: string | undefined;
  /** Adds a listener; what it returns removes it. A listener that throws disturbs nobody: its error is reported as uncaught. */
  on<Name extends keyof CoreEvents>(name: Name, listener: Listener<CoreEvents[Name]>): () => void;
  /**
   * Follows a channel, over all connections to come. A channel has one subscription: asking again gives the same, and `options`
   * count the first time only. Throws `CHANNEL_INVALID`, `POSITION_INVALID`, `TOO_MANY_SUBSCRIPTIONS`, `CLIENT_CLOSED`.
   */
  subscribe(channel: string, options?: SubscribeOptions): CoreSubscription;
  /** Follows what is sent to this user, on all its clients: a log that resumes like any other. */
  inbox(options?: SubscribeOptions): CoreSubscription;
  /**
   * Connects now if it waits, though never sooner than the server asked; if connected, asks the server whether it is there. A
   * page does so by itself when it is online or looked at again.
   */
  retryNow(): void;
  /** For good: subscriptions end, and what has no answer yet is rejected. */
  close(): void;
  /** For what stands beside the core, such as `publishing(client)`. */
  readonly parts: Parts;
}

/** All of the client, for all connections to come: channels, publications, calls, rosters. */
export interface Client extends Omit<CoreClient, 'parts'> {
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void;
  subscribe(channel: string, options?: SubscribeOptions): Subscription;
  inbox(options?: SubscribeOptions): Subscription;
  /** What was published and has no final answer yet. */
  readonly outbox: OutboxView;
  /** The time that it goes by, for what stands on it. */
  readonly clock: Clock;
  /**
   * Appends any JSON value to a channel; in one channel in the order of the calls. Resolves when it is in the log, once, however often
   * it had to be sent. Without a connection it waits for one. Rejects with `OUTBOX_FULL` when the outbox holds as much as it may, with
   * `OUTBOX_EXPIRED` when it could not be sent in its time, and with `OUTCOME_UNKNOWN` when nobody can say any more whether it is in the log.
   */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<PublishedAt>;
  /** In a channel of keyed state: gives the key this value, or takes its value away. As `publish`. */
  set(channel: string, key: string, data: unknown, options?: PublishOptions): Promise<PublishedAt>;
  remove(channel: string, key: string, options?: PublishOptions): Promise<PublishedAt>;
  /** To all who follow the channel now. False: there is no connection, and it is not sent later. Throws `REQUEST_INVALID`. */
  signal(channel: string, data: unknown, event?: string): boolean;
  /** Reads a page of a channel's log, in its order. */
  history(channel: string, query?: HistoryQuery): Promise<Page>;
  /** Follows who is in a channel's roster: keyed state of `Member`, by session. */
  roster(channel: string): Subscription;
  /** Be in the channel's roster, or say something else of oneself there, over all connections to come. */
  enter(channel: string, data: unknown): Promise<void>;
  exit(channel: string): Promise<void>;
  /**
   * Calls a method of the application on the server. Its handler runs once, however often the call had to be sent. Rejects with what the
   * server says, and with `OUTCOME_UNKNOWN` when it was sent and nobody can say what became of it.
   */
  call(method: string, data: unknown, options?: CallOptions): Promise<unknown>;
  /** Answers what the server asks of this client; one handler for each method, the latest. What it returns removes it. */
  handle(method: string, handler: AskHandler): () => void;
}
