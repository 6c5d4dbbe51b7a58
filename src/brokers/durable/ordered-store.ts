/**
 * The store under the durable engine, by shape: keys in the order of their bytes, batches that happen whole or not at all. An instance of
 * `classic-level` 3 has it. Whoever opened the store closes it, after the engine has stopped.
 */

/** How keys and values travel: said with every call, whatever the store was opened with. */
export interface StoreEncodings {
  readonly keyEncoding: 'utf8';
  readonly valueEncoding: 'view';
}

/** One change of a batch. */
export type StoreOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string };

/** From `gte` on, that one included, to before `lt`; `limit` at the most; from the end when `reverse` says so. */
export interface StoreRange {
  readonly gte: string;
  readonly lt: string;
  readonly limit: number;
  readonly reverse?: boolean;
}

/**
 * What the broker asks of the store below it: keys in order, and batches that are written whole or not at all. `classic-level` has it.
 */
export interface OrderedStore {
  get(key: string, options: StoreEncodings): Promise<Uint8Array | undefined>;
  /** With `sync` it resolves when no loss of power can undo it. Rejected, it may have happened or not, but not in part. */
  batch(
    operations: StoreOperation[],
    options: StoreEncodings & { sync: boolean },
  ): Promise<unknown>;
  iterator(options: StoreEncodings & StoreRange): { all(): Promise<[string, Uint8Array][]> };
  /**
   * With `open`: called after a batch that failed, so that what comes next stands behind nothing that is half written. LevelDB would refuse
   * all further batches, or write behind it.
   */
  close?(): Promise<unknown>;
  open?(): Promise<unknown>;
}

export const encodings: StoreEncodings = { keyEncoding: 'utf8', valueEncoding: 'view' };
