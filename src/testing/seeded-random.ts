/**
 * Chance from a number, so that a run can be repeated: mulberry32.
 * In: a seed. Out: numbers, the same ones for the same seed. Cannot fail.
 */

/**
 * A function that gives numbers from 0 up to, not including, 1. Not for secrets.
 * @param seed Any number; only its lowest 32 bits count.
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
