import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/ground/shared.ts';

describe('shared', () => {
  it('makes each form once', () => {
    let made = 0;
    const toJson = (value: { a: number }) => {
      made += 1;
      return JSON.stringify(value);
    };
    const shared = new Shared({ a: 1 });
    expect([shared.as(toJson), shared.as(toJson)]).toEqual(['{"a":1}', '{"a":1}']);
    expect(made).toBe(1);
  });

  it('keeps forms apart by the function that makes them, undefined ones too', () => {
    let made = 0;
    const toNothing = () => {
      made += 1;
    };
    const shared = new Shared('x');
    expect(shared.as(toNothing)).toBe(undefined);
    expect(shared.as(toNothing)).toBe(undefined);
    expect(made).toBe(1);
    expect(shared.as((value) => value + value)).toBe('xx');
    expect(shared.value).toBe('x');
  });

  it('tries again when an encoder threw', () => {
    let isBroken = true;
    const encode = () => {
      if (isBroken) {
        throw new Error('broken');
      }
      return 'well';
    };
    const shared = new Shared('x');
    expect(() => shared.as(encode)).toThrow('broken');
    isBroken = false;
    expect(shared.as(encode)).toBe('well');
  });
});
