/**
 * Text as a port: checking, decoding and encoding UTF-8 are the platform's work, and it is good at it.
 * In: ranges of bytes, or strings. Out: strings, or bytes. `pureText` runs everywhere; an endpoint passes its natives.
 */
import { isUtf8 } from './utf8.ts';

/** How a connection turns bytes into text and back: a platform may do it faster. */
export interface TextPort {
  /** Whether the range is valid UTF-8 from its first byte to its last. */
  isValid(bytes: Uint8Array, start: number, end: number): boolean;
  /** Decodes a range that `isValid` accepted. A byte order mark is a character like any other (§5.6). */
  decode(bytes: Uint8Array, start: number, end: number): string;
  /** Bytes that `write` will need. A lone surrogate counts as U+FFFD: three. */
  byteLength(text: string): number;
  /** Writes exactly `length` bytes, which is what `byteLength` gave for `text`. */
  write(text: string, into: Uint8Array, at: number, length: number): void;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Text without anything of the platform's: it runs everywhere. */
export const pureText: TextPort = {
  isValid: isUtf8,
  decode: (bytes, start, end) => decoder.decode(bytes.subarray(start, end)),
  byteLength(text) {
    let length = text.length;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x800) {
        // A surrogate pair is two units and four bytes; everything else up here is one unit and three.
        const paired = unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1));
        length += 2;
        i += paired ? 1 : 0;
      } else if (unit >= 0x80) {
        length += 1;
      }
    }
    return length;
  },
  write(text, into, at, length) {
    encoder.encodeInto(text, into.subarray(at, at + length));
  },
};

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
