/**
 * What may be published: any JSON value, up to a size.
 * In: a value. Out: its JSON text, and whether that is too long. Cannot fail: what has no JSON form is undefined.
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
