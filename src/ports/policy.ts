/**
 * What a client may do. The application answers; where it says nothing, the answer is no. When an answer has changed, tell the hub, by
 * `recheck`: of what goes on since it was allowed, the policy is not asked again otherwise.
 */
import type { Publication } from '../wire/index.ts';

/** What is known of a client that wants in. */
export interface Visitor {
  /** As it stood in its hello. */
  readonly token: string | undefined;
  /** The name of the transport. */
  readonly pipe: string;
  readonly address: string | undefined;
}

/** Who asks, and for what. */
export interface Request {
  readonly user: string;
  readonly channel: string;
}

/** Whom the application has let in. */
export interface Guest {
  /** Names may repeat: one user, many clients. */
  readonly user: string;
  /** When its token ends, in milliseconds since 1970: it is asked for another before, and goes when none comes. */
  readonly expiresAtMs?: number;
}

/** What a publication or a signal says. */
export type Seen = Pick<Publication, 'data' | 'event' | 'key' | 'removed' | 'by'>;

type Answer<Value> = Value | Promise<Value>;

/** A policy that throws or rejects has said no. */
export interface Policy {
  /** The user's name, alone or with more; or undefined to send the client away. Asked again with each new token. */
  connect(visitor: Visitor): Answer<string | Guest | undefined>;
  /** May this user follow the channel and read its history? Absent: no. */
  subscribe?(request: Request): Answer<boolean>;
  /**
   * May this user, who follows the channel or reads its history, be shown this of it? It is asked for each publication and signal and each
   * reader, so it answers at once: a promise is a no. Of a key's value that is not shown it is asked again, as if the key were removed: then
   * yes takes away the value that was shown before. Not asked about rosters and inboxes. Absent: all of it, since `subscribe` said yes.
   */
  see?(request: Request & Seen): boolean;
  /** May this user append to the channel? Absent: no. */
  publish?(
    request: Request & { readonly data: unknown; readonly event?: string; readonly key?: string },
  ): Answer<boolean>;
  /** May this user signal on the channel? Absent: no. */
  signal?(request: Request & { readonly data: unknown; readonly event?: string }): Answer<boolean>;
  /** May this user stand in the channel's roster, with this said of it? Absent: no. */
  enter?(request: Request & { readonly data: unknown }): Answer<boolean>;
  /** May this user see the channel's roster? Absent: no. */
  roster?(request: Request): Answer<boolean>;
  /** May this user call the method? Absent: no. */
  call?(request: { readonly user: string; readonly method: string }): Answer<boolean>;
}
