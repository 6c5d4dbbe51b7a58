import { describe, expect, it } from 'vitest';
import { concat, copyOf, equal, toHex } from '../../src/ground/bytes.ts';

describe('concat', () => {
  it('puts the parts behind each other, empty ones too', () => {
    const parts = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];
    expect(concat(parts)).toEqual(Uint8Array.of(1, 2, 3));
    expect(concat([])).toEqual(new Uint8Array(0));
  });

  it('copies: a part may change afterwards', () => {
    const part = Uint8Array.of(1);
    const whole = concat([part]);
    part[0] = 9;
    expect(whole).toEqual(Uint8Array.of(1));
  });
});

describe('copyOf', () => {
  it.each([
    ['a Uint8Array', Uint8Array.of(1, 2, 3, 4)],
    ['a Buffer of Node, whose own slice is a view', Buffer.from([1, 2, 3, 4])],
  ])('copies a range of %s', (_, bytes) => {
    const [whole, range] = [copyOf(bytes), copyOf(bytes, 1, 3)];
    bytes.fill(9);
    expect(whole).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(range).toEqual(Uint8Array.of(2, 3));
    expect(range.buffer.byteLength).toBe(2);
  });
});

describe('equal', () => {
  it('compares lengths and every byte', () => {
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equal(new Uint8Array(0), new Uint8Array(0))).toBe(true);
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
    expect(equal(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  });
});

describe('toHex', () => {
  it('gives two small digits for each byte', () => {
    expect(toHex(Uint8Array.of(0, 10, 255, 16))).toBe('000aff10');
    expect(toHex(new Uint8Array(0))).toBe('');
  });
});
