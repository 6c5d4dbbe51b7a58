import { describe, expect, it } from 'vitest';
import { readExtensions } from '../../../src/protocol/handshake/extensions.ts';

describe('§9.1 Sec-WebSocket-Extensions', () => {
  it('absent, nothing is offered', () => {
    expect(readExtensions([])).toEqual([]);
  });

  it('offers come in order, over all lines, with their parameters', () => {
    const offers = readExtensions(['foo, bar; baz=2', ' permessage-deflate ; a ; b = "1\\0" ']);
    expect(offers).toEqual([
      { name: 'foo', parameters: [] },
      { name: 'bar', parameters: [['baz', '2']] },
      {
        name: 'permessage-deflate',
        parameters: [
          ['a', undefined],
          ['b', '10'],
        ],
      },
    ]);
  });

  it('RFC 9110 §5.6.1.2: empty elements are passed over', () => {
    expect(readExtensions([', foo ,, bar,'])?.map(({ name }) => name)).toEqual(['foo', 'bar']);
  });

  it('names that every object has are names like others', () => {
    const offers = readExtensions(['__proto__; constructor=toString']);
    expect(offers).toEqual([{ name: '__proto__', parameters: [['constructor', 'toString']] }]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each([
    [''],
    [';;;'],
    [' , '],
    ['a b'],
    ['a; '],
    ['a; b='],
    ['a; =b'],
    ['a; b="'],
    ['a; b="c" d'],
    ['a; b="c d"'],
    ['a; b="\\"'],
    ['a; b=""'],
    ['"a"'],
    ['a; b=c=d'],
    ['a\u00e9'],
  ])('%j does not follow the grammar', (value) => {
    expect(readExtensions([value])).toBe(undefined);
  });

  it('A3: quoted strings that never end are read once, not once per escape', () => {
    const value = `a; b="${'\\c'.repeat(200_000)}`;
    expect(readExtensions([value])).toBe(undefined);
  });
});
