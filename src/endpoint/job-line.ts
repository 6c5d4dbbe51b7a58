/**
 * A line before work that only a few may do at once.
 * In: jobs. Out: their turn, in the order in which they came. A job that is taken back before its turn leaves the line.
 */

/** Begins a job; it calls `done` once, when another may begin. */
export type Job = (done: () => void) => void;

export class JobLine {
  private readonly most: number;
  private readonly waiting: Set<Job> = new Set();
  private running = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Gives how to take the job back: it does nothing once the job has begun. */
  enter(job: Job): () => void {
    this.waiting.add(job);
    this.admit();
    return () => void this.waiting.delete(job);
  }

  private admit(): void {
    for (const job of this.waiting) {
      if (this.running >= this.most) {
        return;
      }
      this.waiting.delete(job);
      this.running += 1;
      job(() => {
        this.running -= 1;
        this.admit();
      });
    }
  }
}
