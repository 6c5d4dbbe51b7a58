/**
 * What a peer may ask of a connection, and how long things may take. Units are in the names.
 * A limit is finite unless the user says `Infinity`. The defaults admit every legal case of the conformance suite.
 */
import { UsageError } from './usage-error.ts';

/** How much a peer may send, and how. */
export interface LimitOptions {
  /** Largest message, in bytes of payload; one byte more is refused with 1009. @default 16_777_216 */
  readonly maxMessageBytes?: number;
  /** Largest single frame, in bytes of payload, refused when its header is read. @default 16_777_216 */
  readonly maxFrameBytes?: number;
  /** Most frames of one message, empty ones included, at least 1; beyond it 1008. @default 65_536 */
  readonly maxFragments?: number;
  /**
   * What handling a frame costs even when it is empty, in bytes. All frames of a message after the first may cost
   * `maxMessageBytes` together, besides what they carry; beyond it 1008. 0 turns it off. @default 64
   */
  readonly fragmentChargeBytes?: number;
  /**
   * Least rate at which a message that has begun must arrive, in bytes per second, averaged over `progressWindowMs`.
   * Not a time for the whole message: a large one on a slow link is legal. 0 turns it off. @default 32
   */
  readonly minBytesPerSecond?: number;
}

/** How long a peer may take. */
export interface TimingOptions {
  /** Silence before we ping, in milliseconds. Keep below your proxy's idle limit, often 60 s. @default 15_000 */
  readonly pingAfterMs?: number;
  /**
   * Time for an answer, in milliseconds; any byte counts as one. Then the peer is gone (1006). Behind what was sent since we last heard it,
   * the ping has a second more for each 64 KiB, up to `stalledMs`. @default 5_000
   */
  readonly pongWithinMs?: number;
  /**
   * How long our bytes may wait without the peer taking any, in milliseconds, once a ping went unanswered; then we
   * close with 1008 and cut. A slow link that still moves is not cut. @default 60_000
   */
  readonly stalledMs?: number;
  /**
   * Time without a message in either direction before we close with 1001, in milliseconds; noticed after twice as long
   * at the latest. @default Infinity
   */
  readonly idleMs?: number;
  /** Time for the closing handshake, in milliseconds; then the connection is cut. @default 5_000 */
  readonly closeWithinMs?: number;
  /** Window over which `minBytesPerSecond` is averaged, in milliseconds, at least 1. @default 10_000 */
  readonly progressWindowMs?: number;
}

/** All that may be chosen of one connection. */
export interface ConnectionOptions extends LimitOptions, TimingOptions {}

/** The defaults of `ConnectionOptions`. */
export const connectionDefaults: Required<ConnectionOptions> = {
  maxMessageBytes: 16 * 1024 * 1024,
  maxFrameBytes: 16 * 1024 * 1024,
  maxFragments: 65_536,
  fragmentChargeBytes: 64,
  minBytesPerSecond: 32,
  pingAfterMs: 15_000,
  pongWithinMs: 5_000,
  stalledMs: 60_000,
  idleMs: Number.POSITIVE_INFINITY,
  closeWithinMs: 5_000,
  progressWindowMs: 10_000,
};

/**
 * Fills in the defaults and checks every value.
 * @throws {UsageError} `OPTION_INVALID` for a value that is not a number of at least 0, or of 1 where that is the least.
 */
export function connectionOptions(options: ConnectionOptions): Required<ConnectionOptions> {
  const whole: Record<string, number> = { ...connectionDefaults };
  for (const name of Object.keys(connectionDefaults) as (keyof ConnectionOptions)[]) {
    const value: unknown = options[name];
    if (value === undefined) {
      continue;
    }
    const least = name === 'maxFragments' || name === 'progressWindowMs' ? 1 : 0;
    if (typeof value !== 'number' || !(value >= least)) {
      throw new UsageError(
        'OPTION_INVALID',
        `${name} must be a number of at least ${least}, or Infinity`,
      );
    }
    whole[name] = value;
  }
  return whole as unknown as Required<ConnectionOptions>;
}
