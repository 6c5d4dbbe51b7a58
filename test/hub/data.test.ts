import { describe, expect, it } from 'vitest';
import { isLonger, jsonText } from '../../src/hub/data.ts';

describe('jsonText', () => {
  it('is the JSON of a value', () => {
    expect([jsonText({ a: [1, null] }), jsonText('x'), jsonText(null)]).toEqual([
      '{"a":[1,null]}',
      '"x"',
      'null',
    ]);
  });

  it('is undefined for what has none', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const angry = {
      toJSON() {
        throw new Error('no');
      },
    };
    for (const value of [undefined, () => 1, Symbol('x'), 1n, circle, angry]) {
      expect(jsonText(value)).toBeUndefined();
    }
  });
});

describe('isLonger', () => {
  it.each([
    ['', 0, false],
    ['a', 0, true],
    ['aaaa', 4, false],
    ['aaaaa', 4, true],
    ['éé', 4, false],
    ['ééa', 4, true],
    ['€', 3, false],
    ['€', 2, true],
    ['😀', 4, false],
    ['😀', 3, true],
  ])('%j in %i bytes: %s', (text, most, expected) => {
    expect(isLonger(text, most)).toBe(expected);
  });
});
