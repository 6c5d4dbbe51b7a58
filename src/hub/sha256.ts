/**
 * SHA-256 (FIPS 180-4), at once: the platform's own answers later, and what comes in order must stay in order.
 * In: bytes, or text as UTF-8. Out: 32 bytes, or 64 characters of hexadecimal. Cannot fail.
 */
import { toHex } from '../ground/bytes.ts';

const roundWords = firstBitsOf(cubeRootOf, 64);
const startWords = firstBitsOf(Math.sqrt, 8);
const blockBytes = 64;

export function digest(content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return toHex(sha256(bytes));
}

export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = Uint32Array.from(startWords);
  const schedule = new Uint32Array(64);
  const whole = bytes.length - (bytes.length % blockBytes);
  for (let from = 0; from < whole; from += blockBytes) {
    mix(state, schedule, bytes, from);
  }
  const tail = tailOf(bytes, whole);
  for (let from = 0; from < tail.length; from += blockBytes) {
    mix(state, schedule, tail, from);
  }
  const view = new DataView(new ArrayBuffer(32));
  for (const [i, word] of state.entries()) {
    view.setUint32(i * 4, word);
  }
  return new Uint8Array(view.buffer);
}

/** §5.1.1: what is left, a one, zeros, and the length in bits. */
function tailOf(bytes: Uint8Array, from: number): Uint8Array {
  const left = bytes.length - from;
  const tail = new Uint8Array(left + 9 > blockBytes ? blockBytes * 2 : blockBytes);
  tail.set(bytes.subarray(from));
  tail[left] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(tail.length - 4, (bytes.length % 2 ** 29) * 8);
  return tail;
}

/** §6.2.2: one block into the state. */
function mix(state: Uint32Array, schedule: Uint32Array, bytes: Uint8Array, from: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, blockBytes);
  for (let i = 0; i < 16; i += 1) {
    schedule[i] = view.getUint32(i * 4);
  }
  for (let i = 16; i < 64; i += 1) {
    const early = schedule[i - 15]!;
    const late = schedule[i - 2]!;
    const one = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const other = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    schedule[i] = schedule[i - 16]! + one + schedule[i - 7]! + other;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
  for (let i = 0; i < 64; i += 1) {
    const high = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const one = (h + high + chosen + roundWords[i]! + schedule[i]!) | 0;
    const low = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const most = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + low + most) | 0;
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) {
    state[i]! += word;
  }
}

type Eight = [number, number, number, number, number, number, number, number];

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** §4.2.2, §5.3.3: the first 32 bits of the fraction of a root of each of the first primes. */
function firstBitsOf(root: (prime: number) => number, count: number): number[] {
  const words: number[] = [];
  for (let candidate = 2; words.length < count; candidate += 1) {
    if (isPrime(candidate)) {
      words.push(Math.floor((root(candidate) % 1) * 2 ** 32));
    }
  }
  return words;
}

/** Once more by Newton: engines may differ in the last bits of `Math.cbrt`, and the fraction must be right to 32. */
function cubeRootOf(prime: number): number {
  const near = Math.cbrt(prime);
  return near - (near * near * near - prime) / (3 * near * near);
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
    if (candidate % divisor === 0) {
      return false;
    }
  }
  return true;
}
