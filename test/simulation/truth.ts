/**
 * What really happened, and what may have been wrong in it. Nothing here does anything.
 */
import type { TrueEntry } from './engine.ts';

export type AnomalyName =
  /** Stored, its publisher was told; it is not in the log, and the engine lost nothing. */
  | 'lost-write'
  /** One publication stands in the log twice. */
  | 'duplicate'
  /** What one publisher published in one channel stands there in another order. */
  | 'reorder'
  /** Entries are missing between two that were delivered, and nobody said so. */
  | 'silent-hole'
  /** Delivered, and never appended; or told to be stored where it is not. */
  | 'invented'
  /** A gap was told, and nothing had happened that makes one. */
  | 'spurious-gap'
  /** All is well again, and somebody still does not have everything. */
  | 'not-converged'
  /** One entry was delivered twice to one reader. */
  | 'double-apply'
  /** A subscription told of something after it was ended. */
  | 'after-the-end'
  /** A signal came twice. */
  | 'double-signal'
  /** A signal of one connection came after a later one of the same, by one connection. */
  | 'signal-reorder'
  /** Somebody stands in the roster whose session is over, or stands there twice. */
  | 'ghost'
  /** Somebody who stands in the roster is not there, or with other words. */
  | 'missing'
  /** A leave of somebody who was not there. */
  | 'double-leave'
  /** A handler ran twice for one call. */
  | 'double-run'
  /** A caller was told what no handler answered, or that nothing ran when something had. */
  | 'wrong-answer';

export interface Anomaly {
  readonly name: AnomalyName;
  readonly detail: string;
}

export interface Truth {
  /** All entries that there ever were. */
  readonly entries: readonly TrueEntry[];
  /** Of each channel, its log at the end, trimmed entries too: oldest first. */
  readonly logs: ReadonlyMap<string, readonly TrueEntry[]>;
  /** Of each channel, where it ends: epoch and offset. */
  readonly tops: ReadonlyMap<string, string>;
  readonly rewinds: number;
  readonly flushes: number;
  /** How often all claims were lost. */
  readonly claimLosses: number;
  /** Entries that each channel keeps. */
  readonly maxEntries: number;
  /** Readers are not shown everything. */
  readonly hides: boolean;
}

export type Say = (name: AnomalyName, detail: string) => void;
