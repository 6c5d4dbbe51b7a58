/**
 * Messages that wait for each other, to leave in one write.
 * In: `hold` and `release`, as often as they are called. Out: a drive that keeps back what it is given. Cannot fail: whoever forgets
 * to release is released after a second.
 */
import { noSlot, type Sleeper } from './alarms.ts';
import type { Drive } from './drive.ts';
import type { Engine } from './engine.ts';

/** Longest time that something is held, in milliseconds. */
const longestMs = 1000;

export class Holding implements Sleeper {
  /** @internal Belongs to the alarms. */
  slot: number = noSlot;
  private readonly drive: Drive;
  private readonly engine: Engine;
  private count = 0;

  constructor(drive: Drive, engine: Engine) {
    this.drive = drive;
    this.engine = engine;
  }

  hold(): void {
    this.count += 1;
    if (this.count === 1) {
      this.drive.keepBack(true);
      this.engine.alarms.set(this, this.engine.nowMs() + longestMs);
    }
  }

  release(): void {
    if (this.count > 0) {
      this.count -= 1;
      if (this.count === 0) {
        this.end();
      }
    }
  }

  /** @internal From the alarms. */
  wake(): void {
    this.end();
  }

  /** Lets everything go. */
  end(): void {
    this.count = 0;
    this.engine.alarms.set(this, Number.POSITIVE_INFINITY);
    this.drive.keepBack(false);
  }
}
