import { describe, expect, it } from 'vitest';
import {
  alike,
  byteValues,
  dataOf,
  idOf,
  jsonValues,
  offsetOf,
  withoutPlace,
} from '../../../src/testing/broker-suite/given.ts';
import { isChannelName } from '../../../src/wire/index.ts';

describe('what the suite gives', () => {
  it('D15: are names of channels, each another, some as long as may be', () => {
    expect(alike.filter((name) => !isChannelName(name))).toEqual([]);
    expect(new Set(alike).size).toBe(alike.length);
    const lengths = alike.map((name) => Buffer.byteLength(name));
    expect(lengths.filter((length) => length === 200)).toHaveLength(3);
  });

  it('are values that JSON gives back, and bytes', () => {
    expect(JSON.parse(JSON.stringify(jsonValues))).toEqual(jsonValues);
    expect(byteValues.every((value) => value instanceof Uint8Array)).toBe(true);
  });
});

describe('what is compared of an entry', () => {
  const entry = { offset: 3, id: 'x', prev: { offset: 1, id: 'w' }, data: 7, atMs: 5 };

  it('is its place, or all but its place', () => {
    expect([offsetOf(entry), idOf(entry), dataOf(entry)]).toEqual([3, 'x', 7]);
    expect(withoutPlace(entry)).toEqual({ id: 'x', data: 7, atMs: 5 });
  });
});
