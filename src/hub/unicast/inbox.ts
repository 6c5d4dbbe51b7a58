/**
 * A user's inbox: a logged channel of the hub's own, named by the user (THREATS D15: no two users have one name).
 * In: a user's name, any string. Out: the name of a channel. Cannot fail.
 */
import { sha256 } from '../sha256.ts';

/** Most bytes of a name that stands for itself: 160 characters of the 200 that a channel may have. */
const mostPlain = 100;
const alphabet = '0123456789abcdefghijklmnopqrstuv';

/**
 * Short names are spelled out in base32hex (RFC 4648 §7), and can be read back; of others there is a SHA-256. The letter before says which, so
 * that neither can pass for the other.
 */
export function inboxOf(user: string): string {
  const bytes = new TextEncoder().encode(user);
  // What has no UTF-8, such as half a surrogate pair, comes back as something else: it must not share the name of that.
  const isPlain = bytes.length <= mostPlain && new TextDecoder().decode(bytes) === user;
  return isPlain ? `~user:b.${base32hex(bytes)}` : `~user:h.${base32hex(sha256(unitsOf(user)))}`;
}

/** The units of UTF-16, high byte first: every string has its own. */
function unitsOf(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i += 1) {
    view.setUint16(i * 2, text.charCodeAt(i));
  }
  return new Uint8Array(view.buffer);
}

function base32hex(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >>> bits) & 31]!;
    }
    held &= 31;
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31]!;
}
