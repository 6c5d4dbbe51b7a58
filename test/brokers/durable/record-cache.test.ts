import { describe, expect, it } from 'vitest';
import { RecordCache } from '../../../src/brokers/durable/record-cache.ts';

const found = (value: number) => ({ is: 'good', value }) as const;

describe('the cache of records', () => {
  it('keeps what was set of late, and never more than fits in its bytes', () => {
    const cache = new RecordCache(20_000);
    for (let i = 0; i < 1_000; i += 1) {
      cache.set(`key-${i}`, found(i), 93);
      expect(cache.size * 200).toBeLessThanOrEqual(20_200);
    }
    expect(cache.get('key-999')).toEqual(found(999));
    expect(cache.get('key-960')).toEqual(found(960));
    expect(cache.get('key-0')).toBeUndefined();
  });

  it('with no bytes keeps nothing but the last', () => {
    const cache = new RecordCache(0);
    cache.set('a', found(1), 1);
    cache.set('b', found(2), 1);
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, found(2)]);
  });

  it('gives what was set last', () => {
    const cache = new RecordCache(1_000);
    cache.set('a', found(1), 300);
    cache.set('a', found(2), 300);
    expect(cache.get('a')).toEqual(found(2));
    cache.delete('a');
    expect(cache.get('a')).toBeUndefined();
    cache.set('a', found(3), 300);
    cache.clear();
    expect([cache.get('a'), cache.size]).toEqual([undefined, 0]);
  });
});
