import { describe, expect, it } from 'vitest';
import { TakeOver } from '../../../../src/client/transports/shared-tabs/take-over.ts';
import { ManualClock } from '../../../../src/testing/index.ts';

function open() {
  const clock = new ManualClock();
  const told: number[] = [];
  return { clock, told, takeOver: new TakeOver(clock, 5_000, () => told.push(clock.nowMs())) };
}

describe('taking the place of a tab that is not seen', () => {
  it('is due when there was reason for it all the time', () => {
    const { clock, told, takeOver } = open();
    takeOver.consider(true);
    clock.advance(3_000);
    takeOver.consider(true);
    clock.advance(60_000);
    expect(told).toEqual([5_000]);
  });

  it('is not, when there was none for a moment', () => {
    const { clock, told, takeOver } = open();
    takeOver.consider(true);
    clock.advance(3_000);
    takeOver.consider(false);
    takeOver.consider(true);
    clock.advance(4_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([8_000]);
    takeOver.consider(false);
    expect(clock.pending).toBe(0);
  });
});
