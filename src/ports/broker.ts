/**
 * The log: publish, follow and read channels. Every promise here is tested by testing/broker-suite.
 * A broker that cannot be reached rejects with a `BrokerError`; it never answers with less than the truth.
 */
import type { Link, Position, Publication } from '../wire/index.ts';

/** What the hub gives to be appended; the broker adds `offset` and `prev`. */
export interface NewPublication {
  readonly id: string;
  readonly data: unknown;
  readonly atMs: number;
  readonly by?: string;
}

/** A stretch of a log. */
export interface LogPage {
  readonly epoch: string;
  /** The last entry of the log; offset 0 while it has none. */
  readonly top: Link;
  /** In order, each linking to the one before it. */
  readonly publications: readonly Publication[];
}

/** An entry was appended to a channel that was subscribed to. Called in the order of the log. Must not throw. */
export type Deliver = (channel: string, epoch: string, publication: Publication) => void;

export interface Broker {
  /** Called once, before anything else. */
  start(deliver: Deliver): Promise<void>;
  /** From when this resolves, every entry appended to the channel is delivered. Twice is once. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** One atomic step: link to the tail, store, announce. Resolves with its place after all of that. */
  publish(channel: string, publication: NewPublication): Promise<Position>;
  /** The retained entries from `fromOffset` on, that one included, `limit` at the most. */
  read(channel: string, fromOffset: number, limit: number): Promise<LogPage>;
  /** The latest retained entries, `limit` at the most, in the order of the log. */
  latest(channel: string, limit: number): Promise<LogPage>;
  stop(): Promise<void>;
}

/** @codes Why a broker did not do what it was asked. */
export type BrokerErrorCode = 'BROKER_STOPPED' | 'BROKER_FULL' | 'OPTION_INVALID';

/** The world failed; or, with `OPTION_INVALID`, whoever made the broker did. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly code: BrokerErrorCode;
  /** The same call may succeed later. */
  readonly retryable: boolean;

  constructor(code: BrokerErrorCode, message: string, retryable: boolean) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}
