/**
 * How long to wait before trying again: full jitter under an exponential ceiling, so that a thousand clients that lost
 * one server do not come back as one.
 * In: how often it failed, and chance. Out: a delay. Cannot fail.
 */

/** How gently clients come back: the delay is a random share of a ceiling that grows. */
export interface BackoffOptions {
  /** Ceiling of the first delay, in milliseconds. @default 500 */
  readonly firstMs?: number;
  /** Ceiling of every delay, in milliseconds. Too low and a returning server is flooded. @default 20_000 */
  readonly maxMs?: number;
  /** By what the ceiling grows with each failure. @default 2 */
  readonly factor?: number;
}
export const backoffDefaults: Required<BackoffOptions> = {
  firstMs: 500,
  maxMs: 20_000,
  factor: 2,
};

/**
 * Milliseconds to wait before attempt number `attempt` (0 is the first retry).
 * `random` gives a number from 0 up to, not including, 1.
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  options: Required<BackoffOptions>,
): number {
  // A hundred steps are past any ceiling, and a number that stays finite.
  const grown = options.firstMs * options.factor ** Math.min(attempt, 100);
  return random() * Math.min(options.maxMs, grown);
}
