/**
 * What our client and our hub say to each other: one interface per message, version 1.
 * Each WebSocket message carries one of them. A client speaks first, with `hello`; every request carries an `id`, which its
 * answer repeats. Requests may be pipelined; answers may overtake each other, publications of one channel never do.
 */
import type { DisconnectName, ErrorCode } from './codes.ts';
import type { Gap, Position, Publication } from './vocabulary.ts';

export const wireVersion = 1;
/** The WebSocket subprotocol under which these messages travel as JSON text. */
export const jsonSubprotocol = 'tautline.v1.json';

/** The first message of a client. */
export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  /** Names of what the client can do beyond version 1. A hub ignores those that it does not know. */
  readonly capabilities: readonly string[];
  /** Whatever the application's policy wants to see before it lets a client in. */
  readonly token?: string;
}

/** Follow a channel: from `since` on if it is given, else from now on. */
export interface Subscribe {
  readonly type: 'subscribe';
  readonly id: number;
  readonly channel: string;
  readonly since?: Position;
}

export interface Unsubscribe {
  readonly type: 'unsubscribe';
  readonly id: number;
  readonly channel: string;
}

/** Append to a channel's log. Answered after it was appended. */
export interface Publish {
  readonly type: 'publish';
  readonly id: number;
  readonly channel: string;
  readonly data: unknown;
}

/** Read a page of the log: what comes after `after`, or the latest entries. */
export interface History {
  readonly type: 'history';
  readonly id: number;
  readonly channel: string;
  readonly after?: Position;
  /** Most entries wanted; the hub may give fewer. */
  readonly limit: number;
}

/** Browsers cannot send WebSocket pings, so the wire has its own. */
export interface Ping {
  readonly type: 'ping';
  readonly id: number;
}

export type ClientMessage = Hello | Subscribe | Unsubscribe | Publish | History | Ping;

/** The answer to `hello`. */
export interface Welcome {
  readonly type: 'welcome';
  readonly version: number;
  readonly capabilities: readonly string[];
  /** A name for this stay, for logs. */
  readonly session: string;
  /** As whom the policy let the client in. */
  readonly user: string;
  /** How many requests may await their answers at once; more are refused with TOO_MANY_REQUESTS. */
  readonly maxPending: number;
}

/**
 * The answer to `subscribe`. What follows on this channel links to `position`, entry by entry; entries that the client missed
 * come first, then `caughtUp`, then what is new. `gap` is there when it could not go on from `since`.
 */
export interface Subscribed {
  readonly type: 'subscribed';
  readonly id: number;
  readonly channel: string;
  readonly position: Position;
  readonly gap?: Gap;
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

/** Entries are missing on a channel that is being followed; it goes on from `gap.to`. */
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
  readonly code: ErrorCode;
  readonly message: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;
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
  | Gapped
  | Unsubscribed
  | Appended
  | HistoryPage
  | Pong
  | Refused
  | Disconnected;

/** The message of one type. */
export type Of<Message extends { readonly type: string }, Type extends Message['type']> = Extract<
  Message,
  { readonly type: Type }
>;
