import { describe, expect, it } from 'vitest';
import { Alarms, noSlot, type Sleeper } from '../../src/endpoint/alarms.ts';
import { HandClock } from './support.ts';

class Dreamer implements Sleeper {
  slot = noSlot;
  readonly woken: number[] = [];
  private readonly onWake: (() => void) | undefined;

  constructor(onWake?: () => void) {
    this.onWake = onWake;
  }

  wake(nowMs: number): void {
    this.woken.push(nowMs);
    this.onWake?.();
  }
}

function night(): { clock: HandClock; alarms: Alarms } {
  const clock = new HandClock();
  return { clock, alarms: new Alarms(clock) };
}

describe('a sleeper', () => {
  it('is woken once, at its time or up to 100 ms later, never before', () => {
    const { clock, alarms } = night();
    const sleeper = new Dreamer();
    alarms.set(sleeper, 1234);
    clock.advance(1233);
    expect(sleeper.woken).toEqual([]);
    clock.advance(67);
    expect(sleeper.woken).toEqual([1300]);
    clock.advance(10_000);
    expect(sleeper.woken).toEqual([1300]);
  });

  it('is woken at the new time instead of the old, be it sooner or later', () => {
    const { clock, alarms } = night();
    const later = new Dreamer();
    const sooner = new Dreamer();
    alarms.set(later, 1000);
    alarms.set(sooner, 5000);
    alarms.set(later, 3000);
    alarms.set(sooner, 500);
    clock.advance(10_000);
    expect(later.woken).toEqual([3000]);
    expect(sooner.woken).toEqual([500]);
  });

  it('is woken only after the sockets were read, when the whole process had stood still', () => {
    const { clock, alarms } = night();
    const sleeper = new Dreamer();
    alarms.set(sleeper, 1000);
    clock.standStill(5000);
    expect(sleeper.woken).toEqual([]);
    // What arrived meanwhile may have moved its deadline.
    alarms.set(sleeper, 9000);
    clock.advance(0);
    expect(sleeper.woken).toEqual([]);
    clock.advance(4000);
    expect(sleeper.woken).toEqual([9000]);
  });

  it('that nobody gave more time is woken then', () => {
    const { clock, alarms } = night();
    const sleeper = new Dreamer();
    alarms.set(sleeper, 1000);
    clock.standStill(5000);
    clock.advance(0);
    expect(sleeper.woken).toEqual([5000]);
  });

  it('that is given Infinity sleeps on, and nothing is left to ring', () => {
    const { clock, alarms } = night();
    const sleeper = new Dreamer();
    alarms.set(sleeper, 1000);
    alarms.set(sleeper, Number.POSITIVE_INFINITY);
    expect(clock.pending).toBe(0);
    clock.advance(10_000);
    expect(sleeper.woken).toEqual([]);
    expect(sleeper.slot).toBe(noSlot);
  });

  it('whose time is past is woken at once', () => {
    const { clock, alarms } = night();
    clock.advance(5000);
    const sleeper = new Dreamer();
    alarms.set(sleeper, 100);
    clock.advance(0);
    expect(sleeper.woken).toEqual([5000]);
  });

  it('may set the next alarm when it wakes', () => {
    const { clock, alarms } = night();
    const sleeper: Dreamer = new Dreamer(() => alarms.set(sleeper, clock.nowMs() + 1000));
    alarms.set(sleeper, 1000);
    clock.advance(3500);
    expect(sleeper.woken).toEqual([1000, 2000, 3000]);
  });

  it('may put another to sleep when it wakes', () => {
    const { clock, alarms } = night();
    const other = new Dreamer();
    const sleeper = new Dreamer(() => alarms.set(other, Number.POSITIVE_INFINITY));
    alarms.set(sleeper, 1000);
    alarms.set(other, 2000);
    clock.advance(5000);
    expect(other.woken).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('many sleepers', () => {
  it('share one timer', () => {
    const { clock, alarms } = night();
    for (let i = 0; i < 1000; i += 1) {
      alarms.set(new Dreamer(), 1000 + i * 10);
    }
    expect(clock.pending).toBe(1);
    clock.advance(5000);
    expect(clock.pending).toBe(1);
    clock.advance(10_000);
    expect(clock.pending).toBe(0);
  });

  it('are all woken, in however few or many slots they are', () => {
    const { clock, alarms } = night();
    // More than arguments that a call may have.
    const count = 150_000;
    let woken = 0;
    const wake = (): void => {
      woken += 1;
    };
    for (let i = 0; i < count; i += 1) {
      alarms.set({ slot: noSlot, wake }, 100);
      alarms.set({ slot: noSlot, wake }, 10_000 + i * 100);
    }
    clock.advance(1000);
    expect(woken).toBe(count);
    expect(clock.pending).toBe(1);
  });
});
