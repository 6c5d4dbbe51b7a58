/**
 * Keeps V8 from collecting all of its heap where it need only have collected what is new.
 * In: how many bytes outside of the heap a turn has caused. Out: nothing. Cannot fail.
 *
 * A message's payload is memory outside of the heap, which V8 from version 13 on counts as if it were old, even where its owner has just
 * been made and is dropped again. Since there is hardly any garbage besides, the space for new objects does not fill, nobody
 * collects it, and the bytes outside add up until the whole heap is collected: at 16 KiB a message that was a quarter of all time. So
 * new objects are made in proportion. Decision 13 has the figures.
 */

/** Smaller chunks bring enough objects with them. */
export const pacedBytes = 1024;
/** One byte of new object for as many outside. */
const bytesOutsidePerByte = 4;
const bytesPerElement = 8;
/** Larger arrays would be made among the old objects at once. */
const maxElements = 8192;

const isNeeded = Number.parseInt(process.versions.v8, 10) >= 13;
/** The latest, so that making it cannot be left out as useless. */
export let filler: unknown[] = [];

export const paceCollector: (bytesOutside: number) => void = isNeeded ? makeGarbage : () => {};

function makeGarbage(bytesOutside: number): void {
  const elements = Math.min(bytesOutside / (bytesOutsidePerByte * bytesPerElement), maxElements);
  // Not filled: to be there is all that it has to do.
  filler = [];
  filler.length = Math.trunc(elements);
}
