/**
 * The key of a handshake and the answer to it (RFC 6455 §4.1 item 7, §4.2.2 item 5.4).
 * In: random bytes, or a key. Out: header values. Cannot fail.
 */
import type { RandomBytes } from '../frame/mask-keys.ts';
import { sha1 } from './sha1.ts';

/** A new key: sixteen random bytes in base64. */
export function makeKey(random: RandomBytes): string {
  const nonce = new Uint8Array(16);
  random(nonce);
  return toBase64(nonce);
}

/** Whether `key` is the base64 of sixteen bytes: 22 digits of which the last has four bits of nothing, and two `=`. */
export function isKey(key: string): boolean {
  if (key.length !== 24 || key.charCodeAt(22) !== equals || key.charCodeAt(23) !== equals) {
    return false;
  }
  for (let i = 0; i < 22; i += 1) {
    if (!isBase64Digit(key.charCodeAt(i))) {
      return false;
    }
  }
  return true;
}

/**
 * What a server answers to `key` in `Sec-WebSocket-Accept`.
 * @param hash SHA-1 of Latin-1 text, in base64: a platform may have a faster one.
 */
export function acceptFor(key: string, hash: (latin1: string) => string = pureSha1): string {
  return hash(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
}

function pureSha1(latin1: string): string {
  return toBase64(sha1(latin1));
}

const equals = 0x3d;

function isBase64Digit(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isDigit || isLetter || code === 0x2b || code === 0x2f;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
