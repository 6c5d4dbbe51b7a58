/**
 * How many there are of each name. What there is none of is not remembered.
 * In: names, added and removed. Out: numbers. Cannot fail: what was added is what is removed.
 */

export class Counts {
  private readonly byName = new Map<string, number>();

  /** How many names there are. */
  get size(): number {
    return this.byName.size;
  }

  of(name: string): number {
    return this.byName.get(name) ?? 0;
  }

  /** How many there are with this one. */
  add(name: string): number {
    const count = this.of(name) + 1;
    this.byName.set(name, count);
    return count;
  }

  /** How many are left. */
  remove(name: string): number {
    const left = this.of(name) - 1;
    if (left > 0) {
      this.byName.set(name, left);
    } else {
      this.byName.delete(name);
    }
    return left;
  }
}
