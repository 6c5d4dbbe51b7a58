/**
 * Replies awaited by number, each with a deadline.
 * In: numbers and answers. Out: promises. Fails: with what the caller passes to `reject`, or with the error that
 * `onLate` makes when the time is over; a full table refuses at once.
 */
import type { Cancel, Clock } from './clock.ts';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: Cancel;
}

/** A bounded table of promises. Numbers are handed out here, grow by one and are never used again. */
export class Pending<Answer> {
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private readonly clock: Clock;
  private readonly most: number;
  private last = 0;

  /** @param most How many may wait at once. */
  constructor(clock: Clock, most: number) {
    this.clock = clock;
    this.most = most;
  }

  get size(): number {
    return this.waiting.size;
  }

  get isFull(): boolean {
    return this.waiting.size >= this.most;
  }

  /** The caller asks `isFull` first: a table beyond its bound is the caller's mistake. */
  add(withinMs: number, onLate: () => Error): { id: number; answer: Promise<Answer> } {
    if (this.isFull) {
      throw new RangeError(`${this.most} replies are awaited already`);
    }
    this.last += 1;
    const id = this.last;
    const answer = new Promise<Answer>((resolve, reject) => {
      const cancel = this.clock.after(withinMs, () => {
        this.waiting.delete(id);
        reject(onLate());
      });
      this.waiting.set(id, { resolve, reject, cancel });
    });
    return { id, answer };
  }

  /** False when nobody waits for `id`: it came too late, or was never asked. */
  resolve(id: number, answer: Answer): boolean {
    const waiting = this.take(id);
    waiting?.resolve(answer);
    return waiting !== undefined;
  }

  reject(id: number, error: Error): boolean {
    const waiting = this.take(id);
    waiting?.reject(error);
    return waiting !== undefined;
  }

  rejectAll(error: () => Error): void {
    for (const id of this.waiting.keys()) {
      this.reject(id, error());
    }
  }

  private take(id: number): Waiting<Answer> | undefined {
    const waiting = this.waiting.get(id);
    if (waiting !== undefined) {
      this.waiting.delete(id);
      waiting.cancel();
    }
    return waiting;
  }
}
