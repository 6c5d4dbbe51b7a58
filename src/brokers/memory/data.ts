/**
 * What a caller gives to be kept or passed on is copied: what it does to its own object later changes nothing here.
 * In: a JSON value, or bytes. Out: a copy, and what it counts. Fails: with the TypeError of JSON, or ours for what JSON leaves out.
 */
import { copyOf } from '../../ground/bytes.ts';
import type { NewPublication } from '../../ports/index.ts';

/** What an entry counts beyond its texts and its data: ids, numbers, and the objects that hold them. */
export const entryChargeBytes = 200;

export interface Copied {
  readonly data: unknown;
  /** Of bytes their number, of anything else the length of its JSON. */
  readonly length: number;
}

export function copied(data: unknown): Copied {
  if (data instanceof Uint8Array) {
    return { data: copyOf(data), length: data.length };
  }
  const json = JSON.stringify(data) as string | undefined;
  if (json === undefined) {
    throw new TypeError('what is kept must be a JSON value or bytes');
  }
  return { data: JSON.parse(json) as unknown, length: json.length };
}

/** What an entry counts, with data of this length. */
export function chargeOf({ event, key }: NewPublication, dataLength: number): number {
  return dataLength + (event?.length ?? 0) + (key?.length ?? 0) + entryChargeBytes;
}
