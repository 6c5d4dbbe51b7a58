/**
 * Bytes across the line between us and the application.
 * In: what it gave to send, or a range of what came. Out: bytes that may leave, or bytes that it may keep. Fails: misuse throws.
 */
import { isArrayBuffer, isUint8Array } from 'node:util/types';
import { UsageError } from '../protocol/index.ts';
import { asBuffer } from './text.ts';

/**
 * The bytes of what an application sends, also from another realm. Arrays of larger numbers and views are refused: which bytes
 * were meant is a guess.
 * @throws {UsageError} `PAYLOAD_INVALID`, also for a buffer that was transferred away: its bytes are elsewhere.
 */
export function toBytes(message: unknown): Uint8Array {
  if (isUint8Array(message)) {
    if (message.length === 0) {
      mustBeHere(message.buffer);
    }
    // What is sent may be kept by reference, and this would change before it has left.
    return message.buffer === lent ? Buffer.from(message) : message;
  }
  if (isArrayBuffer(message)) {
    mustBeHere(message);
    return new Uint8Array(message);
  }
  throw new UsageError('PAYLOAD_INVALID', 'send a string, a Uint8Array or an ArrayBuffer');
}

/** Up to this size a loop is done before Node has made the view that it copies from. */
const loopedBytes = 64;

/** Bytes that the application may keep: a copy, unless they are nobody's, or it wants them for the moment only. */
export function ownBytes(bytes: Uint8Array, start: number, end: number, owned: boolean): Buffer {
  const buffer = asBuffer(bytes);
  if (owned) {
    return buffer.subarray(start, end);
  }
  const length = end - start;
  const copy = Buffer.allocUnsafe(length);
  if (length > loopedBytes) {
    buffer.copy(copy, 0, start, end);
    return copy;
  }
  for (let i = 0; i < length; i += 1) {
    copy[i] = bytes[start + i]!;
  }
  return copy;
}

/** What a `message` listener sees at present may be used again as soon as it returns. */
let lent: ArrayBufferLike | undefined;

/** From now on `memory` is lent to the application. Gives what was before, to be said again afterwards. */
export function lend(memory: ArrayBufferLike | undefined): ArrayBufferLike | undefined {
  const before = lent;
  lent = memory;
  return before;
}

/** A detached buffer looks empty. Only making a view of it tells. */
function mustBeHere(buffer: ArrayBufferLike): void {
  try {
    new Uint8Array(buffer);
  } catch {
    throw new UsageError('PAYLOAD_INVALID', 'the buffer was transferred away');
  }
}
