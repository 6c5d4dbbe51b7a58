import { describe, expect, it } from 'vitest';
import {
  draftOf,
  openEntry,
  openRecord,
  publicationOf,
  sealEntry,
  sealRecord,
} from '../../../src/brokers/durable/records.ts';

const prev = { offset: 1, id: 'before' };

describe('entries', () => {
  it.each([
    null,
    -1.5,
    'line\r\n\0 😀',
    [[1]],
    JSON.parse('{"__proto__":{"admin":true},"storedMs":1}'),
    Uint8Array.of(),
    Uint8Array.of(0, 1, 123, 255),
  ])('with %j are what they were', (data) => {
    const draft = draftOf({ id: 'x', data, atMs: 3, event: 'e', key: 'k', by: 'Zoë' });
    const publication = publicationOf(draft, 2, prev);
    expect(publication).toEqual({
      id: 'x',
      data,
      atMs: 3,
      event: 'e',
      key: 'k',
      by: 'Zoë',
      offset: 2,
      prev,
    });
    const found = openEntry('key', sealEntry('key', { publication, storedMs: 9 }));
    expect(found).toEqual({ is: 'good', value: { publication, storedMs: 9 } });
  });

  it('do not change with what the publisher does later', () => {
    const [object, bytes] = [{ a: 1 }, Uint8Array.of(1)];
    const drafts = [object, bytes].map((data) => draftOf({ id: 'x', data, atMs: 0 }));
    object.a = 2;
    bytes[0] = 2;
    const now = drafts.map((draft) => publicationOf(draft, 1, prev).data);
    expect(now).toEqual([{ a: 1 }, Uint8Array.of(1)]);
  });

  it('are no functions', () => {
    expect(() => draftOf({ id: 'x', data: () => {}, atMs: 0 })).toThrow(TypeError);
  });
});

describe('what was sealed', () => {
  it('is bad with any bit turned, at any other key, and cut anywhere', () => {
    const sealed = sealRecord('key', { a: 1 });
    expect(openRecord('key', sealed)).toEqual({ is: 'good', value: { a: 1 } });
    expect(openRecord('kez', sealed).is).toBe('bad');
    for (let at = 0; at < sealed.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const turned = sealed.slice();
        turned[at]! ^= 1 << bit;
        expect(openRecord('key', turned).is).toBe('bad');
      }
      expect(openRecord('key', sealed.subarray(0, at)).is).toBe('bad');
    }
  });

  it('is none where nothing is', () => {
    expect(openRecord('key', undefined)).toEqual({ is: 'none' });
    expect(openEntry('key', undefined)).toEqual({ is: 'none' });
  });
});
