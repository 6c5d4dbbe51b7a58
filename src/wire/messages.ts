/**
 * What our client and our hub say to each other: one interface per message, version 1.
 * A client speaks first, with `hello`; every request carries an `id`, which its answer repeats. Requests may be pipelined; answers may
 * overtake each other, publications of one channel never do. One frame of a transport carries one message, or several of them in order.
 */
import type { DisconnectName, ErrorCode } from './codes.ts';
import type { ChannelKind, Gap, Position, Publication } from './vocabulary.ts';

export const wireVersion = 1;
/** The WebSocket subprotocol under which these messages travel as JSON text. */
export const jsonSubprotocol = 'tautline.v1.json';
/** The same messages in binary. */
export const binarySubprotocol = 'tautline.v1.binary';

/** The first message of a client. */
export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  /** Names of what the client can do beyond version 1. A hub ignores those that it does not know. */
  readonly capabilities: readonly string[];
  /** Whatever the application's policy wants to see before it lets a client in. */
  readonly token?: string;
  /** A stay to go on with: its name, and the secret that came with its latest welcome. Each secret is good once. */
  readonly resume?: { readonly session: string; readonly secret: string };
}

/** A new token, before the old one ends. Answered with `renewed`. */
export interface Renew {
  readonly type: 'renew';
  readonly id: number;
  readonly token: string;
}

/**
 * Follow channels again, all in one message. Each is answered as a `subscribe` of its own would be, with this `id`; a refusal names its
 * channel.
 */
export interface Resume {
  readonly type: 'resume';
  readonly id: number;
  readonly channels: readonly { readonly channel: string; readonly since?: Position }[];
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

/** Append to a channel's log. Answered after it was appended, with the durability that was asked for. */
export interface Publish {
  readonly type: 'publish';
  readonly id: number;
  readonly channel: string;
  readonly data: unknown;
  readonly event?: string;
  /** In a channel of keyed state, and only there. */
  readonly key?: string;
  /** The key's value is taken away; `data` is null. */
  readonly removed?: true;
  /** By which a repetition is known. Without it, what is sent twice is appended twice. */
  readonly producer?: ProducerNumber;
  readonly durability?: 'memory' | 'disk' | 'replicated' | 'quorum';
}

/** One publication among those of one producer in one channel: numbered from 1. */
export interface ProducerNumber {
  /** Made by the client: at least 128 random bits. It counts for this user only. */
  readonly name: string;
  /** One more each time another holder takes the producer over: the former is fenced. */
  readonly epoch: number;
  readonly seq: number;
}

/** To all who follow the channel now; kept nowhere, lost when anything is in its way, never answered. */
export interface Signal {
  readonly type: 'signal';
  readonly channel: string;
  readonly data: unknown;
  readonly event?: string;
}

/** Be in the channel's roster, or say something else of oneself there. Until `exit`, or until the session is over. */
export interface Enter {
  readonly type: 'enter';
  readonly id: number;
  readonly channel: string;
  readonly data: unknown;
}

export interface Exit {
  readonly type: 'exit';
  readonly id: number;
  readonly channel: string;
}

/**
 * A request for the application. `id` names it within the session for ever: the same may be sent again on another connection, and its
 * handler runs once.
 */
export interface Call {
  readonly type: 'call';
  readonly id: number;
  readonly method: string;
  readonly data: unknown;
  /** After so many milliseconds no answer is wanted. */
  readonly withinMs: number;
}

/** Nobody waits for the answer to this call any more. */
export interface Cancel {
  readonly type: 'cancel';
  readonly id: number;
}

/** The answer to the server's `ask`. */
export interface Answer {
  readonly type: 'answer';
  readonly id: number;
  readonly data: unknown;
}

/** The client cannot, or will not, answer the server's `ask`. */
export interface Decline {
  readonly type: 'decline';
  readonly id: number;
  /** @codes Why a client does not answer. */
  readonly code: 'METHOD_UNKNOWN' | 'CALL_FAILED' | 'CALL_TOO_LATE' | 'CALL_CANCELLED';
  readonly message: string;
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

export type ClientMessage =
  | Hello
  | Renew
  | Subscribe
  | Resume
  | Unsubscribe
  | Publish
  | Signal
  | History
  | Enter
  | Exit
  | Call
  | Cancel
  | Answer
  | Decline
  | Ping;

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
  /** With CALL_FAILED: what the application says of it, any JSON value. */
  readonly details?: unknown;
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

/** The message of one type. */
export type Of<Message extends { readonly type: string }, Type extends Message['type']> = Extract<
  Message,
  { readonly type: Type }
>;
