/**
 * Messages as events of `text/event-stream`, which itself can carry neither bytes nor every text.
 * In: text or bytes. Out: lines of an event; and back, unchanged. Fails: what is no such event gives undefined.
 */
import { eventLines, type StreamEvent } from './event-stream.ts';

/** What an event stream would change: ends of lines, and halves of characters. */
const changed = /[\r\n]|\p{Surrogate}/u;

export function payloadLines(payload: string | Uint8Array): string {
  if (typeof payload !== 'string') {
    return eventLines('bytes', toBase64(payload));
  }
  return changed.test(payload)
    ? eventLines('quoted', JSON.stringify(payload))
    : eventLines('', payload);
}

/** Undefined: it is not one of those. */
export function payloadOf({ name, data }: StreamEvent): string | Uint8Array | undefined {
  try {
    if (name === 'quoted') {
      const text: unknown = JSON.parse(data);
      return typeof text === 'string' ? text : undefined;
    }
    return name === 'bytes' ? fromBase64(data) : name === '' ? data : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 4648 §4. */
export function toBase64(bytes: Uint8Array): string {
  let latin1 = '';
  for (const byte of bytes) {
    latin1 += String.fromCharCode(byte);
  }
  return btoa(latin1);
}

/** Throws at what is none. */
export function fromBase64(text: string): Uint8Array {
  const latin1 = atob(text);
  const bytes = new Uint8Array(latin1.length);
  for (let i = 0; i < latin1.length; i += 1) {
    bytes[i] = latin1.charCodeAt(i);
  }
  return bytes;
}
