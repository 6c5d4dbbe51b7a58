/**
 * Bytes as text, for messages that are JSON (RFC 4648 §4).
 * In: bytes, or text from outside. Out: text, or bytes. Text that is no base64 gives undefined.
 */

/** At once, so that no call has too many arguments. */
const stretch = 8_192;

/** Bytes as base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  let latin1 = '';
  for (let at = 0; at < bytes.length; at += stretch) {
    latin1 += String.fromCharCode(...bytes.subarray(at, at + stretch));
  }
  return btoa(latin1);
}

/** With padding, and with nothing in between: `atob` would take spaces and leave out the padding. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return undefined;
  }
  const latin1 = atob(text);
  const bytes = new Uint8Array(latin1.length);
  for (let at = 0; at < latin1.length; at += 1) {
    bytes[at] = latin1.charCodeAt(at);
  }
  return bytes;
}
