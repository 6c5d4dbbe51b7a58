/**
 * Claims: who holds what, across nodes. Compare-and-set on small values that end by themselves. Sessions, calls and nodes are claimed.
 * Time is the broker's own. What cannot be reached rejects with a `BrokerError`: then it may have been done or not.
 */

/** What somebody holds, for as long as the lease lasts. */
export interface Claim {
  /** At most 16,384 characters. */
  readonly value: string;
  /** Another for each change: opaque. */
  readonly revision: string;
}

/** What is replaced, and for how long the new value holds. */
export interface PutOptions {
  /** The revision that is replaced; undefined: only where nothing is claimed. */
  readonly expect: string | undefined;
  /** When it ends, unless it is put or renewed before, in milliseconds. */
  readonly leaseMs: number;
}

/** The new revision; or, when it was not as expected, what is there. */
export type Put =
  | { readonly done: true; readonly revision: string }
  | { readonly done: false; readonly found: Claim | undefined };

/** Who holds what across nodes: values by key, each with a lease, changed only by whoever knows the present revision. */
export interface Claims {
  get(key: string): Promise<Claim | undefined>;
  /** One atomic step. Of any number of rivals that expect the same exactly one succeeds. */
  put(key: string, value: string, options: PutOptions): Promise<Put>;
  /** Makes the lease begin anew. False: it is not held with that revision. */
  renew(key: string, revision: string, leaseMs: number): Promise<boolean>;
  /** False: it was not held with that revision. */
  release(key: string, revision: string): Promise<boolean>;
}
