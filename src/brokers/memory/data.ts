/**
 * What an entry in memory counts against its limits.
 * In: an entry, and the length of its data. Out: bytes, about. Cannot fail.
 */
import type { NewPublication } from '../../ports/index.ts';

/** What an entry counts beyond its texts and its data: ids, numbers, and the objects that hold them. */
export const entryChargeBytes = 200;

/** What an entry counts, with data of this length. */
export function chargeOf({ event, key }: NewPublication, dataLength: number): number {
  return dataLength + (event?.length ?? 0) + (key?.length ?? 0) + entryChargeBytes;
}
