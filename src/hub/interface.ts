/**
 * A hub, as the server's own code uses it. Nothing here does anything.
 */
import type { AppendOptions, FrontDesk } from '../ports/index.ts';
import type { Position } from '../wire/index.ts';
import type { Content } from './append.ts';
import type { AskOptions } from './calls/asks.ts';
import type { DrainOptions } from './crowd.ts';
import type { RevokeOptions, RevokeScope } from './orders/order.ts';
import type { RightsScope } from './rights.ts';
import type { SayOptions } from './unicast/unicast.ts';

/** How much there is of what, at the moment of looking. */
export interface HubView {
  readonly sessions: number;
  /** Channels that this hub follows. */
  readonly channels: number;
  /** Those included that are not answered yet. */
  readonly subscriptions: number;
}

/** What is said of a publication beside its data. */
export interface PublishOptions extends Omit<Content, 'data'>, Pick<AppendOptions, 'durability'> {}

/** Sessions and channels, without sockets: transports hand pipes to it, and applications publish through it. */
export interface Hub extends FrontDesk {
  /** Starts the broker. Clients that came before are let in when it has started. */
  start(): Promise<void>;
  /**
   * From the server's own code: no policy is asked. Resolves when it was appended, once, however often the broker had to be asked.
   * `data` is any JSON value, or bytes.
   * @throws {HubUsageError} As a rejection: `CHANNEL_INVALID`, `DATA_INVALID`, `DATA_TOO_LARGE`, `EVENT_INVALID`, `HUB_NOT_RUNNING`,
   * `KEY_INVALID`, `KIND_MISMATCH`, `USER_INVALID`.
   * @throws {BrokerError} As a rejection: whatever the broker goes on saying; `BROKER_FULL` when too many wait for the channel.
   */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Position>;
  /**
   * Into the user's inbox, whether the user is there or not: clients follow it as `~inbox`, and resume it like any log. No policy is asked.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`, `EVENT_INVALID`.
   */
  toUser(user: string, data: unknown, options?: SayOptions): Promise<Position>;
  /** A signal, at most once, to one session on whatever node. False: nobody holds it. */
  toSession(session: string, data: unknown, options?: SayOptions): Promise<boolean>;
  /** A signal, at most once, to every session of every node. */
  broadcast(data: unknown, options?: SayOptions): Promise<void>;
  /**
   * Asks a client that is connected to this node, and resolves with its answer, which is hostile input as everything that comes from clients.
   * @throws {AskError} As a rejection.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`.
   */
  ask(session: string, method: string, data: unknown, options?: AskOptions): Promise<unknown>;
  /**
   * The policy answers otherwise than before: it is asked again, on every node, about what goes on of that user, in that channel; left out, about
   * all. Whoever may not follow a channel any more is told `gap: unauthorised`, and hears nothing more of it; whoever may not stand in a roster is
   * taken out. Resolves when every node has asked, or is dead: its lease (`presence.leaseMs`) has ended, and nothing of any channel leaves it.
   * @throws {HubUsageError} As a rejection: `HUB_NOT_RUNNING`, `ORDER_INVALID`.
   * @throws {BrokerError} As a rejection: this node has asked, others may not have. When it is `retryable`, call it again.
   */
  recheck(scope?: RightsScope): Promise<void>;
  /**
   * Ends all sessions of a user, or one, on every node: their clients are sent away with REVOKED and stay away, nobody resumes them, and they leave
   * their rosters. Who comes anew is let in if `connect` says so: change its answer first. Resolves when every node has done so, or is dead, as
   * for `recheck`; nothing is delivered to them after that.
   * @throws {HubUsageError} As a rejection: `HUB_NOT_RUNNING`, `ORDER_INVALID`.
   * @throws {BrokerError} As a rejection: this node has done it, others may not have. When it is `retryable`, call it again.
   */
  revoke(scope: RevokeScope, options?: RevokeOptions): Promise<void>;
  /**
   * Before a stop: asks every client to attach elsewhere within the time, lets nobody in any more, and resolves when all have gone or
   * the time is over. Everything goes on meanwhile.
   */
  drain(options?: DrainOptions): Promise<void>;
  /**
   * Sends every client away with SERVER_STOPPING, waits until their pipes are closed, `withinMs` at the most (default
   * 5,000), then stops the broker.
   */
  stop(options?: { readonly withinMs?: number }): Promise<void>;
  view(): HubView;
}
