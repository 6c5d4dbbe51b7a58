/**
 * What a hub says to a client: one interface per message, version 1. An answer repeats the `id` of its request.
 */
import type { DisconnectName, ErrorCode } from './codes.ts';
import type { ChannelKind, Gap, Position, Publication } from './vocabulary.ts';

/** The answer to `hello`. */
export interface Welcome {
  readonly type: 'welcome';
  readonly version: number;
  readonly capabilities: readonly string[];
  /** The name of this stay: that of the one before, when it is resumed. */
  readonly session: string;
  /** To resume it with, once. A secret. */
  readonly secret: string;
  /** The stay that `hello` named goes on; whoever held it is fenced. */
  readonly resumed: boolean;
  /** When the token ends, in milliseconds from now: renew it before. Absent: never. */
  readonly expiresInMs?: number;
  /** As whom the policy let the client in. */
  readonly user: string;
  /** How many requests may await their answers at once; more are refused with TOO_MANY_REQUESTS. */
  readonly maxPending: number;
}

/**
 * The answer to `subscribe`. What follows on this channel links to `position`, entry by entry; entries that the client missed
 * come first, then `caughtUp`, then what is new. `gap` is there when it could not go on from `since`.
 * In a channel of keyed state what comes are the keys that changed; their entries need not link to each other.
 */
export interface Subscribed {
  readonly type: 'subscribed';
  readonly id: number;
  readonly channel: string;
  readonly kind: ChannelKind;
  /** For `signals`, which have no log: offset 0 of an epoch without a meaning. */
  readonly position: Position;
  readonly gap?: Gap;
  /** Of keyed state: what comes until `caughtUp` is all there is, and replaces what was known. */
  readonly snapshot?: true;
}

/** Everything up to `position` has been sent; from here on entries come as they are published. */
export interface CaughtUp {
  readonly type: 'caughtUp';
  readonly channel: string;
  readonly position: Position;
}

/** One entry of the log, in order. */
export interface Published {
  readonly type: 'publication';
  readonly channel: string;
  readonly publication: Publication;
}

/** A signal on a channel that is followed. */
export interface Signalled {
  readonly type: 'signal';
  readonly channel: string;
  readonly data: unknown;
  readonly event?: string;
  readonly by?: string;
}

/** Nothing up to here was for this client, or nothing is left of it: the next publication links to `to`. */
export interface Advanced {
  readonly type: 'advance';
  readonly channel: string;
  readonly to: Position;
}

/** Entries are missing on a channel that is being followed; it goes on from `gap.to`. With `unauthorised` the subscription has ended. */
export interface Gapped {
  readonly type: 'gap';
  readonly channel: string;
  readonly gap: Gap;
}

export interface Unsubscribed {
  readonly type: 'unsubscribed';
  readonly id: number;
  readonly channel: string;
}

/** The answer to `publish`: it is in the log, there. */
export interface Appended {
  readonly type: 'appended';
  readonly id: number;
  readonly position: Position;
  /** It was there already: this is the answer that was kept. */
  readonly duplicate?: true;
}

/** The answer to `renew`. */
export interface Renewed {
  readonly type: 'renewed';
  readonly id: number;
  readonly expiresInMs?: number;
}

/** The answer to `enter` and to `exit`. */
export interface Entered {
  readonly type: 'entered';
  readonly id: number;
  /** Where the roster stands with it. */
  readonly position: Position;
}

/** Something on the way to the answer of a call: how far it is, or a part of the answer. */
export interface Progress {
  readonly type: 'progress';
  readonly id: number;
  /** From 1, without holes: which it is. */
  readonly seq: number;
  readonly data: unknown;
}

/** The answer to a call; nothing comes after it. */
export interface Reply {
  readonly type: 'reply';
  readonly id: number;
  readonly data: unknown;
  /** How many `progress` there were: when fewer came, some were lost. */
  readonly parts?: number;
}

/** The server asks the client something. `id` is the server's own. */
export interface Ask {
  readonly type: 'ask';
  readonly id: number;
  readonly method: string;
  readonly data: unknown;
  readonly withinMs: number;
}

/** Nobody waits for the answer to this `ask` any more. */
export interface Revoke {
  readonly type: 'revoke';
  readonly id: number;
}

/**
 * This server is about to stop: at a moment of its own choosing within the window, the client attaches elsewhere, and then closes this
 * connection. Everything goes on until then.
 */
export interface Drain {
  readonly type: 'drain';
  readonly reconnectWithinMs: number;
  readonly reason: string;
}

/** The answer to `history`. */
export interface HistoryPage {
  readonly type: 'historyPage';
  readonly id: number;
  readonly channel: string;
  readonly publications: readonly Publication[];
  /** The end of the log when it was read. */
  readonly top: Position;
  /** There are more entries after the last one given. */
  readonly more: boolean;
  /** Present when `after` is not a place in this log. */
  readonly gap?: Gap;
}

export interface Pong {
  readonly type: 'pong';
  readonly id: number;
}

/** The request with this `id` was refused; nothing else changed. */
export interface Refused {
  readonly type: 'error';
  readonly id: number;
  /** Which of the channels of a `resume`. */
  readonly channel?: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** With OUT_OF_SEQUENCE: the number that was appended last. With PRODUCER_FENCED: the higher epoch. */
  readonly last?: number;
  /** What the application says of it, any JSON value: with CALL_FAILED, and with what its policy refused. */
  readonly details?: unknown;
  /** Do not ask again sooner, in milliseconds; at most a day. What is `retryable` without it may be asked again after a time of one's own. */
  readonly retryAfterMs?: number;
}

/** The last message on a connection. The transport is closed with the same code. */
export interface Disconnected {
  readonly type: 'disconnect';
  readonly code: number;
  readonly name: DisconnectName;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

export type ServerMessage =
  | Welcome
  | Subscribed
  | CaughtUp
  | Published
  | Signalled
  | Advanced
  | Gapped
  | Unsubscribed
  | Appended
  | Renewed
  | Entered
  | Progress
  | Reply
  | Ask
  | Revoke
  | Drain
  | HistoryPage
  | Pong
  | Refused
  | Disconnected;
