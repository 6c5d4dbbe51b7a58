/**
 * What the fuzzer runs: something with promises that bytes might break.
 * In: an input, which is any bytes at all. Out: nothing. Fails: by throwing, when a promise is broken; the same input always
 * gives the same answer.
 */
import type { Random } from '../random.ts';

export interface Target {
  readonly name: string;
  run(input: Uint8Array): void;
  /** Byte sequences that mean something here, to be put into inputs. */
  readonly words: readonly Uint8Array[];
  /** Changes an input by what it stands for: a frame more, a call less. Absent: inputs are bytes and no more. */
  readonly reshape?: (input: Uint8Array, random: Random) => Uint8Array;
  /** Most bytes of an input. */
  readonly maxBytes: number;
  /** Most steps (counted statements and branches) per byte of input, and for none: what is beyond that is not linear. */
  readonly stepsPerByte: number;
  readonly stepsAtLeast: number;
}

/** A promise was broken. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Fails with `promise`, which is a sentence, unless it holds. `seen` is asked only then. */
export function hold(holds: boolean, promise: string, seen?: () => string): void {
  if (!holds) {
    throw new Finding(seen === undefined ? promise : `${promise}\n${seen()}`);
  }
}
