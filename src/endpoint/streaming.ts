/**
 * Messages in pieces, as an application gives and gets them.
 * In: what it chose. Out: the same, checked. Fails: misuse throws.
 */
import { UsageError } from '../protocol/index.ts';

/** What a message in pieces may be made of. */
export type Chunk = string | Uint8Array | ArrayBuffer;

/** What a message is that is sent in pieces. */
export interface SendStreamOptions {
  /** Whether the message is text. Strings in one that is not, and bytes in one that is, are taken as UTF-8. @default as the first chunk */
  readonly text?: boolean;
}

/** How large a message may be that comes in pieces. */
export interface StreamsOptions {
  /** Largest message, in bytes; beyond it the peer is closed with 1009. @default Infinity */
  readonly maxBytes?: number;
}

/** The defaults of `StreamsOptions`. */
export const streamsDefaults: Required<StreamsOptions> = { maxBytes: Number.POSITIVE_INFINITY };

/** A message as it comes. Iterate it once; leaving the loop drops the rest of it. */
export type IncomingStream =
  | ({ readonly text: true } & AsyncIterable<string>)
  | ({ readonly text: false } & AsyncIterable<Buffer>);

/** @throws {UsageError} `PAYLOAD_INVALID` for what gives no pieces: a string gives letters, and bytes give numbers. */
export function mustBeChunks(chunks: unknown): void {
  const isObject = typeof chunks === 'object' && chunks !== null;
  const isIterable = isObject && (Symbol.asyncIterator in chunks || Symbol.iterator in chunks);
  if (!isIterable || ArrayBuffer.isView(chunks)) {
    throw new UsageError('PAYLOAD_INVALID', 'sendStream takes an iterable of strings or bytes');
  }
}

/** @throws {UsageError} `OPTION_INVALID` */
export function maxStreamBytes({ maxBytes = streamsDefaults.maxBytes }: StreamsOptions): number {
  if (typeof maxBytes !== 'number' || !(maxBytes >= 0)) {
    throw new UsageError('OPTION_INVALID', 'maxBytes must be a number of at least 0, or Infinity');
  }
  return maxBytes;
}
