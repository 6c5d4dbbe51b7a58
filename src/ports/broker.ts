/**
 * A broker: the message system behind a hub, as three ports: a log, claims and a bus (decision 14). Whatever it is, the hub above it is the
 * same.
 */
import type { Bus, Hear } from './bus.ts';
import type { Claims } from './claims.ts';
import type { Deliver, Durability, Log } from './log.ts';

/** Whom a broker tells. */
export interface Ears {
  readonly deliver: Deliver;
  readonly hear: Hear;
}

/** What a broker can do, and for how long. */
export interface Supports {
  /** Weakest first; never empty. */
  readonly durability: readonly Durability[];
  /** For how long at the least the record of a producer is kept after its last append, in milliseconds. */
  readonly producerMs: number;
  /** For how many of its latest numbers at the least the answers are kept. */
  readonly answersKept: number;
}

/**
 * One message system behind a hub: a log for each channel, claims, and a bus between nodes. What it must do is in `brokerCases` of
 * `tautline/testing`.
 */
export interface Broker {
  readonly supports: Supports;
  readonly log: Log;
  readonly claims: Claims;
  readonly bus: Bus;
  /** Called once, before anything else. */
  start(ears: Ears): Promise<void>;
  /** Nothing is told afterwards, and whatever is asked rejects with `BROKER_STOPPED`. */
  stop(): Promise<void>;
}

/** @codes Why a broker did not do what it was asked. */
export type BrokerErrorCode =
  | 'BROKER_STOPPED'
  | 'BROKER_FULL'
  | 'BROKER_UNREACHABLE'
  | 'DURABILITY_UNSUPPORTED'
  | 'OPTION_INVALID'
  | 'STORE_CORRUPT';

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
