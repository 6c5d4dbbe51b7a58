/**
 * A parameter as a segment of a channel's name, and back.
 * In: any text. Out: letters, digits, `-`, `_` and `.` as they are; of everything else each byte of UTF-8 as `=` and two hexadecimal digits,
 * upper case (as in RFC 2045 §6.7, because `%` may not stand in the name of a channel). Two texts never give one segment, and a segment is
 * decoded only from what encoding gives. Fails: undefined, for text that cannot be written, and segments that nothing is written as.
 * Source: RFC 3986 §2.3 for what stays; without `~`, which is the hub's mark.
 */

const plain = /^[A-Za-z0-9\-_.]+$/;
const encoded = /^(?:[A-Za-z0-9\-_.]|=[0-9A-F]{2})+$/;
/** Half of a surrogate pair: UTF-8 has no bytes for it. */
const halfPair = /\p{Surrogate}/u;

/** Undefined for what is empty, and for half of a surrogate pair. */
export function encodeParam(text: string): string | undefined {
  if (plain.test(text)) {
    return text;
  }
  if (text === '' || halfPair.test(text)) {
    return undefined;
  }
  let segment = '';
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    segment += plain.test(character)
      ? character
      : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return segment;
}

export function decodeParam(segment: string): string | undefined {
  if (plain.test(segment)) {
    return segment;
  }
  const text = encoded.test(segment) ? fromBytes(segment) : undefined;
  // What is written in another way than ours (a letter as its bytes, say) would be a second name of the same channel.
  return text !== undefined && encodeParam(text) === segment ? text : undefined;
}

function fromBytes(segment: string): string | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < segment.length; at += 1) {
    if (segment[at] === '=') {
      bytes.push(Number.parseInt(segment.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(segment.charCodeAt(at));
    }
  }
  try {
    // A byte order mark is a character like any other.
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
