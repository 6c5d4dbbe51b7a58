/**
 * What a client says to a hub: one interface per message, version 1. A request carries an `id`, which its answer repeats.
 */
import type { Position } from './vocabulary.ts';

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

/** One publication among those of one producer in one channel. */
export interface ProducerNumber {
  /** Made by the client: at least 128 random bits. It counts for this user only. */
  readonly name: string;
  /** One more each time another holder takes the producer over, and with each new numbering: those before are fenced. */
  readonly epoch: number;
  /** The number with which the present numbering began: beyond all that were given up before. @default 1 */
  readonly first?: number;
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
  /** Which channel it is about, if any. It need not be followed. */
  readonly channel?: string;
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
