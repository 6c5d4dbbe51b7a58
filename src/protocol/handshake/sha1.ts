/**
 * SHA-1, for the one place where the protocol asks for it (RFC 6455 §4.2.2, FIPS 180-4). It keeps no secret: it shows that
 * the answer was made by a WebSocket server.
 * In: Latin-1 text. Out: twenty bytes. Cannot fail.
 */
export function sha1(latin1: string): Uint8Array {
  const words = pad(latin1);
  const hash = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const schedule = new Int32Array(80);
  for (let block = 0; block < words.length; block += 16) {
    for (let i = 0; i < 80; i += 1) {
      schedule[i] =
        i < 16
          ? words[block + i]!
          : rotate(schedule[i - 3]! ^ schedule[i - 8]! ^ schedule[i - 14]! ^ schedule[i - 16]!, 1);
    }
    round(hash, schedule);
  }
  const digest = new Uint8Array(20);
  for (let i = 0; i < 20; i += 1) {
    digest[i] = hash[i >> 2]! >>> (24 - (i & 3) * 8);
  }
  return digest;
}

function round(hash: Int32Array, schedule: Int32Array): void {
  let [a, b, c, d, e] = hash as unknown as [number, number, number, number, number];
  for (let i = 0; i < 80; i += 1) {
    const mixed = (rotate(a, 5) + mix(i, b, c, d) + e + schedule[i]!) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = mixed;
  }
  // Int32Array wraps each sum to 32 bits.
  hash[0]! += a;
  hash[1]! += b;
  hash[2]! += c;
  hash[3]! += d;
  hash[4]! += e;
}

function mix(i: number, b: number, c: number, d: number): number {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The text, a one bit, zeros, and the length in bits, as big-endian words in whole blocks of sixteen. */
function pad(latin1: string): Int32Array {
  const words = new Int32Array(((latin1.length + 8) >> 6) * 16 + 16);
  for (let i = 0; i < latin1.length; i += 1) {
    words[i >> 2]! |= latin1.charCodeAt(i) << (24 - (i & 3) * 8);
  }
  words[latin1.length >> 2]! |= 0x80 << (24 - (latin1.length & 3) * 8);
  words[words.length - 1] = latin1.length * 8;
  return words;
}
