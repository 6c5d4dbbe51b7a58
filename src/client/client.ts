/**
 * What an application holds: one client, for all connections to come. `returning-client.ts` keeps what is promised here.
 */
import type { Listener } from '../ground/emitter.ts';
import type { ClientError } from './errors.ts';
import type { Status } from './phases.ts';
import type { HistoryQuery, Page } from './received.ts';
import type { PublishedAt, Subscription } from './subscription.ts';

export interface StatusChange {
  readonly status: Status;
  /** With `waiting`: when the next connection is made, in milliseconds from now. */
  readonly retryInMs?: number;
  /** Why the connection was lost, or why the client was sent away. */
  readonly error?: ClientError;
}

export interface ClientEvents {
  readonly status: readonly [change: StatusChange];
  /** How long the server took to answer a ping, in milliseconds. */
  readonly roundTrip: readonly [ms: number];
}

export interface SubscribeOptions {
  /** A position that was kept: what came after it is delivered first. Without it: from now on. */
  readonly since?: string;
}

export interface Client {
  readonly status: Status;
  /** Of the last ping that was answered; undefined before the first. */
  readonly roundTripMs: number | undefined;
  /** As whom the server let us in last; undefined before. */
  readonly user: string | undefined;
  /** Adds a listener; what it returns removes it. A listener that throws disturbs nobody: its error is reported as uncaught. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void;
  /**
   * Follows a channel, over all connections to come. A channel has one subscription: asking again gives the same, and `since`
   * counts the first time only. Throws `CHANNEL_INVALID`, `POSITION_INVALID`, `TOO_MANY_SUBSCRIPTIONS`, `CLIENT_CLOSED`.
   */
  subscribe(channel: string, options?: SubscribeOptions): Subscription;
  /**
   * Appends any JSON value to a channel. Resolves when it is in the log. Without a connection it waits for one, as long as for
   * an answer. When it was sent and no answer came, it may be in the log or not: `OUTCOME_UNKNOWN`, and it is not sent again.
   */
  publish(channel: string, data: unknown): Promise<PublishedAt>;
  /** Reads a page of a channel's log, in its order. */
  history(channel: string, query?: HistoryQuery): Promise<Page>;
  /**
   * Connects now if it waits, though never sooner than the server asked; if connected, asks the server whether it is there. A
   * page does so by itself when it is online or looked at again.
   */
  retryNow(): void;
  /** For good: subscriptions end, and what has no answer yet is rejected. */
  close(): void;
}
