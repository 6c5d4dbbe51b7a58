import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeParam, encodeParam } from '../../src/ground/param.ts';

/** Whole characters of any kind, with those among them that matter here. */
const character = fc.oneof(
  fc.constantFrom(...'aZ09-_.~=%/:@+, \0\n\u007f'.split(''), '\ufeff', '=41', '\u0301', 'é', '𝒜'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { minLength: 1, maxLength: 20 }).map((all) => all.join(''));

describe('a parameter as a segment', () => {
  it.each([
    ['42', '42'],
    ['a-b_c.D9', 'a-b_c.D9'],
    ['a b', 'a=20b'],
    ['a/b', 'a=2Fb'],
    ['=', '=3D'],
    ['~inbox', '=7Einbox'],
    ['é', '=C3=A9'],
    ['e\u0301', 'e=CC=81'],
    ['\ufeffa', '=EF=BB=BFa'],
    ['𝒜', '=F0=9D=92=9C'],
  ])('%j is written %s, and read back', (value, segment) => {
    expect(encodeParam(value)).toBe(segment);
    expect(decodeParam(segment)).toBe(value);
  });

  it.each(['', '\ud800', 'a\udc00b'])('%j cannot be written', (value) => {
    expect(encodeParam(value)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['a character that is always encoded', 'a~'],
    ['a letter as its byte', '=41'],
    ['lower case digits', '=c3=a9'],
    ['an escape that is cut', '=C'],
    ['an escape of other letters', '=GG'],
    ['bytes that are no UTF-8', '=C3'],
    ['a longer form of UTF-8', '=C0=AF'],
    ['half of a pair as bytes', '=ED=A0=80'],
    ['letters of other scripts', 'é'],
    ['the sign of percent-encoding', '%20'],
  ])('%s is what nothing is written as', (_, segment) => {
    expect(decodeParam(segment)).toBeUndefined();
  });

  it('any text of whole characters comes back, from segments of the same few characters', () => {
    fc.assert(
      fc.property(text, (value) => {
        const segment = encodeParam(value)!;
        expect(segment).toMatch(/^[A-Za-z0-9\-_.=]+$/);
        expect(decodeParam(segment)).toBe(value);
      }),
    );
  });

  it('no two texts are one segment, and no two segments one text', () => {
    const segments = fc.string({ unit: fc.constantFrom(...'aA=3D4C9'.split('')), minLength: 1 });
    fc.assert(
      fc.property(segments, (segment) => {
        const value = decodeParam(segment);
        expect(value === undefined || encodeParam(value) === segment).toBe(true);
      }),
    );
  });
});
