import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../src/wire/base64.ts';

describe('RFC 4648 §10', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('%j is %j', (text, base64) => {
    const bytes = new TextEncoder().encode(text);
    expect(toBase64(bytes)).toBe(base64);
    expect(fromBase64(base64)).toEqual(bytes);
  });
});

it('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
});

it('a megabyte comes back', () => {
  const bytes = Uint8Array.from({ length: 1_000_001 }, (_, at) => at % 251);
  const back = fromBase64(toBase64(bytes));
  expect(back?.length).toBe(bytes.length);
  expect(Buffer.from(back!).equals(Buffer.from(bytes))).toBe(true);
});

it('what is no base64, or is not padded, is undefined', () => {
  const wrong = [
    'A',
    'AA',
    'AAA',
    '=',
    '====',
    'A===',
    'AA=A',
    'AA==AAAA',
    'AA A',
    'AAA\n',
    '-_AA',
  ];
  expect(wrong.filter((text) => fromBase64(text) !== undefined)).toEqual([]);
});
