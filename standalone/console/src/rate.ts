/**
 * How many things happened, second by second.
 * In: happenings, and the time. Out: the counts of the latest whole seconds, oldest first. Cannot fail.
 */
export class Rate {
  private readonly counts: number[];
  private second: number;

  /** @param seconds How many seconds are remembered. */
  constructor(seconds: number, nowMs: number) {
    this.counts = Array.from({ length: seconds + 1 }, () => 0);
    this.second = Math.floor(nowMs / 1000);
  }

  add(nowMs: number): void {
    this.moveTo(nowMs);
    this.counts[this.counts.length - 1]! += 1;
  }

  /** One count per second; the second that is under way is left out. */
  read(nowMs: number): readonly number[] {
    this.moveTo(nowMs);
    return this.counts.slice(0, -1);
  }

  private moveTo(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const steps = Math.min(second - this.second, this.counts.length);
    for (let i = 0; i < steps; i += 1) {
      this.counts.shift();
      this.counts.push(0);
    }
    this.second = Math.max(this.second, second);
  }
}
