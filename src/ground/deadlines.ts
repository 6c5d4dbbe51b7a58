/**
 * Named moments by which something must have happened.
 * In: names and times. Out: the earliest time, and the names whose time has come. Cannot fail.
 */

/** A fixed set of names, each with at most one moment. `Infinity` means: nothing is awaited. */
export class Deadlines<Name extends string> {
  /** The earliest of all moments, in the milliseconds of whoever sets them; `Infinity` when none is set. */
  earliestMs: number = Number.POSITIVE_INFINITY;
  // Undefined, not Infinity, for what is not awaited: a number has memory of its own, and ten thousand idle websockets await little.
  private readonly moments: Record<Name, number | undefined>;

  /** @param unset All names, for the shape: made in one piece it is smallest. */
  constructor(unset: Readonly<Record<Name, undefined>>) {
    this.moments = { ...unset };
  }

  set(name: Name, atMs: number): void {
    this.moments[name] = atMs === Number.POSITIVE_INFINITY ? undefined : atMs;
    this.settle();
  }

  clear(name: Name): void {
    this.set(name, Number.POSITIVE_INFINITY);
  }

  clearAll(): void {
    for (const name in this.moments) {
      this.moments[name] = undefined;
    }
    this.earliestMs = Number.POSITIVE_INFINITY;
  }

  isSet(name: Name): boolean {
    return this.moments[name] !== undefined;
  }

  isDue(name: Name, nowMs: number): boolean {
    const moment = this.moments[name];
    return moment !== undefined && moment <= nowMs;
  }

  private settle(): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const name in this.moments) {
      earliest = Math.min(earliest, this.moments[name] ?? Number.POSITIVE_INFINITY);
    }
    this.earliestMs = earliest;
  }
}
