/**
 * Chance from a number, so that a run can be repeated: xorshift128 (Marsaglia, 2003).
 * In: a seed. Out: numbers, the same ones for the same seed. Cannot fail.
 */

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed Any number; only its lowest 32 bits count. */
  constructor(seed: number) {
    // Never all zero, whatever the seed: a generator of this kind would stay there.
    this.a = seed | 0;
    this.b = 0x9e3779b9 | 0;
    this.c = 0x243f6a88;
    this.d = 0x7f4a7c15;
    // Neighbouring seeds begin alike; after a few steps they have nothing in common.
    for (let i = 0; i < 16; i += 1) {
      this.next();
    }
  }

  /** A whole number from 0 up to, not including, 2^32. */
  next(): number {
    const first = this.a ^ (this.a << 11);
    this.a = this.b;
    this.b = this.c;
    this.c = this.d;
    this.d = this.d ^ (this.d >>> 19) ^ first ^ (first >>> 8);
    return this.d >>> 0;
  }

  /** A whole number from 0 up to, not including, `end`, which is at least 1. */
  below(end: number): number {
    return this.next() % end;
  }

  /** A whole number from `least` to `most`, small ones far more often. */
  small(least: number, most: number): number {
    const range = most - least + 1;
    return least + this.below(1 + this.below(range));
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) {
      bytes[i] = this.next() >>> 24;
    }
    return bytes;
  }
}

/** A number that depends on every byte (FNV-1a). Chance that has to be the same for the same input begins with it. */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i += 1) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  }
  return hash >>> 0;
}
