import { describe, expect, it } from 'vitest';
import { damage, startTime } from '../../../src/brokers/durable/house.ts';

describe('the time of the engine', () => {
  it('is the time of day at the start, and from there on that of the clock which never goes back', () => {
    const clock = {
      now: 5,
      wall: 1_000,
      nowMs: () => clock.now,
      wallMs: () => clock.wall,
      after: () => () => {},
    };
    const nowMs = startTime({ clock });
    expect(nowMs()).toBe(1_000);
    clock.now += 20;
    clock.wall = 3;
    expect(nowMs()).toBe(1_020);
  });
});

it('damage is told with STORE_CORRUPT, which no second try mends', () => {
  expect(damage('it is torn')).toMatchObject({
    code: 'STORE_CORRUPT',
    retryable: false,
    message: 'it is torn',
  });
});
