/**
 * The log: append to channels, follow them, and read them. Every promise here is tested by testing/broker-suite.
 * A log that cannot be reached rejects with a `BrokerError`; it never answers with less than the truth.
 */
import type { Link, Position, Publication } from '../wire/index.ts';

/** What must have happened before an append is answered. Each includes those before it. */
export type Durability = 'memory' | 'disk' | 'replicated' | 'quorum';

/** What the hub gives to be appended; the log adds `offset` and `prev`. */
export type NewPublication = Omit<Publication, 'offset' | 'prev'>;

/**
 * Who numbers its publications, so that one that is sent twice is appended once. Only the number after the last enters, or the one with which
 * a numbering begins, if it is beyond the last.
 */
export interface Producer {
  /** Of one user's one producer. Together with the channel it names the record that the log keeps. At most 128 characters. */
  readonly name: string;
  /** Grows when another holder takes over, and with each new numbering; smaller ones are fenced from then on. */
  readonly epoch: number;
  /** Of the present numbering: 1, or beyond all that were used and given up under lower epochs. No number is used twice. @default 1 */
  readonly first?: number;
  readonly seq: number;
  /** Of what was published: the same number with another hash is no repetition. At most 64 characters. */
  readonly hash: string;
}

/**
 * How much of a channel's log is kept, where that is less than the engine would keep; what is left out is as the engine says. Values of keys stay,
 * whatever this says.
 */
export interface Retain {
  /** The latest so many entries: a whole number from 1. At once, unless many more were kept until now: then soon. */
  readonly entries?: number;
  /** Entries of the last so many milliseconds, by the engine's clock: above 0. They go with the next append, at the latest. */
  readonly ageMs?: number;
}

export interface AppendOptions {
  readonly producer?: Producer;
  /** The least that is asked; a duplicate earns it again. One that is not in `supports` rejects. @default the log's least */
  readonly durability?: Durability;
  /** Only if the latest entry with this publication's `key` is still that one; offset 0: if the key has none, or was removed. */
  readonly expect?: Link;
  /** Of the channel, from this append on until the next. @default all that the engine keeps */
  readonly retain?: Retain;
}

/** What became of an append. Whatever it is not, was not stored. */
export type Appended =
  | { readonly outcome: 'appended'; readonly position: Position; readonly duplicate: boolean }
  /** `last` is the number that was appended last: the next is one more. */
  | { readonly outcome: 'outOfSequence'; readonly last: number }
  /** The answer for this number is not kept any more, or nothing is known of a producer whose numbering began before it. */
  | { readonly outcome: 'unknown' }
  /** Another holder of the producer has this higher epoch. */
  | { readonly outcome: 'fenced'; readonly epoch: number }
  /** The number was used for something else. */
  | { readonly outcome: 'reused' }
  /** `expect` does not hold: the key stands there; offset 0 when it has no value. */
  | { readonly outcome: 'conflict'; readonly at: Link };

/** A stretch of a log. */
export interface LogPage {
  readonly epoch: string;
  /** The last entry of the log; offset 0 while it has none. */
  readonly top: Link;
  /** In order, each linking to the one before it. */
  readonly publications: readonly Publication[];
}

/** A stretch of what is true now: of each key its latest entry. */
export interface StatePage {
  readonly epoch: string;
  readonly top: Link;
  /** In the order of the log. Those of removed keys are among them as long as they are kept. */
  readonly publications: readonly Publication[];
  /** There are more after the last one given. */
  readonly more: boolean;
  /**
   * Removals up to this offset may have been forgotten: who has seen less must replace all that it knows. 0: none was forgotten.
   */
  readonly forgotten: number;
}

/** Tops of channels that are followed. */
export interface Tops {
  /** To be given with the next question: opaque. */
  readonly mark: string;
  readonly tops: readonly {
    readonly channel: string;
    readonly epoch: string;
    readonly top: Link;
  }[];
}

export interface Log {
  /** From when this resolves, every entry appended to the channel is delivered. Twice is once. */
  follow(channel: string): Promise<void>;
  unfollow(channel: string): Promise<void>;
  /**
   * With the effect of one atomic step: look at the producer's record and at what is expected, link to the tail, store, trim, announce.
   * Resolves after all of that.
   */
  append(channel: string, publication: NewPublication, options?: AppendOptions): Promise<Appended>;
  /** The retained entries from `fromOffset` on, that one included, `limit` at the most. */
  read(channel: string, fromOffset: number, limit: number): Promise<LogPage>;
  /** The latest retained entries, `limit` at the most, in the order of the log. */
  latest(channel: string, limit: number): Promise<LogPage>;
  /** Of each key the latest entry, of those after `afterOffset`, `limit` at the most. Keys outlive the trimming of entries. */
  values(channel: string, afterOffset: number, limit: number): Promise<StatePage>;
  /**
   * Where the followed channels end; only those that changed since `mark`, if it is given and understood. A channel may be named that
   * did not change. By it nodes find what was lost at the tail, where no later entry shows the hole.
   */
  tops(mark?: string): Promise<Tops>;
}

/** An entry was appended to a channel that is followed. Called in the order of the log, as far as nothing is lost. Must not throw. */
export type Deliver = (channel: string, epoch: string, publication: Publication) => void;
