import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/testing/manual-clock.ts';

describe('a clock that is turned', () => {
  it('stands still until then', () => {
    const clock = new ManualClock();
    expect([clock.nowMs(), clock.wallMs()]).toEqual([0, 1_700_000_000_000]);
    expect([clock.nowMs(), clock.pending]).toEqual([0, 0]);
  });

  it('turns the time of day with it', () => {
    const clock = new ManualClock({ wallMs: 500 });
    clock.advance(250.5);
    expect([clock.nowMs(), clock.wallMs()]).toEqual([250.5, 750.5]);
  });

  it('runs what is due, at its own time, in the order of time', () => {
    const clock = new ManualClock();
    const seen: [string, number][] = [];
    const note = (name: string) => () => seen.push([name, clock.nowMs()]);
    clock.after(30, note('late'));
    clock.after(10, note('early'));
    clock.after(20, note('middle'));
    clock.advance(20);
    expect(seen).toEqual([
      ['early', 10],
      ['middle', 20],
    ]);
    expect([clock.nowMs(), clock.pending]).toEqual([20, 1]);
    clock.advance(10);
    expect(seen.at(-1)).toEqual(['late', 30]);
    expect(clock.pending).toBe(0);
  });

  it('runs what is due at the same time in the order in which it was asked for', () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    for (const name of [1, 2, 3]) {
      clock.after(5, () => seen.push(name));
    }
    clock.advance(5);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('runs what is asked for on the way, if it is due before the end', () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    const again = (): void => {
      seen.push(clock.nowMs());
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
    expect([clock.nowMs(), clock.pending]).toEqual([35, 1]);
  });

  it('does not run a millisecond early', () => {
    const clock = new ManualClock();
    let runs = 0;
    clock.after(10, () => {
      runs += 1;
    });
    clock.advance(9.999);
    expect(runs).toBe(0);
    clock.advance(0.001);
    expect(runs).toBe(1);
    clock.advance(1_000);
    expect(runs).toBe(1);
  });

  it('does not run within the call that asks, not even what is due at once', () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    clock.after(0, () => seen.push('zero'));
    clock.after(-5, () => seen.push('negative'));
    expect(seen).toEqual([]);
    clock.advance(0);
    expect(seen).toEqual(['zero', 'negative']);
    expect(clock.nowMs()).toBe(0);
  });

  it('never runs what was cancelled, and cancelling again or too late does nothing', () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    const first = clock.after(10, () => seen.push('first'));
    clock.after(10, () => seen.push('second'));
    first();
    first();
    expect(clock.pending).toBe(1);
    clock.advance(10);
    first();
    expect(seen).toEqual(['second']);
    expect(clock.pending).toBe(0);
  });

  it('lets one alarm cancel another that is due at the same time', () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    clock.after(10, () => second());
    const second = clock.after(10, () => seen.push('second'));
    clock.advance(10);
    expect(seen).toEqual([]);
  });

  it('keeps what is never due', () => {
    const clock = new ManualClock();
    const cancel = clock.after(Number.POSITIVE_INFINITY, () => expect.unreachable());
    clock.advance(1e12);
    expect(clock.pending).toBe(1);
    cancel();
    expect(clock.pending).toBe(0);
  });

  it('goes on from where an alarm threw', () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    clock.after(10, () => {
      throw new Error('on purpose');
    });
    clock.after(20, () => seen.push(clock.nowMs()));
    expect(() => clock.advance(100)).toThrow('on purpose');
    expect([clock.nowMs(), clock.pending]).toEqual([10, 1]);
    clock.advance(90);
    expect(seen).toEqual([20]);
    expect(clock.nowMs()).toBe(100);
  });

  it('steps from one alarm to the next, and no further than it is told', () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    clock.after(10, () => seen.push(clock.nowMs()));
    clock.after(10, () => seen.push(clock.nowMs()));
    clock.after(30, () => seen.push(clock.nowMs()));
    expect([clock.step(20), seen.length, clock.nowMs()]).toEqual([true, 1, 10]);
    expect([clock.step(20), seen.length, clock.nowMs()]).toEqual([true, 2, 10]);
    expect([clock.step(20), seen.length, clock.nowMs()]).toEqual([false, 2, 20]);
    expect([clock.step(5), clock.nowMs()]).toEqual([false, 20]);
  });

  it('may be turned by an alarm', () => {
    const clock = new ManualClock();
    const seen: number[] = [];
    clock.after(10, () => clock.advance(50));
    clock.after(40, () => seen.push(clock.nowMs()));
    clock.advance(20);
    expect(seen).toEqual([40]);
    expect(clock.nowMs()).toBe(60);
  });

  it.each([-1, Number.NaN])('is not turned by %d', (ms) => {
    expect(() => new ManualClock().advance(ms)).toThrow(RangeError);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('is not turned by %d', (ms) => {
    const clock = new ManualClock();
    expect(() => clock.advance(ms)).toThrow(RangeError);
    expect(clock.nowMs()).toBe(0);
  });

  it('takes no delay that is no number', () => {
    expect(() => new ManualClock().after(Number.NaN, () => {})).toThrow(RangeError);
  });

  it('runs any set of alarms as a sorted list would, however the turn is cut', () => {
    const delays = fc.array(fc.nat({ max: 50 }), { maxLength: 30 });
    const cuts = fc.array(fc.nat({ max: 20 }), { maxLength: 10 });
    fc.assert(
      fc.property(delays, fc.array(fc.nat(), { maxLength: 10 }), cuts, (ms, gone, turns) => {
        const clock = new ManualClock();
        const seen: number[] = [];
        const cancels = ms.map((delay, name) => clock.after(delay, () => seen.push(name)));
        const cancelled = new Set(gone.map((at) => (ms.length === 0 ? 0 : at % ms.length)));
        for (const name of cancelled) {
          cancels[name]?.();
        }
        for (const turn of [...turns, 0]) {
          clock.advance(turn);
        }
        const due = ms
          .map((delay, name) => ({ delay, name }))
          .filter(({ delay, name }) => delay <= clock.nowMs() && !cancelled.has(name))
          .sort((one, other) => one.delay - other.delay || one.name - other.name);
        expect(seen).toEqual(due.map(({ name }) => name));
        const live = ms.length - [...cancelled].filter((name) => name < ms.length).length;
        expect(clock.pending).toBe(live - due.length);
      }),
    );
  });
});
