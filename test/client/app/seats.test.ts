import { describe, expect, it } from 'vitest';
import { Seats } from '../../../src/client/app/seats.ts';
import type { Subscription } from '../../../src/client/index.ts';
import { ManualClock } from '../../../src/testing/index.ts';

function seating() {
  const clock = new ManualClock();
  const seats = new Seats(clock);
  const did: string[] = [];
  const all: { status: string }[] = [];
  const take = (name: string) =>
    seats.take(name, () => {
      did.push(`join ${name}`);
      const subscription = { status: 'live', unsubscribe: () => did.push(`leave ${name}`) };
      all.push(subscription);
      return subscription as unknown as Subscription;
    });
  return { clock, did, all, take };
}

describe('seats', () => {
  it('all who follow a channel share one subscription, and the last who leaves ends it', () => {
    const { clock, did, take } = seating();
    const one = take('a');
    const other = take('a');
    expect(other.subscription).toBe(one.subscription);
    one.leave();
    clock.advance(1_000);
    expect(did).toEqual(['join a']);
    other.leave();
    clock.advance(0);
    expect(did).toEqual(['join a', 'leave a']);
    take('a');
    expect(did).toEqual(['join a', 'leave a', 'join a']);
  });

  it('channels are counted each by itself', () => {
    const { clock, did, take } = seating();
    take('a').leave();
    take('b');
    clock.advance(0);
    expect(did).toEqual(['join a', 'join b', 'leave a']);
  });

  it('who leaves and comes back in the same turn has not left', () => {
    const { clock, did, take } = seating();
    take('a').leave();
    const back = take('a');
    clock.advance(1_000);
    expect(did).toEqual(['join a']);
    back.leave();
    take('a').leave();
    clock.advance(0);
    expect(did).toEqual(['join a', 'leave a']);
  });

  it('leaving twice counts once', () => {
    const { clock, did, take } = seating();
    const one = take('a');
    take('a');
    one.leave();
    one.leave();
    clock.advance(0);
    expect(did).toEqual(['join a']);
  });

  it('what has ended by other means is not shared any more, and ending it takes nothing away', () => {
    const { clock, did, all, take } = seating();
    const old = take('a');
    all[0]!.status = 'ended';
    take('a');
    old.leave();
    clock.advance(0);
    expect(did).toEqual(['join a', 'join a']);
  });

  it('what cannot be followed is nobody’s', () => {
    const { clock } = seating();
    const seats = new Seats(clock);
    const fail = (): never => {
      throw new Error('closed');
    };
    expect(() => seats.take('a', fail)).toThrow('closed');
    expect(() => seats.take('a', fail)).toThrow('closed');
  });
});
