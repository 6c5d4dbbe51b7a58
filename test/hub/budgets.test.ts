import { describe, expect, it } from 'vitest';
import { Budgets } from '../../src/hub/budgets.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

function take(budgets: Budgets, user: string, times: number): number {
  return Array.from({ length: times }, () => budgets.take(user)).filter(Boolean).length;
}

describe('D5: a budget of each user', () => {
  it('is `most` at once, and not one more; others have theirs', () => {
    const budgets = new Budgets(new ManualClock(), { most: 3, perMs: 1_000 });
    expect([take(budgets, 'ann', 10), take(budgets, 'bob', 3)]).toEqual([3, 3]);
  });

  it('fills evenly with time, up to `most`', () => {
    const clock = new ManualClock();
    const budgets = new Budgets(clock, { most: 4, perMs: 1_000 });
    take(budgets, 'ann', 4);
    clock.advance(249);
    expect(take(budgets, 'ann', 1)).toBe(0);
    clock.advance(1);
    expect(take(budgets, 'ann', 2)).toBe(1);
    clock.advance(10_000);
    expect(take(budgets, 'ann', 10)).toBe(4);
  });

  it('what was not used up is given back, and never more than there was', () => {
    const budgets = new Budgets(new ManualClock(), { most: 2, perMs: 1_000 });
    budgets.giveBack('ann');
    expect(take(budgets, 'ann', 3)).toBe(2);
    budgets.giveBack('ann');
    expect(take(budgets, 'ann', 3)).toBe(1);
  });

  it('without an end in one or the other is what that says', () => {
    const clock = new ManualClock();
    const never = new Budgets(clock, { most: 1, perMs: Number.POSITIVE_INFINITY });
    const free = new Budgets(clock, { most: Number.POSITIVE_INFINITY, perMs: 1_000 });
    expect([take(never, 'ann', 2), take(free, 'ann', 100)]).toEqual([1, 100]);
    clock.advance(1_000_000);
    expect([take(never, 'ann', 2), take(free, 'ann', 100)]).toEqual([0, 100]);
  });
});

describe('those that are remembered', () => {
  it('are `users`; of one more, the one that took nothing for longest is forgotten', () => {
    const budgets = new Budgets(new ManualClock(), { most: 2, perMs: 1_000, users: 2 });
    take(budgets, 'ann', 1);
    take(budgets, 'bob', 2);
    take(budgets, 'ann', 1);
    // One more: bob goes, who has his whole budget again.
    take(budgets, 'eve', 1);
    expect([take(budgets, 'ann', 2), take(budgets, 'eve', 2)]).toEqual([0, 1]);
    expect(take(budgets, 'bob', 2)).toBe(2);
  });

  it('whose budget is whole again are forgotten first, and lose nothing by it', () => {
    const clock = new ManualClock();
    const budgets = new Budgets(clock, { most: 2, perMs: 1_000, users: 2 });
    take(budgets, 'ann', 1);
    clock.advance(1_000);
    take(budgets, 'bob', 2);
    take(budgets, 'eve', 2);
    expect([take(budgets, 'bob', 1), take(budgets, 'eve', 1)]).toEqual([0, 0]);
    expect(take(budgets, 'ann', 3)).toBe(2);
  });
});
