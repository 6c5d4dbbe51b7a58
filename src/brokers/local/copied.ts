/**
 * What engines have in common whose nodes share a process: what a caller gives to be kept or passed on is copied, so that what it does to
 * its own object later changes nothing.
 * In: a JSON value, or bytes. Out: a copy, and its length. Fails: with the TypeError of JSON, or ours for what JSON leaves out.
 */
import { copyOf } from '../../ground/bytes.ts';

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
    throw new TypeError('what is kept or sent must be a JSON value, or bytes');
  }
  return { data: JSON.parse(json) as unknown, length: json.length };
}
