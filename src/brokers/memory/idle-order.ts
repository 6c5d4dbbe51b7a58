/**
 * What has not been used for longest, found at once however many there are. (Walking a Map from its start is slow after many
 * deletions: it passes over every place that was emptied.)
 * In: things, as they are used. Out: the one that was used longest ago. Cannot fail.
 */

/** One thing that may stand in an `IdleOrder`; the fields belong to the order. */
export interface Idle<Self> {
  older: Self | undefined;
  newer: Self | undefined;
}

/** A chain from the one used longest ago to the one used last. Nothing stands in two orders. */
export class IdleOrder<Item extends Idle<Item>> {
  oldest: Item | undefined;
  private newest: Item | undefined;

  /** Puts an item that is not in the order behind all others. */
  add(item: Item): void {
    item.older = this.newest;
    item.newer = undefined;
    if (this.newest === undefined) {
      this.oldest = item;
    } else {
      this.newest.newer = item;
    }
    this.newest = item;
  }

  /** Takes out an item; one that is not in the order stays out. */
  remove(item: Item): void {
    if (item.older !== undefined) {
      item.older.newer = item.newer;
    } else if (this.oldest === item) {
      this.oldest = item.newer;
    }
    if (item.newer !== undefined) {
      item.newer.older = item.older;
    } else if (this.newest === item) {
      this.newest = item.older;
    }
    item.older = undefined;
    item.newer = undefined;
  }

  /** Forgets the order; what stood in it must not be used with it again. */
  clear(): void {
    this.oldest = undefined;
    this.newest = undefined;
  }
}
