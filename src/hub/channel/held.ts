/**
 * What is announced while the log is read, kept until the reading is done.
 * In: entries. Out: the same, in order, as long as they are few: when there are more, none, and the log is read again. Cannot fail.
 */
import { type Entry, heldBytes } from './entry.ts';

export interface HeldLimits {
  /** Entries. */
  readonly replayBuffer: number;
  /** Bytes. */
  readonly maxOutletBytes: number;
}

export class Held {
  /** Something is missing here: only the log has it. */
  isIncomplete = false;
  private readonly limits: HeldLimits;
  private isHolding = false;
  private held: Entry[] = [];
  private bytes = 0;

  constructor(limits: HeldLimits) {
    this.limits = limits;
  }

  get entries(): readonly Entry[] {
    return this.held;
  }

  /** What was announced before a read begins is in the log that it reads. */
  begin(): void {
    this.letGo();
    this.isIncomplete = false;
    this.isHolding = true;
  }

  add(entry: Entry): void {
    if (!this.isHolding) {
      return;
    }
    this.bytes += heldBytes(entry);
    if (this.held.length < this.limits.replayBuffer && this.bytes <= this.limits.maxOutletBytes) {
      this.held.push(entry);
    } else {
      this.letGo();
      this.isIncomplete = true;
    }
  }

  end(): void {
    this.isHolding = false;
    this.letGo();
  }

  private letGo(): void {
    this.held = [];
    this.bytes = 0;
  }
}
