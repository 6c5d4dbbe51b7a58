import { describe, expect, it } from 'vitest';
import { MemoryClaims, maxClaimValue } from '../../../src/brokers/memory/claims.ts';

const fresh = { expect: undefined, leaseMs: 10 };
const full = expect.objectContaining({ code: 'BROKER_FULL', retryable: true });

describe('a claim', () => {
  it('ends when its lease has passed, and not before', () => {
    const claims = new MemoryClaims({ maxClaims: 10 });
    claims.put('a', 'ada', fresh, 100);
    expect(claims.get('a', 109)).toEqual({ value: 'ada', revision: '1' });
    expect(claims.get('a', 110)).toBe(undefined);
    expect(claims.renew('a', '1', 10, 110)).toBe(false);
    expect(claims.release('a', '1', 110)).toBe(false);
    expect(claims.put('a', 'bob', { ...fresh, expect: '1' }, 110)).toEqual({
      done: false,
      found: undefined,
    });
    expect(claims.put('a', 'bob', fresh, 110)).toEqual({ done: true, revision: '2' });
  });

  it('has a value of 16,384 characters at the most', () => {
    const claims = new MemoryClaims({ maxClaims: 10 });
    expect(maxClaimValue).toBe(16_384);
    expect(claims.put('a', 'x'.repeat(16_384), fresh, 0).done).toBe(true);
    expect(() => claims.put('b', 'x'.repeat(16_385), fresh, 0)).toThrow(RangeError);
    expect(claims.get('b', 0)).toBe(undefined);
  });

  it.each([0, -1, Number.NaN])('has no lease of %d ms', (leaseMs) => {
    const claims = new MemoryClaims({ maxClaims: 10 });
    expect(() => claims.put('a', '', { expect: undefined, leaseMs }, 0)).toThrow(RangeError);
    claims.put('a', '', fresh, 0);
    expect(() => claims.renew('a', '1', leaseMs, 0)).toThrow(RangeError);
  });
});

describe('the number of claims', () => {
  it('has an end: one more is refused until another has ended', () => {
    const claims = new MemoryClaims({ maxClaims: 2 });
    claims.put('a', '', { ...fresh, leaseMs: 10 }, 0);
    claims.put('b', '', { ...fresh, leaseMs: 20 }, 0);
    expect(() => claims.put('c', '', fresh, 9)).toThrow(full);
    expect(claims.put('b', 'again', { expect: '2', leaseMs: 20 }, 9).done).toBe(true);
    expect(claims.put('c', '', fresh, 10).done).toBe(true);
    expect(() => claims.put('d', '', fresh, 10)).toThrow(full);
    expect(claims.get('b', 10)?.value).toBe('again');
  });

  it('counts one that was renewed, and not one that was released', () => {
    const claims = new MemoryClaims({ maxClaims: 1 });
    claims.put('a', '', fresh, 0);
    expect(claims.renew('a', '1', 10, 5)).toBe(true);
    expect(() => claims.put('b', '', fresh, 14)).toThrow(full);
    expect(claims.put('b', '', fresh, 15).done).toBe(true);
    expect(claims.release('b', '2', 16)).toBe(true);
    expect(claims.put('c', '', fresh, 16).done).toBe(true);
  });

  it('has room where one has ended under the same key', () => {
    const claims = new MemoryClaims({ maxClaims: 1 });
    claims.put('a', 'ada', fresh, 0);
    expect(claims.put('a', 'bob', fresh, 10).done).toBe(true);
    expect(() => claims.put('b', '', fresh, 19)).toThrow(full);
    expect(claims.put('b', '', fresh, 20).done).toBe(true);
  });
});
