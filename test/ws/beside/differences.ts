/** What we mean to do otherwise than ws, scenario by scenario: what happens there, and what happens here. */

export interface Difference {
  /** Completes the sentence “…, but …”. */
  readonly why: string;
  readonly ws: Readonly<Record<string, readonly string[]>>;
  readonly ours: Readonly<Record<string, readonly string[]>>;
}

export const differences: Readonly<Record<string, Difference>> = {};
