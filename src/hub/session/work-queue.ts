/**
 * One thing after another.
 * In: work. Out: its result, when those before it are done. Fails as the work does; the next one begins nevertheless.
 */

export class WorkQueue {
  private last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
