/**
 * Text by Node's natives, which check and convert faster than anything written in JavaScript. Short ASCII, the most
 * frequent text of all, is looked through here: calling out costs more than the work.
 * In: ranges of bytes, or strings. Out: strings, or bytes. As `TextPort` says.
 */
import { isUtf8 } from 'node:buffer';
import type { TextPort } from '../protocol/index.ts';

const shortBytes = 48;

/** Text by Node's natives, for connections on Node. */
export const nodeText: TextPort = {
  isValid(bytes, start, end) {
    if (end - start <= shortBytes && isAscii(bytes, start, end)) {
      return true;
    }
    return isUtf8(bytes.subarray(start, end));
  },
  decode(bytes, start, end) {
    const isShortAscii = end - start <= shortBytes && isAscii(bytes, start, end);
    return asBuffer(bytes).toString(isShortAscii ? 'latin1' : 'utf8', start, end);
  },
  byteLength: (text) => Buffer.byteLength(text),
  write(text, into, at, length) {
    asBuffer(into).write(text, at, length, length === text.length ? 'latin1' : 'utf8');
  },
};

/** The same memory, as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at]! >= 0x80) {
      return false;
    }
  }
  return true;
}
