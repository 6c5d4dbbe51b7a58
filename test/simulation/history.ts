/**
 * What everybody tried, was told and received, written down as it happened, for the checker.
 * In: moments. Out: lists. Cannot fail.
 */
import type { GapReason } from '../../src/wire/index.ts';

/** `pending`: the publisher still waits. `unknown`: it was told that nobody knows, or is gone itself. */
export type Told = 'pending' | 'stored' | 'refused' | 'unknown';

/** One publication that somebody wanted. */
export interface Attempt {
  readonly value: string;
  readonly channel: string;
  /** One life of one client; what it publishes in a channel keeps its order. */
  readonly publisher: string;
  readonly number: number;
  told: Told;
  /** Where, as the publisher was told. */
  position: string | undefined;
}

export type Moment =
  /** A subscription begins; `since` is what this reader had kept. */
  | { readonly kind: 'begin'; readonly since: string | undefined }
  | {
      readonly kind: 'publication';
      readonly epoch: string;
      readonly offset: number;
      readonly value: unknown;
      readonly atMs: number;
    }
  /** A key of keyed state has another value; without one it has none. */
  | {
      readonly kind: 'state';
      readonly key: string;
      readonly epoch: string;
      readonly offset: number;
      readonly value: unknown;
    }
  | {
      readonly kind: 'gap';
      readonly reason: GapReason;
      readonly from: string;
      readonly to: string;
    };

/** What one reader saw of one channel, over all its lives. */
export interface Reading {
  readonly reader: string;
  readonly channel: string;
  readonly moments: Moment[];
  /** Now. */
  isLive: boolean;
  position: string | undefined;
  /** In a channel of keyed state: what is known now, by key. */
  readonly state: Map<string, unknown>;
}

export class History {
  readonly attempts: Attempt[] = [];
  readonly readings: Reading[] = [];

  attempt(channel: string, publisher: string, number: number): Attempt {
    const value = `${publisher} ${channel} ${number}`;
    const attempt: Attempt = {
      value,
      channel,
      publisher,
      number,
      told: 'pending',
      position: undefined,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  reading(reader: string, channel: string): Reading {
    const reading: Reading = {
      reader,
      channel,
      moments: [],
      isLive: false,
      position: undefined,
      state: new Map(),
    };
    this.readings.push(reading);
    return reading;
  }
}
