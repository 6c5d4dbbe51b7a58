import { describe, expect, it } from 'vitest';
import {
  toClampedShort,
  toData,
  toDictionary,
  toMessage,
  toScalarText,
  toText,
  toTextSequence,
  toTexts,
  toWhole,
  toWrappedShort,
} from '../../src/browser-shape/conversions.ts';

describe('Web IDL: strings', () => {
  it('DOMString: anything becomes its text, undefined and null too', () => {
    expect([undefined, null, 5, { toString: () => 'own' }].map(toText)).toEqual([
      'undefined',
      'null',
      '5',
      'own',
    ]);
  });

  it('DOMString: a symbol is a TypeError', () => {
    expect(() => toText(Symbol('no'))).toThrow(TypeError);
  });

  it('USVString: a surrogate without its other half becomes U+FFFD, a pair stays', () => {
    expect(toScalarText('a\ud800b\udc00c🧵')).toBe('a\ufffdb\ufffdc🧵');
  });

  it('(DOMString or sequence): a string is one, whatever can be iterated is many', () => {
    expect(toTexts('ab')).toEqual(['ab']);
    expect(toTexts(['a', 1])).toEqual(['a', '1']);
    expect(toTexts(new Set(['a']))).toEqual(['a']);
    expect(toTexts(Object('ab'))).toEqual(['a', 'b']);
  });

  it('(DOMString or sequence): an object that cannot be iterated is its text', () => {
    expect(toTexts({})).toEqual(['[object Object]']);
    expect(toTexts(null)).toEqual(['null']);
  });

  it('sequence: neither a string nor an object that cannot be iterated is one', () => {
    expect(() => toTextSequence('ab')).toThrow(TypeError);
    expect(toTextSequence(['a'])).toEqual(['a']);
  });
});

describe('Web IDL: numbers', () => {
  it.each([
    [1000, 1000],
    ['1000', 1000],
    [null, 0],
    [Number.NaN, 0],
    ['no number', 0],
    [-1, 0],
    [65_536, 65_535],
    [Number.POSITIVE_INFINITY, 65_535],
    [999.5, 1000],
    [1000.5, 1000],
    [1001.5, 1002],
    [1000.6, 1001],
    [1000.4, 1000],
  ])('[Clamp] unsigned short: %s is %s', (value, short) => {
    expect(toClampedShort(value)).toBe(short);
  });

  it('a BigInt and a symbol are a TypeError', () => {
    expect(() => toClampedShort(1000n)).toThrow(TypeError);
    expect(() => toClampedShort(Symbol('no'))).toThrow(TypeError);
  });

  it('unsigned short: what is beyond 16 bits is cut off', () => {
    expect([65_536 + 1000, -1, '3', Number.NaN].map(toWrappedShort)).toEqual([1000, 65_535, 3, 0]);
  });

  it('a close code of a stream is made whole and nothing else', () => {
    expect([999.5, 66_536, -1.5, 'x', '1000'].map(toWhole)).toEqual([999, 66_536, -1, 0, 1000]);
  });
});

describe('Web IDL: dictionaries', () => {
  it('nothing is an empty one, a primitive is a TypeError', () => {
    expect([toDictionary(undefined), toDictionary(null)]).toEqual([{}, {}]);
    expect(() => toDictionary(5)).toThrow(TypeError);
    expect(() => toDictionary('text')).toThrow(TypeError);
  });
});

describe('Web IDL: what is sent', () => {
  it('a view is its own bytes of a buffer, of whatever kind it is', () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4);
    expect(toMessage(new Uint8Array(buffer, 1, 2))).toEqual(Uint8Array.of(2, 3));
    expect(toMessage(new DataView(buffer, 3))).toEqual(Uint8Array.of(4));
    expect(toMessage(new Uint16Array(buffer, 2))).toEqual(Uint8Array.of(3, 4));
    expect(toMessage(buffer)).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  it('a buffer that was transferred away has no bytes', () => {
    const buffer = new ArrayBuffer(3);
    structuredClone(buffer, { transfer: [buffer] });
    expect(toMessage(buffer)).toEqual(new Uint8Array(0));
  });

  it('shared and resizable memory is a TypeError', () => {
    expect(() => toMessage(new Uint8Array(new SharedArrayBuffer(3)))).toThrow(TypeError);
    const resizable = Reflect.construct(ArrayBuffer, [3, { maxByteLength: 9 }]) as ArrayBuffer;
    expect(() => toMessage(resizable)).toThrow(TypeError);
    expect(() => toMessage(new Uint8Array(resizable))).toThrow(TypeError);
  });

  it('a Blob stays a Blob where one may be sent, and is its text where not', () => {
    const blob = new Blob(['x']);
    expect(toData(blob)).toBe(blob);
    expect(toMessage(blob)).toBe('[object Blob]');
  });

  it('all else is its text, a SharedArrayBuffer too', () => {
    expect(toData(null)).toBe('null');
    expect(toMessage(new SharedArrayBuffer(3))).toBe('[object SharedArrayBuffer]');
  });
});
