/**
 * Whether a payload is handed on with the memory of its chunk, or is copied.
 * In: where it stands in the chunk. Out: yes or no. Cannot fail.
 */

/** A smaller payload is copied sooner than it is handed on. */
const handedOnBytes = 1024;

/**
 * It is large, and most of what is there. Nothing may follow it, for whoever is handed the memory may transfer it away.
 */
export function isWorthKeeping({ length }: Uint8Array, at: number, stop: number): boolean {
  return stop - at >= handedOnBytes && stop === length && 2 * (stop - at) >= length;
}
