import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pureText } from '../../../src/protocol/message/text.ts';

const samples = ['', 'hello', 'é', '€', '😀', '\ud800', '\udc00x', '\ud83d\ud83d\ude00', '\ufeffx'];

/** The port's own bytes for `text`, with a byte on either side that must stay. */
function written(text: string): Uint8Array {
  const length = pureText.byteLength(text);
  const into = new Uint8Array(length + 2).fill(0xee);
  pureText.write(text, into, 1, length);
  expect([into[0], into[length + 1]]).toEqual([0xee, 0xee]);
  return into.subarray(1, length + 1);
}

describe('the pure text port', () => {
  it('counts and writes the bytes that Buffer does, lone surrogates as U+FFFD', () => {
    for (const text of samples) {
      expect(Buffer.from(written(text)).toString('hex')).toBe(Buffer.from(text).toString('hex'));
    }
    const any = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(any, (text) => {
        expect(Buffer.from(written(text)).toString('hex')).toBe(Buffer.from(text).toString('hex'));
      }),
      { numRuns: 500 },
    );
  });

  it('§5.6: decodes what it wrote; a byte order mark is a character like any other', () => {
    for (const text of ['hello', 'é€😀', '\ufeffx', '\ufeff', '']) {
      const bytes = Buffer.concat([Buffer.from('<'), Buffer.from(text), Buffer.from('>')]);
      expect(pureText.decode(bytes, 1, bytes.length - 1)).toBe(text);
    }
  });

  it('checks the range it is given', () => {
    const bytes = Buffer.from('ff41ff', 'hex');
    expect([pureText.isValid(bytes, 1, 2), pureText.isValid(bytes, 0, 2)]).toEqual([true, false]);
  });
});
