import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/wire/binary/layouts.ts';
import { Writer } from '../../../src/wire/binary/writer.ts';

function written(values: object, layout: Layout): number[] {
  const writer = new Writer();
  writer.record(values, layout);
  return [...writer.taken()];
}

describe('whole numbers', () => {
  it.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [300, [0xac, 2]],
    [2 ** 32, [0x80, 0x80, 0x80, 0x80, 16]],
    [Number.MAX_SAFE_INTEGER, [255, 255, 255, 255, 255, 255, 255, 15]],
  ])('%i: seven bits in each byte, the lowest first', (value, bytes) => {
    expect(written({ a: value }, { a: 'whole' })).toEqual(bytes);
  });
});

describe('the other kinds', () => {
  it.each<[string, unknown, Layout['a'], number[]]>([
    ['a text is UTF-8 after its length', 'é', 'text', [2, 0xc3, 0xa9]],
    ['a number has 8 bytes', 1.5, 'number', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ['a flag is a byte', true, 'flag', [1]],
    ['a value of JSON is its text after 0', [1], 'value', [0, 3, 0x5b, 0x31, 0x5d]],
    ['a value of bytes is those after 1', Uint8Array.of(7, 8), 'value', [1, 2, 7, 8]],
    ['JSON alone is its text', null, 'json', [4, 0x6e, 0x75, 0x6c, 0x6c]],
    ['a list begins with its count', ['a', ''], { list: 'text' }, [2, 1, 0x61, 0]],
    ['a record has no length', { b: 5 }, { record: { b: 'whole' } }, [5]],
  ])('%s', (_, value, kind, bytes) => {
    expect(written({ a: value }, { a: kind! })).toEqual(bytes);
  });
});

it('bits before the fields say which of those that may be absent are there, the first lowest', () => {
  const layout: Layout = {
    a: { maybe: 'whole' },
    b: 'whole',
    c: { maybe: 'mark' },
    d: { maybe: 'text' },
  };
  expect(written({ b: 9 }, layout)).toEqual([0, 9]);
  expect(written({ a: 4, b: 9 }, layout)).toEqual([1, 4, 9]);
  expect(written({ b: 9, c: true, d: '' }, layout)).toEqual([6, 9, 0]);
});

it('room is made for whatever comes', () => {
  const text = 'x'.repeat(100_000);
  const bytes = written({ a: text, b: 1 }, { a: 'text', b: 'whole' });
  expect(bytes.length).toBe(3 + 100_000 + 1);
  expect(bytes.at(-1)).toBe(1);
});
