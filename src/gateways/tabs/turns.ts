/**
 * Whose turn it is on a pipe that many share: each of those who have something to say says one thing, and again.
 * In: strands with something to say. Out: their frames, as the pipe takes them. Cannot fail.
 */
import { Shared } from '../../ground/shared.ts';
import type { Payload, Pipe } from '../../ports/index.ts';
import type { Strand } from './strand.ts';

export class Turns {
  private readonly pipe: Pipe;
  private readonly windowBytes: number;
  /** In the order of their turns. */
  private readonly waiting = new Set<Strand>();
  private isResting = false;
  private hasEnded = false;

  constructor(pipe: Pipe, windowBytes: number) {
    this.pipe = pipe;
    this.windowBytes = windowBytes;
  }

  wait(strand: Strand): void {
    if (!this.hasEnded) {
      this.waiting.add(strand);
      this.go();
    }
  }

  leave(strand: Strand): void {
    this.waiting.delete(strand);
  }

  end(): void {
    this.hasEnded = true;
    this.waiting.clear();
  }

  private go(): void {
    while (!this.isResting && this.waiting.size > 0) {
      if (this.pipe.bufferedBytes < this.windowBytes) {
        this.next();
      } else {
        this.isResting = true;
        // One at least goes each time: what the pipe calls drained may be more than our window.
        void this.pipe.drained().then(() => {
          this.isResting = false;
          this.next();
          this.go();
        });
      }
    }
  }

  private next(): void {
    for (const strand of this.waiting) {
      this.waiting.delete(strand);
      const frame = strand.take();
      if (strand.hasMore) {
        this.waiting.add(strand);
      }
      this.pipe.send(new Shared<Payload>(frame));
      return;
    }
  }
}
