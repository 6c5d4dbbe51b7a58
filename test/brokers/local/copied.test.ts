import { describe, expect, it } from 'vitest';
import { copied } from '../../../src/brokers/local/copied.ts';

describe('a copy', () => {
  it('of a JSON value is another, with the length of its JSON', () => {
    const data = { a: [1] };
    const copy = copied(data);
    expect(copy).toEqual({ data: { a: [1] }, length: '{"a":[1]}'.length });
    data.a[0] = 2;
    expect(copy.data).toEqual({ a: [1] });
  });

  it('of bytes is a plain array of their own, with their number', () => {
    const whole = Buffer.from([1, 2, 3, 4]);
    const { data, length } = copied(whole.subarray(1, 3));
    whole.fill(9);
    expect(data).toEqual(new Uint8Array([2, 3]));
    expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
    expect((data as Uint8Array).buffer.byteLength).toBe(2);
    expect(length).toBe(2);
  });

  it.each([undefined, () => {}, Symbol('x'), 1n])('of %s there is none', (data) => {
    expect(() => copied(data)).toThrow(TypeError);
  });
});
