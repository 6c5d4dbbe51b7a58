/**
 * What a client may do. The application answers; where it says nothing, the answer is no. When an answer has changed, tell the hub, by
 * `recheck`: of what goes on since it was allowed, the policy is not asked again otherwise.
 */
import type { Publication } from '../wire/index.ts';

/** The request by which a client came: of a road of several requests the one that opened it. Hostile input, like all that clients send. */
export interface Handshake {
  /**
   * Of its fields `authorization`, `cookie`, `origin` and `user-agent`, and no other, by their names in lower case: each as it came, where it came
   * once and is at most 8,192 characters; several of `cookie` are joined by `; ` (RFC 9113 §8.2.3). Browsers send the first two with what any page
   * asks for: where pages of any origin may connect, they are there for pages of our own and for programs only.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Its path and query, as it came; at most 8,192 characters: empty where it is longer. */
  readonly url: string;
}

/** What is known of a client that wants in. */
export interface Visitor {
  /** As it stood in its hello. */
  readonly token: string | undefined;
  /** The name of the transport. */
  readonly pipe: string;
  readonly address: string | undefined;
  /** Undefined where the transport knows of no request. */
  readonly handshake?: Handshake | undefined;
}

/** Who asks, and for what. */
export interface Request {
  readonly user: string;
  /** The `data` of the `Guest` that `connect` answered with last; absent where it gave none. */
  readonly guest?: unknown;
  readonly channel: string;
  /** It was allowed before and goes on, and is asked about again, since rights may have changed, or time has passed. Nothing new is begun by it. */
  readonly again?: true;
}

/** Whom the application has let in. */
export interface Guest {
  /** Names may repeat: one user, many clients. */
  readonly user: string;
  /** When its token ends, in milliseconds since 1970: it is asked for another before, and goes when none comes. */
  readonly expiresAtMs?: number;
  /** What the application knows of the user: given back as `guest` with each question, as long as the connection lasts. It never travels. */
  readonly data?: unknown;
}

/** A no to a client that wants in, which says whether it may come back. */
export interface TurnedAway {
  /** @codes Why a client is turned away. `UNAUTHORISED`: stay away. `TOKEN_EXPIRED`: come back with another token. `BUSY`: come back later. */
  readonly refused: 'UNAUTHORISED' | 'TOKEN_EXPIRED' | 'BUSY';
  /** Not sooner, in milliseconds; at most a day. Not of those who are to stay away. */
  readonly retryAfterMs?: number;
}

/** A no that says why. The client is told all of it. */
export interface Refusal {
  /** @codes Why the policy says no. `RATE_LIMITED` alone may be asked again later. */
  readonly code: 'FORBIDDEN' | 'PAYLOAD_INVALID' | 'EVENT_UNKNOWN' | 'RATE_LIMITED';
  /** For people; what is longer than 1,024 characters is cut. */
  readonly message: string;
  /** With `RATE_LIMITED`: not sooner, in milliseconds; at most a day. */
  readonly retryAfterMs?: number;
  /** Any JSON value, within the limits of data; what is beyond them is left out. */
  readonly details?: unknown;
}

/** Only a plain `true` is a yes. */
export type Verdict = boolean | Refusal;

/** What a publication or a signal says. */
export type Seen = Pick<Publication, 'data' | 'event' | 'key' | 'removed' | 'by'>;

type Answer<Value> = Value | Promise<Value>;

/** A policy that throws or rejects has said no. */
export interface Policy {
  /**
   * The user's name, alone or with more; or undefined to send the client away, for which there are more words too. Asked again with each new
   * token.
   */
  connect(visitor: Visitor): Answer<string | Guest | TurnedAway | undefined>;
  /** May this user follow the channel and read its history? Absent: no. */
  subscribe?(request: Request): Answer<Verdict>;
  /**
   * May this user, who follows the channel or reads its history, be shown this of it? It is asked for each publication and signal and each
   * reader, so it answers at once: a promise is a no. Of a key's value that is not shown it is asked again, as if the key were removed: then
   * yes takes away the value that was shown before. Not asked about rosters and inboxes. Absent: all of it, since `subscribe` said yes.
   */
  see?(request: Request & Seen): boolean;
  /** May this user append to the channel? Absent: no. */
  publish?(
    request: Request & {
      readonly data: unknown;
      readonly event?: string;
      readonly key?: string;
      /** The key's value is to be taken away; `data` is null. */
      readonly removed?: true;
    },
  ): Answer<Verdict>;
  /** May this user signal on the channel? Nothing is told of a no. Absent: no. */
  signal?(request: Request & { readonly data: unknown; readonly event?: string }): Answer<Verdict>;
  /** May this user stand in the channel's roster, with this said of it? Absent: no. */
  enter?(request: Request & { readonly data: unknown }): Answer<Verdict>;
  /** May this user see the channel's roster? Absent: no. */
  roster?(request: Request): Answer<Verdict>;
  /** May this user call the method, with this, of that channel if it names one? Absent: no. */
  call?(
    request: Omit<Request, 'channel'> & {
      readonly method: string;
      readonly data: unknown;
      readonly channel?: string;
    },
  ): Answer<Verdict>;
}
