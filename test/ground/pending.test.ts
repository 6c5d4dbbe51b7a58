import { describe, expect, it } from 'vitest';
import { Pending } from '../../src/ground/pending.ts';
import { ManualClock } from '../support/manual-clock.ts';

const late = () => new Error('late');

function pending(most = 2): { clock: ManualClock; replies: Pending<string> } {
  const clock = new ManualClock();
  return { clock, replies: new Pending<string>(clock, most) };
}

describe('pending', () => {
  it('gives each reply to who asked', async () => {
    const { clock, replies } = pending();
    const one = replies.add(100, late);
    const two = replies.add(100, late);
    expect([one.id, two.id]).toEqual([1, 2]);
    expect(replies.resolve(two.id, 'second')).toBe(true);
    expect(replies.resolve(one.id, 'first')).toBe(true);
    expect(await Promise.all([one.answer, two.answer])).toEqual(['first', 'second']);
    expect(clock.waiting).toBe(0);
  });

  it('rejects at the deadline, and not a millisecond before', async () => {
    const { clock, replies } = pending();
    const { id, answer } = replies.add(100, late);
    clock.turn(99);
    expect(replies.size).toBe(1);
    clock.turn(1);
    expect(replies.size).toBe(0);
    await expect(answer).rejects.toThrow('late');
    expect(replies.resolve(id, 'too late')).toBe(false);
  });

  it('refuses beyond its bound, and takes again when one is settled', async () => {
    const { replies } = pending(2);
    const first = replies.add(100, late);
    replies.add(100, late);
    expect(replies.isFull).toBe(true);
    expect(() => replies.add(100, late)).toThrow(RangeError);
    replies.resolve(first.id, '');
    expect(replies.isFull).toBe(false);
    expect(replies.add(100, late).id).toBe(3);
  });

  it('never uses a number again, and knows none that it did not give', () => {
    const { replies } = pending();
    const { id } = replies.add(100, late);
    expect(replies.resolve(id, '')).toBe(true);
    expect(replies.resolve(id, '')).toBe(false);
    expect(replies.reject(99, late())).toBe(false);
    expect(replies.add(100, late).id).toBe(2);
  });

  it('rejects one, or all', async () => {
    const { clock, replies } = pending(3);
    const answers = [1, 2, 3].map(() => replies.add(100, late).answer);
    replies.reject(2, new Error('refused'));
    replies.rejectAll(() => new Error('over'));
    const outcomes = await Promise.allSettled(answers);
    const reasons = outcomes.map((o) => (o.status === 'rejected' ? String(o.reason) : ''));
    expect(reasons).toEqual(['Error: over', 'Error: refused', 'Error: over']);
    expect([replies.size, clock.waiting]).toEqual([0, 0]);
  });
});
