/**
 * What the memory broker may keep, and for how long.
 * In: options. Out: all of them. Fails: `OPTION_INVALID`, thrown at once, for a limit that could not be kept.
 */
import { toHex } from '../../ground/bytes.ts';
import { BrokerError } from '../../ports/index.ts';
import { machineNowMs } from './clock.ts';

/** How much is kept in memory, and for how long. */
export interface MemoryOptions {
  /** Entries that each channel keeps. Fewer: clients that were away longer meet a gap. @default 1_000 */
  readonly maxEntries?: number;
  /**
   * Bytes that each channel's entries take, counted as the length of the data (as JSON, or in bytes), of event and key, and 200 for
   * each entry. The newest entry stays even when it alone is more. @default 1_048_576
   */
  readonly maxBytes?: number;
  /** How long an entry is kept, in milliseconds. Shorter: clients that were away longer meet a gap. @default Infinity */
  readonly maxAgeMs?: number;
  /** Keys that may have a value in each channel; one more is refused with `BROKER_FULL`. @default 10_000 */
  readonly maxKeys?: number;
  /** Bytes that the values of each channel take, counted as `maxBytes` is; more is refused with `BROKER_FULL`. @default 16_777_216 */
  readonly maxStateBytes?: number;
  /** Removed keys that each channel still knows of. Fewer: who was away longer is sent the whole state again. @default 1_000 */
  readonly maxRemovals?: number;
  /** For how long, in milliseconds. Shorter: as with fewer. @default 3_600_000 */
  readonly maxRemovalAgeMs?: number;
  /** Channels that exist at once; what would need one more is refused with `BROKER_FULL`. @default 100_000 */
  readonly maxChannels?: number;
  /**
   * How long a channel must have been without followers and appends before it may be forgotten to make room for another, in
   * milliseconds. Sooner: a client that was away meets a gap. Later: new channels are refused. One with a key that has a value is
   * not forgotten. @default 3_600_000
   */
  readonly forgetAfterMs?: number;
  /**
   * How long the record of a producer is kept at the least after its last append, in milliseconds. Shorter: what is sent again after
   * that is refused as unknown. Longer: new producers are refused while those that rest are kept. @default 86_400_000
   */
  readonly producerMs?: number;
  /** Records of producers, one for each producer and channel; one more is refused with `BROKER_FULL`. @default 100_000 */
  readonly maxProducers?: number;
  /** Answers kept for each record. Fewer: what is sent again later than that is refused as unknown. @default 1_000 */
  readonly answersKept?: number;
  /** Claims that are held at once; one more is refused with `BROKER_FULL`. @default 100_000 */
  readonly maxClaims?: number;
  /** Milliseconds, never going back, by which ages and leases are measured. @default the machine's own */
  readonly nowMs?: () => number;
  /** Makes the name of a log's life: 1 to 64 characters, no colon, never the same twice. @default 128 random bits */
  readonly randomId?: () => string;
}

export type FullMemoryOptions = Required<MemoryOptions>;

/** The defaults of `MemoryOptions`. */
export const memoryDefaults: FullMemoryOptions = {
  maxEntries: 1_000,
  maxBytes: 1_048_576,
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxKeys: 10_000,
  maxStateBytes: 16_777_216,
  maxRemovals: 1_000,
  maxRemovalAgeMs: 3_600_000,
  maxChannels: 100_000,
  forgetAfterMs: 3_600_000,
  producerMs: 86_400_000,
  maxProducers: 100_000,
  answersKept: 1_000,
  maxClaims: 100_000,
  nowMs: machineNowMs,
  randomId,
};

type NumberOption = {
  readonly [Name in keyof FullMemoryOptions]: FullMemoryOptions[Name] extends number ? Name : never;
}[keyof FullMemoryOptions];

/** The least that each number may be. */
const least: Readonly<Record<NumberOption, number>> = {
  maxEntries: 1,
  maxBytes: 1,
  maxAgeMs: 0,
  maxKeys: 1,
  maxStateBytes: 1,
  maxRemovals: 0,
  maxRemovalAgeMs: 0,
  maxChannels: 1,
  forgetAfterMs: 0,
  producerMs: 0,
  maxProducers: 1,
  answersKept: 1,
  maxClaims: 1,
};

export function fullMemoryOptions(options: MemoryOptions): FullMemoryOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const full: FullMemoryOptions = { ...memoryDefaults, ...Object.fromEntries(given) };
  for (const name of Object.keys(least) as NumberOption[]) {
    // Turned round, so that NaN is refused too.
    if (!(full[name] >= least[name])) {
      throw new BrokerError(
        'OPTION_INVALID',
        `memory(): ${name} must be ${least[name]} or more`,
        false,
      );
    }
  }
  // A part of a number is no place for an answer.
  if (!Number.isInteger(full.answersKept)) {
    throw new BrokerError('OPTION_INVALID', 'memory(): answersKept must be a whole number', false);
  }
  return full;
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return toHex(bytes);
}
