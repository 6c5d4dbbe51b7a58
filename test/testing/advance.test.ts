import { describe, expect, it } from 'vitest';
import { advance, advanceDefaults } from '../../src/testing/advance.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** Resolves after so many turns of the microtask queue. */
async function chain(length: number): Promise<void> {
  for (let turn = 0; turn < length; turn += 1) {
    await Promise.resolve();
  }
}

describe('a clock that is turned for promises', () => {
  it('lets promises settle before the first alarm, between two, and at the end', async () => {
    const clock = new ManualClock();
    const seen: [string, number][] = [];
    const note = async (name: string): Promise<void> => {
      await chain(20);
      seen.push([name, clock.nowMs()]);
    };
    void note('before');
    clock.after(10, () => void note('first'));
    clock.after(10, () => void note('second'));
    clock.after(20, () => void note('third'));
    await advance(clock, 20);
    expect(seen).toEqual([
      ['before', 0],
      ['first', 10],
      ['second', 10],
      ['third', 20],
    ]);
  });

  it('runs what a promise asked for on the way, at its own time', async () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    clock.after(10, () => {
      void chain(5).then(() => clock.after(5, () => seen.push(clock.nowMs())));
    });
    clock.after(30, () => seen.push(clock.nowMs()));
    await advance(clock, 40);
    expect(seen).toEqual([15, 30]);
    expect(clock.nowMs()).toBe(40);
  });

  it('a chain longer than the turns ends after the next alarm', async () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    clock.after(1, () => void chain(6).then(() => seen.push('chain')));
    clock.after(2, () => void seen.push('alarm'));
    await advance(clock, 2, { microtaskTurns: 3 });
    expect(seen[0]).toBe('alarm');
  });

  it('runs alarms without end no more than so often', async () => {
    const loop = (): ManualClock => {
      const clock = new ManualClock();
      const again = (): void => void clock.after(0, again);
      again();
      return clock;
    };
    await expect(advance(loop(), 1, { maxAlarms: 3 })).rejects.toThrow(RangeError);
    const clock = new ManualClock();
    for (let alarm = 0; alarm < 3; alarm += 1) {
      clock.after(0, () => undefined);
    }
    await advance(clock, 1, { maxAlarms: 3 });
    expect(clock.pending).toBe(0);
    expect(advanceDefaults).toEqual({ microtaskTurns: 32, maxAlarms: 1_000_000 });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('is not turned by %d', async (ms) => {
    await expect(advance(new ManualClock(), ms)).rejects.toThrow(RangeError);
  });

  it('rejects with what an alarm throws, and goes on from there', async () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    clock.after(10, () => {
      throw new Error('on purpose');
    });
    clock.after(20, () => seen.push(clock.nowMs()));
    await expect(advance(clock, 100)).rejects.toThrow('on purpose');
    expect(clock.nowMs()).toBe(10);
    await advance(clock, 90);
    expect(seen).toEqual([20]);
  });
});
