/**
 * Orders that are carried out at this node: each once, however often it comes, and by whatever way.
 * In: orders, as the log and other nodes tell them. Out: the same, once. Cannot fail: what fails while one is carried out is told to the observer.
 */
import type { Clock } from '../../ground/clock.ts';
import type { Position } from '../../wire/index.ts';
import type { Notes } from '../notes.ts';
import type { Order } from './order.ts';
import type { Revoked } from './revoked.ts';

export interface CarryingOut {
  readonly clock: Clock;
  readonly notes: Pick<Notes, 'failed'>;
  readonly revoked: Revoked;
  /** For how long one may come again, in milliseconds. */
  readonly keepMs: number;
  /** Begins at once. */
  carryOut(order: Order): Promise<void>;
}

export interface One {
  readonly done: Promise<void>;
  readonly isDone: boolean;
  /** It had not come before. */
  readonly isNew: boolean;
}

interface Known {
  readonly done: Promise<void>;
  isDone: boolean;
  readonly untilMs: number;
}

/** Of which it is remembered that they were carried out. */
const mostRemembered = 10_000;

export class CarriedOut {
  private readonly needs: CarryingOut;
  private readonly most: number;
  /** What came first stands first. */
  private readonly byId = new Map<string, Known>();

  constructor(needs: CarryingOut, most: number = mostRemembered) {
    this.needs = needs;
    this.most = most;
  }

  /** Resolves when all that came are done. */
  async all(): Promise<void> {
    await Promise.all([...this.byId.values()].map(({ done }) => done));
  }

  /** @param at Where it stands in the log; undefined as long as that is not known. */
  take(order: Order, at: Position | undefined): One {
    const known = this.byId.get(order.id);
    if (known !== undefined) {
      this.settle(order, at);
      return { done: known.done, isDone: known.isDone, isNew: false };
    }
    const { done, isDone } = this.begin(order, at);
    return { done, isDone, isNew: true };
  }

  private begin(order: Order, at: Position | undefined): Known {
    const { clock, keepMs, notes, revoked } = this.needs;
    if (order.kind === 'revoke') {
      // Before: whoever is let in meanwhile is looked for there.
      revoked.add(order, at);
    }
    const done = this.needs.carryOut(order).catch(notes.failed);
    const one: Known = { done, isDone: false, untilMs: clock.nowMs() + keepMs };
    void done.then(() => {
      one.isDone = true;
    });
    this.byId.set(order.id, one);
    this.forgetOld();
    return one;
  }

  private settle(order: Order, at: Position | undefined): void {
    if (order.kind === 'revoke' && at !== undefined) {
      this.needs.revoked.settle(order, at);
    }
  }

  private forgetOld(): void {
    const nowMs = this.needs.clock.nowMs();
    for (const [id, { untilMs }] of this.byId) {
      if (untilMs > nowMs && this.byId.size <= this.most) {
        break;
      }
      this.byId.delete(id);
    }
  }
}
