/**
 * What many runs say together.
 * In: figures of interleaved runs. Out: medians, ratios, and whether an aim was met. Cannot fail.
 */

export type Verdict = 'met' | 'missed' | 'too noisy' | 'too few runs';

export interface Comparison {
  /** Of the medians. */
  readonly ratio: number;
  /** Of the runs that stood next to each other, smallest first. */
  readonly pairs: readonly number[];
}

/** Below this many pairs nothing is judged. */
export const fewestPairs = 3;
/** Of the pairs, as much as may lie on the wrong side of an aim before it is too noisy to be sure. */
const strays = 0.25;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Undefined when one of the two was never measured. Runs that only one of them has are left out. */
export function compare(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): Comparison | undefined {
  const both = ours.flatMap((value, i) => {
    const other = theirs[i];
    return value === undefined || other === undefined ? [] : [[value, other] as const];
  });
  if (both.length === 0) {
    return undefined;
  }
  const ratio = median(both.map(([value]) => value)) / median(both.map(([, other]) => other));
  return { ratio, pairs: both.map(([value, other]) => value / other).sort((a, b) => a - b) };
}

/**
 * A median on one side of the aim while a quarter of the pairs lies on the other proves nothing; nor does one pair on the other side
 * when all of them scatter.
 */
export function judge(comparison: Comparison, atMost: number): Verdict {
  const { ratio, pairs } = comparison;
  if (pairs.length < fewestPairs) {
    return 'too few runs';
  }
  const isMet = ratio <= atMost;
  const astray = pairs.filter((pair) => pair <= atMost !== isMet).length / pairs.length;
  const isNoisy = astray >= strays || (astray > 0 && spread(comparison) > quietSpread);
  return isNoisy ? 'too noisy' : isMet ? 'met' : 'missed';
}

/** How far the middle half of the pairs is apart, in parts of their median. */
export function spread({ pairs }: Comparison): number {
  const quarter = Math.floor(pairs.length / 4);
  return (pairs[pairs.length - 1 - quarter]! - pairs[quarter]!) / median(pairs);
}

/** Above this, in the middle of all scenarios, the machine does something else as well. */
export const quietSpread = 0.15;

/** Whether a run is worth anything, by the spread of all its comparisons. */
export function isQuiet(comparisons: readonly Comparison[]): boolean {
  return comparisons.length > 0 && median(comparisons.map(spread)) <= quietSpread;
}
