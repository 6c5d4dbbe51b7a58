import { describe, expect, it } from 'vitest';
import { Fields, type Findings, isObject } from '../../src/wire/fields.ts';

function fieldsOf(values: object): { from: Fields; findings: Findings } {
  const findings: Findings = { problem: undefined };
  return { from: new Fields(values, '', findings), findings };
}

describe('fields', () => {
  it('only the first wrong field is named', () => {
    const { from, findings } = fieldsOf({ one: 'x', two: 'y' });
    from.flag('one');
    from.finite('two');
    expect(findings.problem).toBe('one must be true or false');
  });

  it('an inherited field is not there', () => {
    const { from, findings } = fieldsOf(Object.create({ id: 1 }) as object);
    expect(from.whole('id', { least: 1, most: 9 })).toBe(1);
    expect(findings.problem).toBe('id must be a whole number from 1 to 9');
    expect(from.optional('id', () => 'read')).toEqual({});
  });

  it('an object inside names its fields by the whole path', () => {
    const { from, findings } = fieldsOf({ a: { b: {} } });
    from.inner('a', (a) => a.inner('b', (b) => b.any('c')));
    expect(findings.problem).toBe('a.b.c is missing');
  });

  it('reading goes on behind a wrong field, and changes nothing', () => {
    const { from, findings } = fieldsOf({ a: 1 });
    expect(from.inner('a', (a) => a.flag('b'))).toBe(false);
    expect(from.list('a', 1, (one) => one.flag('b'))).toEqual([]);
    expect(findings.problem).toBe('a must be an object');
  });

  it('what is said of a message repeats nothing of it', () => {
    const secret = 'do-not-log';
    const { from, findings } = fieldsOf({ type: secret });
    from.oneOf('type', { ping: 1 });
    expect(findings.problem).toBe('type is not a word of this protocol');
  });

  it('what may only be true is refused when it is anything else', () => {
    for (const wrong of [false, 1, 'true', null]) {
      const { from, findings } = fieldsOf({ removed: wrong });
      from.truth('removed');
      expect(findings.problem).toBe('removed must be true, or left out');
    }
    expect(fieldsOf({ removed: true }).from.truth('removed')).toBe(true);
  });

  it('data is a value or bytes, and one of them must be there', () => {
    const bytes = Uint8Array.of(1);
    expect(fieldsOf({ data: null }).from.data()).toBe(null);
    expect(fieldsOf({ data: bytes }).from.data()).toBe(bytes);
    expect(fieldsOf({ bytes: 'AQ==' }).from.data()).toEqual(bytes);
    const { from, findings } = fieldsOf({});
    from.data();
    expect(findings.problem).toBe('data is missing');
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
