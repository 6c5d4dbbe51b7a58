/**
 * How much somebody may ask for before it is too much: so much at once, and so much each second.
 * In: costs, and the time. Out: whether they are still within it. Cannot fail.
 */
export class Allowance {
  private readonly most: number;
  private readonly perSecond: number;
  private left: number;
  private atMs: number;

  constructor({ most, perSecond }: { most: number; perSecond: number }, nowMs: number) {
    this.most = most;
    this.perSecond = perSecond;
    this.left = most;
    this.atMs = nowMs;
  }

  /** False: it is used up. */
  spend(cost: number, nowMs: number): boolean {
    const earned = ((nowMs - this.atMs) / 1000) * this.perSecond;
    this.left = Math.min(this.most, this.left + earned) - cost;
    this.atMs = nowMs;
    return this.left >= 0;
  }
}
