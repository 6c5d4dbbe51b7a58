/**
 * What everybody tried, was told and received, written down as it happened, for the checker.
 * In: moments. Out: lists. Cannot fail.
 */
import type { GapReason } from '../../src/wire/index.ts';

/** `pending`: the publisher still waits. `unknown`: it was told that nobody knows, or is gone itself. */
export type Told = 'pending' | 'stored' | 'refused' | 'unknown';

/** One signal that somebody sent. */
export interface Signal {
  readonly value: string;
  readonly channel: string;
  /** One life of one client. */
  readonly sender: string;
  readonly number: number;
  /** By which connection; undefined where the client had more than one. */
  readonly via: number | undefined;
}

/** One call of a client, or one question of a hub to a client. */
export interface Call {
  readonly value: string;
  /** A hub asks a client: it is sent once, and with the hub all that it awaits is gone. */
  readonly isAsk: boolean;
  /** `unsent`: it was told that nothing was ever sent, or done. */
  told: 'pending' | 'answered' | 'unsent' | 'unknown';
  answer: unknown;
}

/** In the roster: what somebody says there, or that nobody stands there; or nothing is certain. */
export type Standing =
  | { readonly is: 'in'; readonly value: string }
  | { readonly is: 'out' | 'unknown' };

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
    }
  /** `via`: by which connection it came; undefined where the client had more than one. */
  | { readonly kind: 'signal'; readonly value: unknown; readonly via: number | undefined }
  /** A subscription told of something after it was ended. */
  | { readonly kind: 'late'; readonly what: string };

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
  readonly signals = new Map<string, Signal>();
  readonly calls: Call[] = [];
  /** What handlers answered, by what they were asked: each time that they ran. */
  readonly runs = new Map<unknown, string[]>();
  /** By user, of the one roster that there is. */
  readonly standings = new Map<string, Standing>();

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

  /** A client awaits the answer of a call. */
  get isCalling(): boolean {
    return this.calls.some(({ told, isAsk }) => told === 'pending' && !isAsk);
  }

  call(value: string, isAsk: boolean): Call {
    const call: Call = { value, isAsk, told: 'pending', answer: undefined };
    this.calls.push(call);
    return call;
  }

  /** A handler runs. Gives its answer, which no other run has. */
  run(value: unknown): string {
    const runs = this.runs.get(value) ?? [];
    const answer = `run ${runs.length + 1} of ${String(value)}`;
    runs.push(answer);
    this.runs.set(value, runs);
    return answer;
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
