/**
 * The nouns that our client and our hub share. Nothing here does anything.
 */

/** One entry of a log, named by where it stands and by what was put there. */
export interface Link {
  /** Grows within an epoch; need not be contiguous. 0 stands for the beginning, before the first entry. */
  readonly offset: number;
  /** Made by the hub for this append, never used twice; empty at the beginning. It is the fence: see `position.ts`. */
  readonly id: string;
}

/** A place in one life of a log: everything up to and including the entry it names has been seen. */
export interface Position extends Link {
  /** The identity of one life of a log: new when the log is made anew after it was lost, deleted or had expired. */
  readonly epoch: string;
}

/** One entry of a channel's log. */
export interface Publication extends Link {
  /** The entry before this one. The chain of these is what makes "no hole" something that anyone can check. */
  readonly prev: Link;
  /** Any JSON value, or bytes (`Uint8Array`). */
  readonly data: unknown;
  /** A word of the application's for what this is. Absent: it did not say. */
  readonly event?: string;
  /** In a channel of keyed state: whose latest value this is. */
  readonly key?: string;
  /** The key has no value from here on; `data` is null. */
  readonly removed?: true;
  /** When the hub took it, in milliseconds since 1970. For people: order is what offsets say. */
  readonly atMs: number;
  /** Who published it, as the application's policy named the user. Absent for what the server published. */
  readonly by?: string;
}

/** Why a subscriber cannot have every entry after its position. */
export type GapReason =
  /** The log no longer holds all of them. */
  | 'trimmed'
  /** The log it knew is gone; another has begun. */
  | 'epoch'
  /** Another entry stands where its own stood: the engine lost some and gave their offsets out again. */
  | 'diverged'
  /** Its position is beyond the end of the log: the engine lost entries. */
  | 'ahead'
  /** They were left out for this subscriber, which was too slow, as its channel's options say. */
  | 'dropped'
  /** The application does not let it read the channel any more: nothing comes after this. */
  | 'unauthorised';

/** Entries are missing between two positions, and nothing can bring them back. */
export interface Gap {
  readonly reason: GapReason;
  /** The last position the subscriber had. */
  readonly from: Position;
  /** Where it goes on: the next publication links to this. */
  readonly to: Position;
}

/** What a channel is for. A `log` keeps publications; a `state` keeps the latest of each key; `signals` keeps nothing. */
export type ChannelKind = 'log' | 'state' | 'signals';

/** One entry in a roster: the value of a key, which is the session's name, in the channel's roster. */
export interface Member {
  readonly user: string;
  /** What the application says of it: any JSON value. */
  readonly data: unknown;
  /** When it joined, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** The node that answers for it, by the name of its present life. */
  readonly node: string;
}
