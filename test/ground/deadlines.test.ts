import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../src/ground/deadlines.ts';

function twoDeadlines(): Deadlines<'ping' | 'close'> {
  return new Deadlines({ ping: undefined, close: undefined });
}

describe('deadlines', () => {
  it('awaits nothing at first', () => {
    const deadlines = twoDeadlines();
    expect(deadlines.earliestMs).toBe(Number.POSITIVE_INFINITY);
    expect(deadlines.isSet('ping')).toBe(false);
    expect(deadlines.isDue('ping', Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('knows the earliest after each change', () => {
    const deadlines = twoDeadlines();
    deadlines.set('ping', 20);
    deadlines.set('close', 10);
    expect(deadlines.earliestMs).toBe(10);
    deadlines.set('close', 30);
    expect(deadlines.earliestMs).toBe(20);
    deadlines.clear('ping');
    expect(deadlines.earliestMs).toBe(30);
    deadlines.clearAll();
    expect(deadlines.earliestMs).toBe(Number.POSITIVE_INFINITY);
    expect(deadlines.isSet('close')).toBe(false);
  });

  it('is due at its moment, not a millisecond before', () => {
    const deadlines = twoDeadlines();
    deadlines.set('ping', 20);
    expect(deadlines.isDue('ping', 19)).toBe(false);
    expect(deadlines.isDue('ping', 20)).toBe(true);
    expect(deadlines.isDue('close', 20)).toBe(false);
  });
});
