/**
 * A corpus without what adds nothing: the fewest and shortest inputs, roughly, that reach all that the whole reaches.
 * In: inputs of one target. Out: some of them. Cannot fail.
 */
import type { Target } from './targets/target.ts';

/** Short inputs first: each stays only if it reaches a counter that no shorter one reached. */
export function minimised(
  target: Target,
  counters: Uint32Array,
  corpus: readonly Uint8Array[],
): Uint8Array[] {
  const reached = new Uint8Array(counters.length);
  return corpus
    .toSorted((one, other) => one.length - other.length)
    .filter((input) => {
      counters.fill(0);
      target.run(input);
      let adds = false;
      for (let i = 0; i < counters.length; i += 1) {
        const isMore = counters[i]! > 0 && reached[i] === 0;
        reached[i]! |= isMore ? 1 : 0;
        adds ||= isMore;
      }
      return adds;
    });
}
