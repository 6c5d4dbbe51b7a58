/**
 * Options of compression (permessage-deflate, RFC 7692).
 * In: what the application chose. Out: the terms for the handshake, and how a connection keeps to what is agreed. Fails:
 * `OPTION_INVALID`, thrown.
 */
import {
  type AgreedDeflate,
  type Compression,
  type DeflateTerms,
  type DeflateTuning,
  UsageError,
} from '../protocol/index.ts';
import { zlibCodec } from './zlib-codec.ts';

/** Whether and how messages are compressed (permessage-deflate, RFC 7692). */
export interface CompressionOptions {
  /** Messages below this size are sent as they are, in bytes. @default 1_024 */
  readonly thresholdBytes?: number;
  /**
   * What we send may refer back to our earlier messages: smaller when they are small and alike. Costs a window of memory per
   * connection and about a tenth of a millisecond per message, and secrets can leak between messages. @default false
   */
  readonly contextTakeover?: boolean;
  /** The peer may do so. Costs a window of memory per connection. A server may insist otherwise, a client only wishes. @default false */
  readonly peerContextTakeover?: boolean;
  /** How far back what we send refers, in bits: 8 to 15 for 256 bytes to 32 KiB. @default 15 */
  readonly windowBits?: number;
  /** How far back what the peer sends may refer, in bits. @default 15 */
  readonly peerWindowBits?: number;
  /** How hard to try, 0 to 9. @default 6 */
  readonly level?: number;
  /** Memory while a message is compressed, 1 to 9: 8 is 128 KiB, each step the double. @default 8 */
  readonly memoryLevel?: number;
  /** From this size on the work is done on the thread pool, in bytes of what is to be worked on. @default 16_384 */
  readonly offloadBytes?: number;
  /** Most bytes that a byte of compressed message may become, above 64 KiB; beyond it 1009. @default Infinity */
  readonly maxRatio?: number;
}

/** The defaults of `CompressionOptions`. */
export const compressionDefaults: Required<CompressionOptions> = {
  thresholdBytes: 1024,
  contextTakeover: false,
  peerContextTakeover: false,
  windowBits: 15,
  peerWindowBits: 15,
  level: 6,
  memoryLevel: 8,
  offloadBytes: 16_384,
  maxRatio: Number.POSITIVE_INFINITY,
};

/** What is offered or answered, and how it is used then. */
export interface CompressionSettings {
  readonly terms: DeflateTerms;
  readonly tuning: DeflateTuning;
}

/** Least and most. Those without a fraction must be whole. */
const ranges: readonly (readonly [keyof CompressionOptions, number, number, 'whole' | 'any'])[] = [
  ['thresholdBytes', 0, Number.POSITIVE_INFINITY, 'any'],
  ['windowBits', 8, 15, 'whole'],
  ['peerWindowBits', 8, 15, 'whole'],
  ['level', 0, 9, 'whole'],
  ['memoryLevel', 1, 9, 'whole'],
  ['offloadBytes', 0, Number.POSITIVE_INFINITY, 'any'],
  ['maxRatio', 1, Number.POSITIVE_INFINITY, 'any'],
];

/** With defaults, and checked. @throws {UsageError} `OPTION_INVALID` */
export function compressionSettings(
  compression: boolean | CompressionOptions | undefined,
): CompressionSettings | false {
  if (compression === undefined || compression === false) {
    return false;
  }
  if (compression !== true && (typeof compression !== 'object' || compression === null)) {
    throw new UsageError('OPTION_INVALID', 'compression must be a boolean or its options');
  }
  const whole = withDefaults(compression === true ? {} : compression);
  for (const [name, least, most, kind] of ranges) {
    const value = whole[name];
    const isRight = typeof value === 'number' && value >= least && value <= most;
    if (!isRight || (kind === 'whole' && !Number.isInteger(value))) {
      throw new UsageError('OPTION_INVALID', `compression.${name} must be ${least} to ${most}`);
    }
  }
  for (const name of ['contextTakeover', 'peerContextTakeover'] as const) {
    if (typeof whole[name] !== 'boolean') {
      throw new UsageError('OPTION_INVALID', `compression.${name} must be true or false`);
    }
  }
  return { terms: whole, tuning: whole };
}

/** An option that is there but undefined is not given. */
function withDefaults(options: CompressionOptions): Required<CompressionOptions> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...compressionDefaults, ...Object.fromEntries(given) };
}

/** The part of a drive that is needed here. */
interface Turning {
  readonly line: { pause(): void };
  lateTurn(work: (nowMs: number) => void): void;
}

/** What was agreed, and how it is used. */
export interface AgreedCompression {
  readonly agreed: AgreedDeflate;
  readonly tuning: DeflateTuning;
}

/** What the connection of a drive needs to keep to what is agreed. */
export function driveCompression(
  { agreed, tuning }: AgreedCompression,
  drive: Turning,
): Compression {
  return {
    agreed,
    tuning,
    codec: zlibCodec,
    wait: () => drive.line.pause(),
    turn: (work) => drive.lateTurn(work),
  };
}
