/**
 * The body that carries messages up: a JSON array of the number of the first message, then the messages, each a string, or an object
 * whose `bytes` are base64.
 * In: text of a peer. Out: the messages. Fails: what is no such array, or holds too many, is found before anything is made of it
 * (THREATS D4).
 */
import type { Payload } from '../ports/index.ts';

/** As it travels, between nodes, too. */
export type Parcel = string | { readonly bytes: string };

export interface Batch {
  /** From 1. */
  readonly from: number;
  readonly messages: readonly Parcel[];
}

/** What went wrong is a sentence. */
export function readBatch(text: string, maxBatch: number): Batch | { readonly problem: string } {
  if (!isFlat(text, maxBatch)) {
    return { problem: `a body is one array of a number and at most ${maxBatch} strings` };
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return { problem: 'the body is not JSON' };
  }
  if (!Array.isArray(values)) {
    return { problem: 'a body is an array' };
  }
  const [from, ...messages] = values as readonly unknown[];
  if (!Number.isSafeInteger(from) || (from as number) < 1) {
    return { problem: 'the array begins with the number of its first message' };
  }
  return messages.every(isParcel)
    ? { from: from as number, messages }
    : { problem: 'messages are strings, or bytes in base64' };
}

export function payloadIn(parcel: Parcel): Payload {
  return typeof parcel === 'string' ? parcel : Buffer.from(parcel.bytes, 'base64');
}

function isParcel(value: unknown): value is Parcel {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string';
  }
  const { bytes } = value as { bytes?: unknown };
  return (
    typeof bytes === 'string' && bytes.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bytes)
  );
}

/** No array within the array, no object within an object, and no more commas than messages are allowed. Looks at each character once. */
function isFlat(text: string, maxBatch: number): boolean {
  let commas = 0;
  let brackets = 0;
  let braces = 0;
  let isWithin = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isWithin) {
      at += char === '\\' ? 1 : 0;
      isWithin = char !== '"';
    } else if (char === '"') {
      isWithin = true;
    } else if (char === '[') {
      brackets += 1;
    } else if (char === '{') {
      braces += 1;
    } else if (char === '}') {
      braces -= 1;
    } else if (char === ',') {
      commas += 1;
    }
    if (brackets > 1 || braces > 1 || commas > maxBatch) {
      return false;
    }
  }
  return true;
}
