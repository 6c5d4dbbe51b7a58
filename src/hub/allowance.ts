/**
 * So many in a second, and as many at once: an allowance that fills with time.
 * In: a rate and the time. Out: whether one more may be. Cannot fail.
 */

export class Allowance {
  private readonly perSecond: number;
  private left: number;
  private atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.perSecond = perSecond;
    this.left = perSecond;
    this.atMs = nowMs;
  }

  take(nowMs: number): boolean {
    const earned = ((nowMs - this.atMs) / 1_000) * this.perSecond;
    // Infinity times no time at all is no number.
    this.left = Math.min(this.perSecond, this.left + (Number.isNaN(earned) ? 0 : earned));
    this.atMs = nowMs;
    if (this.left < 1) {
      return false;
    }
    this.left -= 1;
    return true;
  }
}
