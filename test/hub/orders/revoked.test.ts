import { describe, expect, it } from 'vitest';
import { Revoked } from '../../../src/hub/orders/revoked.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { Position } from '../../../src/wire/index.ts';

const keepMs = 1_000;

function place(offset: number, epoch = 'e'): Position {
  return { epoch, offset, id: `p${offset}` };
}

function order(id: string, user: string) {
  return { id, kind: 'revoke', user } as const;
}

function open(most?: number): { readonly revoked: Revoked; readonly clock: ManualClock } {
  const clock = new ManualClock();
  return { revoked: new Revoked(clock, keepMs, most), clock };
}

const ann = { user: 'ann', session: 's1' };

describe('what was revoked', () => {
  it('ends what began before it, and nothing that began after', () => {
    const { revoked } = open();
    revoked.add(order('1', 'ann'), place(5));
    expect([4, 5, 6].map((offset) => revoked.hasEnded(ann, place(offset)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(revoked.hasEnded({ ...ann, user: 'bob' }, place(1))).toBe(false);
  });

  it('ends what nobody knows the age of: of another life of the log, or before it was known where the order stands', () => {
    const { revoked } = open();
    revoked.add(order('1', 'ann'), undefined);
    expect(revoked.hasEnded(ann, place(9))).toBe(true);
    revoked.settle(order('1', 'ann'), place(5));
    expect(revoked.hasEnded(ann, place(9))).toBe(false);
    expect(revoked.hasEnded(ann, place(9, 'other'))).toBe(true);
    expect(revoked.hasEnded(ann, undefined)).toBe(true);
  });

  it('of one session is nobody else’s, and a user is no session of the same name', () => {
    const { revoked } = open();
    revoked.add({ id: '1', kind: 'revoke', session: 's1' }, place(5));
    expect(revoked.hasEnded(ann, place(1))).toBe(true);
    expect(revoked.hasEnded({ user: 's1', session: 's2' }, place(1))).toBe(false);
  });

  it('twice counts from the later one, in whatever order they came', () => {
    for (const [first, second] of [
      [5, 7],
      [7, 5],
    ] as const) {
      const { revoked } = open();
      revoked.add(order('1', 'ann'), place(first));
      revoked.add(order('2', 'ann'), place(second));
      revoked.settle(order('1', 'ann'), place(first));
      expect([6, 7].map((offset) => revoked.hasEnded(ann, place(offset)))).toEqual([true, false]);
    }
  });

  it('twice, of which it is not known where the first stands, ends everything meanwhile', () => {
    const { revoked } = open();
    revoked.add(order('1', 'ann'), undefined);
    revoked.add(order('2', 'ann'), place(5));
    revoked.settle(order('2', 'ann'), place(5));
    expect(revoked.hasEnded(ann, place(9))).toBe(true);
  });

  it('is told to whoever was being let in, with its reason, and to nobody who came later', () => {
    const { revoked } = open();
    const before = revoked.now;
    revoked.add({ ...order('1', 'ann'), reason: 'logged out' }, place(5));
    expect(revoked.since(before, ann)).toEqual({
      code: 4504,
      name: 'REVOKED',
      reason: 'logged out',
    });
    revoked.settle(order('1', 'ann'), place(5));
    expect([
      revoked.since(revoked.now, ann),
      revoked.since(before, { ...ann, user: 'bob' }),
    ]).toEqual([undefined, undefined]);
  });

  it('is forgotten after its time, and not before', () => {
    const { revoked, clock } = open();
    revoked.add(order('1', 'ann'), place(5));
    clock.advance(keepMs - 1);
    expect([revoked.hasEnded(ann, place(1)), revoked.size]).toEqual([true, 1]);
    clock.advance(1);
    expect([revoked.hasEnded(ann, place(1)), revoked.size]).toEqual([false, 0]);
  });

  it('that may have been missed may be anybody', () => {
    const { revoked, clock } = open();
    const before = revoked.now;
    revoked.missed(place(5));
    expect([revoked.hasEnded(ann, place(4)), revoked.hasEnded(ann, place(5))]).toEqual([
      true,
      false,
    ]);
    expect(revoked.since(before, ann)?.name).toBe('TOKEN_EXPIRED');
    clock.advance(keepMs);
    expect(revoked.hasEnded(ann, place(4))).toBe(false);
  });

  it('is remembered of so many; of one more the oldest is forgotten, and may be anybody', () => {
    const { revoked } = open(2);
    const before = revoked.now;
    revoked.add(order('1', 'a'), place(1));
    revoked.add(order('2', 'b'), place(2));
    expect(revoked.hasEnded(ann, place(0))).toBe(false);
    revoked.add(order('3', 'c'), place(3));
    expect(revoked.size).toBe(2);
    expect([revoked.hasEnded(ann, place(0)), revoked.hasEnded(ann, place(1))]).toEqual([
      true,
      false,
    ]);
    expect(revoked.since(before, ann)?.name).toBe('TOKEN_EXPIRED');
  });
});
