import { describe, expect, it } from 'vitest';
import { maxTokenDepth, strictObject } from '../../../src/auth/jwt/strict-json.ts';

describe('RFC 7519 §4: an object that can be read in one way only', () => {
  it.each([
    '{}',
    ' {"a":1}\n',
    '{"a":{"a":1},"b":{"a":2}}',
    '{"a":[{"b":1},{"b":2}]}',
    '{"a":"a","b":"a"}',
    '{"a":"\\"a\\":","b":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":["b","b"],"b":"\\\\"}',
    '{"a":"\\\\","b":1}',
    '{"":1}',
    '{"a":1,"A":2}',
  ])('%s is read', (text) => {
    expect(strictObject(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    '[]',
    'null',
    '"{}"',
    '1',
    '{"a":1',
    "{'a':1}",
    '{"a":1,}',
    '{"a":1}{}',
    '{"a":NaN}',
    '{"a":1,"a":1}',
    '{"a":1 , "a" : 1}',
    '{"a":1,"\\u0061":2}',
    '{"\\/":1,"/":2}',
    '{"":1,"":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[[{"b":1,"b":2}]]}',
    '{"a":{"b":1},"a":2}',
    '{"a":"}","a":2}',
    '{"a":"{","a":2}',
    '{"__proto__":1,"__proto__":2}',
  ])('%s is not', (text) => {
    expect(strictObject(text)).toBeUndefined();
  });

  it('is nested 16 deep at most', () => {
    const nested = (depth: number): string =>
      `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(strictObject(nested(maxTokenDepth))).toBeDefined();
    expect(strictObject(nested(maxTokenDepth + 1))).toBeUndefined();
  });

  it('A2: a name of the prototype is a name like others', () => {
    const object = strictObject('{"__proto__":{"alg":"none"}}')!;
    expect(object['alg']).toBeUndefined();
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });
});
