/**
 * What the memory broker may keep, and for how long.
 * In: options. Out: all of them. Fails: `OPTION_INVALID`, thrown at once, for a limit that could not be kept.
 */
import { BrokerError } from '../../ports/index.ts';

export interface MemoryOptions {
  /** Entries that each channel keeps. Fewer: clients that were away longer meet a gap. @default 1_000 */
  readonly maxEntries?: number;
  /**
   * Bytes that each channel keeps, counted as the length of the data as JSON and 200 for each entry. The newest entry stays even
   * when it alone is more. @default 1_048_576
   */
  readonly maxBytes?: number;
  /** Channels that exist at once; what would need one more is refused with `BROKER_FULL`. @default 100_000 */
  readonly maxChannels?: number;
  /**
   * How long a channel must have been without subscribers and publications before it may be forgotten to make room for another, in
   * milliseconds. Sooner: a client that was away meets a gap. Later: new channels are refused. @default 3_600_000
   */
  readonly forgetAfterMs?: number;
  /** Milliseconds, never going back, by which `forgetAfterMs` is measured. @default the latest `atMs` that was published */
  readonly nowMs?: () => number;
  /** Makes the name of a log's life: 1 to 64 characters, no colon, never the same twice. @default 128 random bits */
  readonly randomId?: () => string;
}

export const memoryDefaults: Required<Omit<MemoryOptions, 'nowMs'>> = {
  maxEntries: 1_000,
  maxBytes: 1_048_576,
  maxChannels: 100_000,
  forgetAfterMs: 3_600_000,
  randomId,
};

export type FullMemoryOptions = typeof memoryDefaults & Pick<MemoryOptions, 'nowMs'>;

export function fullMemoryOptions(options: MemoryOptions): FullMemoryOptions {
  const full: FullMemoryOptions = {
    maxEntries: options.maxEntries ?? memoryDefaults.maxEntries,
    maxBytes: options.maxBytes ?? memoryDefaults.maxBytes,
    maxChannels: options.maxChannels ?? memoryDefaults.maxChannels,
    forgetAfterMs: options.forgetAfterMs ?? memoryDefaults.forgetAfterMs,
    randomId: options.randomId ?? memoryDefaults.randomId,
    ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
  };
  atLeast('maxEntries', full.maxEntries, 1);
  atLeast('maxBytes', full.maxBytes, 1);
  atLeast('maxChannels', full.maxChannels, 1);
  atLeast('forgetAfterMs', full.forgetAfterMs, 0);
  return full;
}

function atLeast(name: string, value: number, least: number): void {
  // Turned round, so that NaN is refused too.
  if (!(value >= least)) {
    throw new BrokerError('OPTION_INVALID', `memory(): ${name} must be ${least} or more`, false);
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
