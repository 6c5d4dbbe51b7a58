/**
 * What may be published: any JSON value, or bytes, up to a size.
 * In: a value. Out: its JSON text, its size, and whether that is too much. Cannot fail: what has no JSON form is undefined.
 */

export function jsonText(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch {
    // A circle, a BigInt, a toJSON that throws: it has no JSON form.
    return undefined;
  }
}

/** Whether `text` takes more than `most` bytes of UTF-8. Measured only when its length does not tell. */
export function isLonger(text: string, most: number): boolean {
  if (text.length > most) {
    return true;
  }
  // A unit of UTF-16 is three bytes of UTF-8 at the most.
  return text.length * 3 > most && new TextEncoder().encode(text).length > most;
}

/** Whether a client's data may not be taken: it has no form, or one of more than `most` bytes. */
export function isTooLarge(data: unknown, most: number): boolean {
  if (data instanceof Uint8Array) {
    return data.length > most;
  }
  const text = jsonText(data);
  return text === undefined || isLonger(text, most);
}

/** Bytes, or units of JSON text: near enough to bytes, for a bound. */
export function sizeOf(data: unknown): number {
  return data instanceof Uint8Array ? data.length : (jsonText(data)?.length ?? 0);
}
