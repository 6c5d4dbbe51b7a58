import { describe, expect, it } from 'vitest';
import { producerOf } from '../../src/hub/producer-name.ts';

describe('the name of a user’s producer', () => {
  it('is never that of another user, or of another producer', () => {
    const pairs = [
      ['ann', 'p'],
      ['ann:p', ''],
      ['ann', ':p'],
      ['an', 'n:p'],
      ['bob', 'p'],
      ['\u{d800}', 'p'],
      ['\u{fffd}', 'p'],
    ] as const;
    const names = pairs.map(([user, name]) => producerOf(user, name));
    expect(new Set(names).size).toBe(pairs.length);
    expect(producerOf('ann', 'p')).toBe(names[0]);
  });

  it('is no longer than the log allows', () => {
    expect(producerOf('x'.repeat(1_024), 'p'.repeat(64)).length).toBeLessThanOrEqual(128);
  });
});
