/**
 * Inputs from inputs: a few small changes at a time, each of them drawn from a seed.
 * In: an input, another one to borrow from, words that mean something. Out: a new input, never the same array. Cannot fail.
 */
import type { Random } from './random.ts';

export interface MutateOptions {
  readonly words: readonly Uint8Array[];
  /** Most bytes of what comes out. */
  readonly maxBytes: number;
}

type Change = (
  bytes: Uint8Array,
  random: Random,
  other: Uint8Array,
  words: readonly Uint8Array[],
) => Uint8Array;

/** Makes one to four changes to a copy of `input`. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  random: Random,
  { words, maxBytes }: MutateOptions,
): Uint8Array {
  let bytes = input.slice();
  for (let left = random.small(1, 4); left > 0; left -= 1) {
    bytes = random.pick(changes)(bytes, random, other, words).slice(0, maxBytes);
  }
  return bytes;
}

/** `bytes` with `removed` of them at `at` replaced. */
export function splice(
  bytes: Uint8Array,
  at: number,
  removed: number,
  inserted: Uint8Array,
): Uint8Array {
  const whole = new Uint8Array(bytes.length - removed + inserted.length);
  whole.set(bytes.subarray(0, at));
  whole.set(inserted, at);
  whole.set(bytes.subarray(at + removed), at + inserted.length);
  return whole;
}

const nothing = new Uint8Array(0);
const edges: readonly number[] = [0, 1, 125, 126, 127, 128, 254, 255];

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0) {
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  }
  return bytes;
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0) {
    bytes[random.below(bytes.length)] = random.once(2) ? random.pick(edges) : random.below(256);
  }
  return bytes;
}

function addToByte(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length > 0) {
    bytes[random.below(bytes.length)]! += random.below(2) * 2 - 1;
  }
  return bytes;
}

function insertBytes(bytes: Uint8Array, random: Random): Uint8Array {
  return splice(bytes, random.below(bytes.length + 1), 0, random.bytes(random.small(1, 16)));
}

/** Many of one byte: the shortest way to a length that matters. */
function insertRun(bytes: Uint8Array, random: Random): Uint8Array {
  const run = new Uint8Array(random.small(1, 300)).fill(random.below(256));
  return splice(bytes, random.below(bytes.length + 1), 0, run);
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return splice(bytes, at, random.small(0, bytes.length - at), nothing);
}

function cutOff(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

/** A stretch of the input once more, in some other place or in place of something. */
function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  const stretch = bytes.slice(from, from + random.small(0, bytes.length - from));
  const at = random.below(bytes.length + 1);
  const removed = random.once(2) ? Math.min(stretch.length, bytes.length - at) : 0;
  return splice(bytes, at, removed, stretch);
}

function putWord(
  bytes: Uint8Array,
  random: Random,
  _other: Uint8Array,
  words: readonly Uint8Array[],
): Uint8Array {
  if (words.length === 0) {
    return bytes;
  }
  const word = random.pick(words);
  const at = random.below(bytes.length + 1);
  const removed = random.once(2) ? Math.min(word.length, bytes.length - at) : 0;
  return splice(bytes, at, removed, word);
}

/** The beginning of this one and the end of the other. */
function cross(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  return splice(bytes, at, bytes.length - at, other.subarray(random.below(other.length + 1)));
}

/** A stretch of the other in the middle of this one. */
function borrow(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const from = random.below(other.length + 1);
  const stretch = other.subarray(from, from + random.small(0, other.length - from));
  return splice(bytes, random.below(bytes.length + 1), 0, stretch);
}

/** A number of two, four or eight bytes, at or beside a power of two. */
function putNumber(bytes: Uint8Array, random: Random): Uint8Array {
  const size = random.pick([2, 4, 8]);
  const value = 2n ** BigInt(random.below(size * 8 + 1)) + BigInt(random.below(3) - 1);
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt.asUintN(64, value));
  const at = random.below(bytes.length + 1);
  return splice(bytes, at, Math.min(size, bytes.length - at), number.subarray(8 - size));
}

const changes: readonly Change[] = [
  flipBit,
  setByte,
  addToByte,
  insertBytes,
  insertRun,
  remove,
  cutOff,
  repeat,
  putWord,
  putWord,
  cross,
  borrow,
  putNumber,
];
