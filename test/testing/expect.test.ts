import { describe, expect, it } from 'vitest';
import { mustBe, mustEqual, mustReject } from '../../src/testing/expect.ts';

describe('comparisons', () => {
  it('the same fields in another order are equal', () => {
    expect(() =>
      mustEqual({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }, 'x'),
    ).not.toThrow();
  });

  it('the same bytes are equal, whatever holds them', () => {
    const views = [
      new Uint8Array([1, 2]),
      Buffer.from([1, 2]),
      new Uint8Array([0, 1, 2]).subarray(1),
    ];
    for (const view of views) {
      expect(() => mustEqual({ data: view }, { data: views[0] }, 'x')).not.toThrow();
      expect(() => mustEqual(view, views[0], 'x')).not.toThrow();
    }
  });

  it.each([
    [1, 2],
    [1, '1'],
    [null, undefined],
    [null, 0],
    [{}, []],
    [{ a: 1 }, [['a', 1]]],
    [{ a: 1 }, {}],
    [
      [1, 2],
      [2, 1],
    ],
    [JSON.parse('{"__proto__":1}'), {}],
    [new Uint8Array([1]), { 0: 1 }],
    [new Uint8Array([1]), [1]],
    [new Uint8Array([1]), new Uint8Array([2])],
    [Buffer.from([1]), { type: 'Buffer', data: [1] }],
  ])('%j is not %j', (one, other) => {
    expect(() => mustEqual(one, other, 'this')).toThrow(/^this: expected /);
    expect(() => mustEqual(other, one, 'this')).toThrow(/^this: expected /);
  });

  it('a long difference is cut', () => {
    expect(() => mustEqual('a'.repeat(1_000), 'b'.repeat(1_000), 'this')).toThrow(/^.{600,650}$/);
  });

  it('what must be says what was expected', () => {
    expect(() => mustBe(true, 'a thing')).not.toThrow();
    expect(() => mustBe(false, 'a thing')).toThrow('expected: a thing');
  });

  it('what must reject gives its error, even when that is nothing', async () => {
    expect(await mustReject(Promise.reject(new Error('no')), 'this')).toEqual(new Error('no'));
    expect(await mustReject(Promise.reject(), 'this')).toBe(undefined);
    await expect(mustReject(Promise.resolve(1), 'this')).rejects.toThrow(
      'this: expected a rejection',
    );
  });
});
