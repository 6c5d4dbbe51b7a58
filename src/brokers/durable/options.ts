/**
 * What the durable engine may keep, and for how long.
 * In: options. Out: all of them. Fails: `OPTION_INVALID`, thrown at once, for a limit that could not be kept.
 */
import { toHex } from '../../ground/bytes.ts';
import type { Clock } from '../../ground/clock.ts';
import { BrokerError } from '../../ports/index.ts';
import type { OrderedStore } from './ordered-store.ts';

/** Where everything is kept, how much of it, and for how long. */
export interface DurableOptions {
  /** Where everything is kept: a `classic-level` instance, or what has its shape. One engine for each store; whoever opened it closes it. */
  readonly store: OrderedStore;
  /** By which ages and leases are measured: across restarts by the time of day, within one life by a clock that never goes back. */
  readonly clock: Clock;
  /** Entries that each channel keeps. Fewer: clients that were away longer meet a gap. @default 10_000 */
  readonly maxEntries?: number;
  /** Bytes on disk that each channel's entries take. The newest stays even when it alone is more. @default 67_108_864 */
  readonly maxBytes?: number;
  /** How long an entry is kept, in milliseconds. Shorter: clients that were away longer meet a gap. @default 604_800_000 */
  readonly maxAgeMs?: number;
  /** Keys that may have a value in each channel; one more is refused with `BROKER_FULL`. @default 10_000 */
  readonly maxKeys?: number;
  /** Removed keys that each channel still knows of. Fewer: who was away longer is sent the whole state again. @default 1_000 */
  readonly maxRemovals?: number;
  /** Channels that exist at once; one more is refused with `BROKER_FULL`. @default 1_000_000 */
  readonly maxChannels?: number;
  /**
   * How long a channel without followers, appends and values is kept, in milliseconds; not less than `producerMs`. Shorter: who comes back
   * later meets a gap. @default 2_592_000_000
   */
  readonly forgetAfterMs?: number;
  /**
   * How long the record of a producer is kept at the least after its last append, in milliseconds. Shorter: what is sent again after that is
   * refused as unknown. @default 86_400_000
   */
  readonly producerMs?: number;
  /** Producers that each channel knows; one more is refused with `BROKER_FULL`. @default 100_000 */
  readonly maxProducers?: number;
  /** Answers kept for each producer. Fewer: what is sent again later than that is refused as unknown. @default 256 */
  readonly answersKept?: number;
  /** Claims that are held at once; one more is refused with `BROKER_FULL`. @default 100_000 */
  readonly maxClaims?: number;
  /** Calls that may wait for the disk; one more is refused with `BROKER_FULL`. @default 10_000 */
  readonly maxWaiting?: number;
  /** Bytes of publications that may wait for the disk; more are refused with `BROKER_FULL`. @default 67_108_864 */
  readonly maxWaitingBytes?: number;
  /** From how many bytes on a batch takes no more appends. Fewer: more calls of the disk. More: longer ones. @default 4_194_304 */
  readonly maxGroupBytes?: number;
  /** Memory for records of channels and producers, in bytes of their text. Less: the store is asked more often. @default 16_777_216 */
  readonly cacheBytes?: number;
  /** How often what is too old is looked for, in milliseconds. Rarely: it takes room for longer. @default 600_000 */
  readonly sweepEveryMs?: number;
  /** Is told what no caller hears: damage that was found, and sweeps that failed. @default nobody is told */
  readonly onTrouble?: (error: BrokerError) => void;
  /** Makes the name of a log's life: 1 to 64 characters, no colon, never the same twice. @default 128 random bits */
  readonly randomId?: () => string;
}

type Given = 'store' | 'clock' | 'onTrouble';

export type FullDurableOptions = Required<Omit<DurableOptions, 'onTrouble'>> & {
  onTrouble(error: BrokerError): void;
};

/** The defaults of `DurableOptions`. */
export const durableDefaults: Required<Omit<DurableOptions, Given>> = {
  maxEntries: 10_000,
  maxBytes: 67_108_864,
  maxAgeMs: 604_800_000,
  maxKeys: 10_000,
  maxRemovals: 1_000,
  maxChannels: 1_000_000,
  forgetAfterMs: 2_592_000_000,
  producerMs: 86_400_000,
  maxProducers: 100_000,
  answersKept: 256,
  maxClaims: 100_000,
  maxWaiting: 10_000,
  maxWaitingBytes: 67_108_864,
  maxGroupBytes: 4_194_304,
  cacheBytes: 16_777_216,
  sweepEveryMs: 600_000,
  randomId,
};

type NumberOption = Exclude<keyof typeof durableDefaults, 'randomId'>;

/** The least that each number may be. */
const least: Readonly<Record<NumberOption, number>> = {
  maxEntries: 1,
  maxBytes: 1,
  maxAgeMs: 1,
  maxKeys: 1,
  maxRemovals: 0,
  maxChannels: 1,
  forgetAfterMs: 0,
  producerMs: 0,
  maxProducers: 1,
  answersKept: 1,
  maxClaims: 1,
  maxWaiting: 1,
  maxWaitingBytes: 1,
  maxGroupBytes: 1,
  cacheBytes: 0,
  sweepEveryMs: 1,
};

export function fullDurableOptions(options: DurableOptions): FullDurableOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const full: FullDurableOptions = {
    ...durableDefaults,
    onTrouble: () => {},
    store: options.store,
    clock: options.clock,
    ...Object.fromEntries(given),
  };
  for (const name of Object.keys(least) as NumberOption[]) {
    // Turned round, so that NaN is refused too.
    if (!(full[name] >= least[name])) {
      throw invalid(`${name} must be ${least[name]} or more`);
    }
  }
  if (!Number.isInteger(full.answersKept)) {
    throw invalid('answersKept must be a whole number');
  }
  if (full.forgetAfterMs < full.producerMs) {
    throw invalid('forgetAfterMs must not be less than producerMs');
  }
  return full;
}

function invalid(what: string): BrokerError {
  return new BrokerError('OPTION_INVALID', `durable(): ${what}`, false);
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return toHex(bytes);
}
