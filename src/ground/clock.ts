/**
 * Time as an argument. Everything that waits is handed a `Clock`; below `endpoint` nobody reads the machine's own.
 * In: a number of milliseconds. Out: a call, later, once. Cannot fail.
 */

/** Undoes what is still to come. Calling it again, or too late, does nothing. */
export type Cancel = () => void;

/** The only source of time for a room that has no Node and no browser. */
export interface Clock {
  /** Milliseconds from a fixed, arbitrary point. Never goes back. Not the time of day. */
  nowMs(): number;
  /** Milliseconds since 1970, for stamps that people read. May jump: never subtract two of them. */
  wallMs(): number;
  /** Calls `run` once, `delayMs` or more from now. */
  after(delayMs: number, run: () => void): Cancel;
}
