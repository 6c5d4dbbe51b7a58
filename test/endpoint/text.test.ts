import { describe, expect, it } from 'vitest';
import { asBuffer, nodeText } from '../../src/endpoint/text.ts';
import { pureText } from '../../src/protocol/index.ts';

const texts = [
  '',
  'a',
  'a'.repeat(48),
  'a'.repeat(49),
  'é',
  'aé'.repeat(24),
  '€'.repeat(100),
  '😀 and more',
  '\ufeffa mark',
  '\u0000',
  'half of a pair \ud800.',
  'x'.repeat(70_000),
];

describe('the native port does what the pure one does', () => {
  it.each(texts.map((text) => [text.slice(0, 12), text]))('%j…', (_start, text) => {
    const length = pureText.byteLength(text);
    expect(nodeText.byteLength(text)).toBe(length);
    const expected = new Uint8Array(length + 4);
    const actual = new Uint8Array(length + 4);
    pureText.write(text, expected, 2, length);
    nodeText.write(text, actual, 2, length);
    expect(actual).toEqual(expected);
    expect(nodeText.isValid(actual, 2, 2 + length)).toBe(true);
    expect(nodeText.decode(actual, 2, 2 + length)).toBe(pureText.decode(actual, 2, 2 + length));
  });

  it.each([
    [[0xff]],
    [[0xc0, 0x80]],
    [[0xed, 0xa0, 0x80]],
    [[0xf4, 0x90, 0x80, 0x80]],
    [[0xe2, 0x82]],
    [[...Buffer.alloc(60, 0x61), 0x80]],
  ])('%j is not valid', (bytes) => {
    expect(nodeText.isValid(new Uint8Array([0x61, ...bytes]), 1, bytes.length + 1)).toBe(false);
  });

  it('looks at the range only', () => {
    const bytes = new Uint8Array([0xff, 0x61, 0x62, 0xff]);
    expect(nodeText.isValid(bytes, 1, 3)).toBe(true);
    expect(nodeText.decode(bytes, 1, 3)).toBe('ab');
    expect(nodeText.isValid(bytes, 2, 2)).toBe(true);
  });

  it('writes at the very end', () => {
    const bytes = new Uint8Array(2);
    nodeText.write('', bytes, 2, 0);
    nodeText.write('a', bytes, 1, 1);
    expect([...bytes]).toEqual([0, 0x61]);
  });
});

describe('asBuffer', () => {
  it('is the same memory', () => {
    const bytes = new Uint8Array([1, 2, 3]).subarray(1);
    const buffer = asBuffer(bytes);
    buffer[0] = 9;
    expect([...bytes]).toEqual([9, 3]);
    expect(asBuffer(buffer)).toBe(buffer);
  });
});
