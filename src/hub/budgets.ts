/**
 * What each user may use up of something that all share and that frees itself with time, such as the records that an engine keeps (threat D5).
 * In: users, and time. Out: whether one more may be. Cannot fail. Users whose budget is whole again are forgotten; of more than are
 * remembered, the one that took nothing for longest is.
 */
import type { Clock } from '../ground/clock.ts';

export interface BudgetOptions {
  /** So many at once. */
  readonly most: number;
  /** In so many milliseconds as many again. */
  readonly perMs: number;
  /** Users that are remembered. @default 10_000 */
  readonly users?: number;
}
export const budgetDefaults: Required<Pick<BudgetOptions, 'users'>> = { users: 10_000 };

interface Budget {
  readonly left: number;
  readonly atMs: number;
}

export class Budgets {
  private readonly clock: Clock;
  private readonly options: Required<BudgetOptions>;
  /** Who took something last stands last. */
  private readonly byUser = new Map<string, Budget>();

  constructor(clock: Clock, options: BudgetOptions) {
    this.clock = clock;
    this.options = { ...budgetDefaults, ...options };
  }

  take(user: string): boolean {
    const left = this.leftOf(user);
    if (left < 1) {
      return false;
    }
    this.byUser.delete(user);
    this.makeRoom();
    this.byUser.set(user, { left: left - 1, atMs: this.clock.nowMs() });
    return true;
  }

  /** It was not used up after all. */
  giveBack(user: string): void {
    if (this.byUser.has(user)) {
      this.byUser.set(user, { left: this.leftOf(user) + 1, atMs: this.clock.nowMs() });
    }
  }

  private leftOf(user: string): number {
    const { most, perMs } = this.options;
    const budget = this.byUser.get(user);
    if (budget === undefined) {
      return most;
    }
    const earned = ((this.clock.nowMs() - budget.atMs) / perMs) * most;
    // Infinity times no time at all is no number.
    return Math.min(most, budget.left + (Number.isNaN(earned) ? 0 : earned));
  }

  private makeRoom(): void {
    for (const user of this.byUser.keys()) {
      if (this.byUser.size < this.options.users && this.leftOf(user) < this.options.most) {
        break;
      }
      this.byUser.delete(user);
    }
  }
}
