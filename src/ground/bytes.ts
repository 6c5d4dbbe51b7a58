/**
 * Plain work on bytes that more than one room needs.
 * In: arrays of bytes. Out: new arrays, or a yes or no. Cannot fail.
 */

/** One array that holds a copy of all of `parts`, in order. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) {
    length += part.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A copy of a range. Not by `slice`: that of a Buffer of Node gives a view, which goes on changing with what it is a view of, and keeps
 * all of it alive.
 */
export function copyOf(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Whether two arrays hold the same bytes. Not for secrets: the time taken depends on the content. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) {
    return false;
  }
  for (let i = 0; i < one.length; i += 1) {
    if (one[i] !== other[i]) {
      return false;
    }
  }
  return true;
}

/** Two digits for each byte, small letters. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
