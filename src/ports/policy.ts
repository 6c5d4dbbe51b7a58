/**
 * What a client may do. The application answers; where it says nothing, the answer is no.
 */

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

type Answer<Value> = Value | Promise<Value>;

/** A policy that throws or rejects has said no. */
export interface Policy {
  /** The user's name, or undefined to send the client away. Names may repeat: one user, many clients. */
  connect(visitor: Visitor): Answer<string | undefined>;
  /** May this user follow the channel and read its history? Absent: no. */
  subscribe?(request: Request): Answer<boolean>;
  /** May this user append to the channel? Absent: no. */
  publish?(request: Request & { readonly data: unknown }): Answer<boolean>;
}
