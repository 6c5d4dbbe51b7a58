/**
 * The machine's own time, for whoever gives no other.
 * In: nothing. Out: milliseconds that never go back. Cannot fail: every runtime that we name has it.
 */

declare const performance: { now(): number };

export function machineNowMs(): number {
  return performance.now();
}
