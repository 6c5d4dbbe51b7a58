/**
 * How much leaves in one write.
 * In: what is owed. Out: bytes of a piece, or a number of pieces. Cannot fail.
 */

/** Larger pieces leave in slices, so that progress is seen while they do. */
const fastBytes = 262_144;
/** And in smaller ones to a line that does not take them at once: a slow link must be seen to move. */
const slowBytes = 32_768;

/** The most of one piece, in bytes. */
export function sliceBytes(isSlow: boolean): number {
  return isSlow ? slowBytes : fastBytes;
}

/** How many of the pieces, from the first on, have together no more than `maxBytes`; one at least. There is one. */
export function countInOne(pieces: readonly Uint8Array[], maxBytes: number): number {
  let bytes = pieces[0]!.length;
  let count = 1;
  while (count < pieces.length && bytes + pieces[count]!.length <= maxBytes) {
    bytes += pieces[count]!.length;
    count += 1;
  }
  return count;
}
