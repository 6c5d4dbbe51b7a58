import { describe, expect, it } from 'vitest';
import { Crowd, type OneOfMany } from '../../src/hub/crowd.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { settled } from './world.ts';

class One implements OneOfMany {
  isOpen = true;
  readonly subscriptions = { size: 2 };
  readonly told: string[] = [];

  tell({ type }: { readonly type: string }): void {
    this.told.push(type);
  }

  end({ name }: { readonly name: string }): void {
    this.told.push(name);
  }
}

function open(count: number) {
  const clock = new ManualClock();
  const crowd = new Crowd<One>(clock);
  const ones = Array.from({ length: count }, () => new One());
  for (const one of ones) {
    crowd.come(one);
  }
  return { clock, crowd, ones };
}

async function isOver(promise: Promise<unknown>): Promise<boolean> {
  let isSo = false;
  void promise.then(() => {
    isSo = true;
  });
  await settled();
  return isSo;
}

describe('a crowd', () => {
  it('counts who is there, and what they follow', () => {
    const { crowd, ones } = open(3);
    expect([crowd.size, crowd.subscriptions, crowd.hasLeft]).toEqual([3, 6, true]);
    crowd.ended(ones[0]!);
    expect([crowd.size, crowd.subscriptions, crowd.hasLeft]).toEqual([2, 4, false]);
    expect([crowd.closed(ones[0]!), crowd.closed(ones[0]!), crowd.hasLeft]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is sent away together', () => {
    const { crowd, ones } = open(2);
    crowd.sendAway();
    expect(ones.map(({ told }) => told)).toEqual([['SERVER_STOPPING'], ['SERVER_STOPPING']]);
  });

  it('is asked to leave, those who are in; that is over when all have closed', async () => {
    const { clock, crowd, ones } = open(2);
    ones[1]!.isOpen = false;
    const leaving = crowd.askToLeave({ withinMs: 1_000, reason: 'so' });
    expect(ones.map(({ told }) => told)).toEqual([['drain'], []]);
    for (const one of ones) {
      crowd.ended(one);
    }
    crowd.closed(ones[0]!);
    expect(await isOver(leaving)).toBe(false);
    crowd.closed(ones[1]!);
    expect(await isOver(leaving)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('or when the time is', async () => {
    const { clock, crowd } = open(1);
    const leaving = crowd.askToLeave({ withinMs: 1_000, reason: 'so' });
    clock.advance(999);
    expect(await isOver(leaving)).toBe(false);
    clock.advance(1);
    expect(await isOver(leaving)).toBe(true);
    crowd.less();
  });
});
