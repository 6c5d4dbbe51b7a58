import { describe, expect, it } from 'vitest';
import {
  anything,
  type Findings,
  finite,
  flag,
  isObject,
  oneOf,
  payload,
  readFields,
  type Shape,
  text,
  truth,
  whole,
} from '../../src/wire/fields.ts';

function read<Value>(
  values: object,
  shape: Shape<Value>,
): { value: Value; said: string | undefined } {
  const findings: Findings = { problem: undefined };
  return { value: readFields(values, shape, findings), said: findings.problem };
}

describe('fields', () => {
  it('what is not in the shape is left out, and what may be absent stays absent', () => {
    const shape: Shape<{ id: number; by?: string }> = { id: whole(1), by: [text(1, 2)] };
    expect(read({ id: 1, by: 'me', more: 1 }, shape)).toEqual({ value: { id: 1, by: 'me' } });
    expect(Object.keys(read({ id: 1 }, shape).value)).toEqual(['id']);
    expect(read({ id: 1, by: null }, shape).said).toBe('by must be a text of 1 to 2 characters');
  });

  it('only the first wrong field is named', () => {
    const shape: Shape<{ one: boolean; two: number }> = { one: flag, two: finite };
    expect(read({ one: 'x', two: 'y' }, shape).said).toBe('one must be true or false');
    expect(read({ one: true, two: Number.NaN }, shape).said).toBe('two must be a number');
  });

  it('an inherited field is not there', () => {
    const values = Object.create({ id: 1, by: 'me' }) as object;
    expect(read<{ id: number }>(values, { id: whole(1, 9) }).said).toBe(
      'id must be a whole number from 1 to 9',
    );
    expect(read<{ by?: string }>(values, { by: [text(1, 2)] })).toEqual({
      value: {},
    });
  });

  it('an object inside names its fields by the whole path, and an item its place', () => {
    const shape: Shape<{ a: { b: { c: string }[] } }> = {
      a: { b: { each: { c: text(0, 9) }, most: 2 } },
    };
    expect(read({ a: { b: [{ c: '' }, {}] } }, shape).said).toBe(
      'a.b[1].c must be a text of 0 to 9 characters',
    );
    expect(read({ a: { b: [{ c: '' }, []] } }, shape).said).toBe('a.b[1] must be an object');
    expect(read({ a: { b: [1, 2, 3] } }, shape).said).toBe('a.b must be a list of at most 2');
    expect(read({ a: 1 }, shape).said).toBe('a must be an object');
  });

  it('a rule is asked when every field is right, and says the whole path too', () => {
    const shape: Shape<{ a: { n: number } }> = {
      a: { shape: { n: whole(0) }, rule: ({ n }) => (n % 2 === 0 ? undefined : 'n must be even') },
    };
    expect(read({ a: { n: 2 } }, shape).said).toBe(undefined);
    expect(read({ a: { n: 3 } }, shape).said).toBe('a.n must be even');
    expect(read({ a: { n: -1 } }, shape).said).toMatch(/^a\.n must be a whole number/);
  });

  it('what is said of a word repeats nothing of it', () => {
    const shape: Shape<{ type: 'ping' }> = { type: oneOf({ ping: 1 }) };
    for (const type of ['do-not-log', 'constructor', undefined]) {
      expect(read({ type }, shape).said).toBe('type is not a word of this protocol');
    }
  });

  it('what may only be true is refused when it is anything else', () => {
    const shape: Shape<{ removed: true }> = { removed: truth };
    for (const removed of [false, 1, 'true', null]) {
      expect(read({ removed }, shape).said).toBe('removed must be true, or left out');
    }
    expect(read({ removed: true }, shape)).toEqual({ value: { removed: true } });
  });

  it('data is a value or bytes, and one of them must be there', () => {
    const shape: Shape<{ data: unknown }> = { data: payload };
    const bytes = Uint8Array.of(1);
    expect(read({ data: null }, shape).value).toEqual({ data: null });
    expect(read({ data: bytes }, shape).value.data).toBe(bytes);
    expect(read({ bytes: 'AQ==' }, shape).value).toEqual({ data: bytes });
    expect(read({}, shape).said).toBe('data is missing');
    expect(read({ bytes: 'A' }, shape).said).toBe('bytes must be base64');
    expect(read({ bytes: 'AQ==', data: 1 }, shape).said).toBe('bytes cannot stand beside data');
  });

  it('only what a message carries may be bytes', () => {
    expect(read<{ data: unknown }>({ bytes: 'AQ==' }, { data: anything }).said).toBe(
      'data is missing',
    );
  });

  it('null and lists are no objects', () => {
    expect([null, [], 1, 'a', undefined, {}].map(isObject)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});
