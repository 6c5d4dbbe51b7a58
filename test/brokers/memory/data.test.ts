import { describe, expect, it } from 'vitest';
import { chargeOf, copied, entryChargeBytes } from '../../../src/brokers/memory/data.ts';

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

describe('what an entry counts', () => {
  const entry = { id: 'a long id that counts nothing', data: null, atMs: 0, by: 'ada' };

  it('is its data, its event, its key, and 200', () => {
    expect(entryChargeBytes).toBe(200);
    expect(chargeOf(entry, 4)).toBe(204);
    expect(chargeOf({ ...entry, event: 'abc', key: 'de' }, 4)).toBe(209);
  });
});
