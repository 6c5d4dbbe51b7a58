import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/wire/binary/layouts.ts';
import { Writer } from '../../../src/wire/binary/writer.ts';

function written(values: object, layout: Layout): number[] {
  const writer = new Writer();
  writer.record(values, layout);
  const framed = writer.framed();
  // As many bytes as its length says, whatever it is: no other length is that long.
  const prefix = framed.length > 0x80 ? (framed.length > 0x4000 ? 3 : 2) : 1;
  return [...framed.subarray(prefix)];
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

describe('what is written has its length before it', () => {
  it.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [16_383, [0xff, 127]],
    [16_384, [0x80, 0x80, 1]],
  ])('%i bytes', (length, prefix) => {
    const writer = new Writer();
    for (let written = 0; written < length; written += 1) {
      writer.byte(7);
    }
    const framed = writer.framed();
    expect([...framed.subarray(0, prefix.length)]).toEqual(prefix);
    expect(framed.length).toBe(prefix.length + length);
  });
});

it.each([127, 128, 129])(
  'a text of %i characters has the length that it has in UTF-8',
  (length) => {
    const plain = written({ a: 'x'.repeat(length), b: 1 }, { a: 'text', b: 'whole' });
    expect(plain).toHaveLength(length + (length < 128 ? 1 : 2) + 1);
    const last = written({ a: `${'x'.repeat(length - 1)}é`, b: 1 }, { a: 'text', b: 'whole' });
    expect(last).toHaveLength(length + 1 + (length + 1 < 128 ? 1 : 2) + 1);
  },
);

it('room is made for whatever comes', () => {
  const text = 'x'.repeat(100_000);
  const bytes = written({ a: text, b: 1 }, { a: 'text', b: 'whole' });
  expect(bytes.length).toBe(3 + 100_000 + 1);
  expect(bytes.at(-1)).toBe(1);
});
