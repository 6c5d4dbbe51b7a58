import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextPieces } from '../../src/endpoint/text-pieces.ts';

function encode(...pieces: readonly string[]): string {
  const encoder = new TextPieces();
  const parts = pieces.map((piece) => encoder.encode(piece));
  return Buffer.concat([...parts, encoder.end()]).toString();
}

describe('a text in pieces', () => {
  it('cut inside a surrogate pair is the same text', () => {
    expect(encode('a\ud83d', '\ude00b')).toBe('a😀b');
    expect(encode('\ud83d', '', '\ude00')).toBe('😀');
  });

  it('a half without its other half is U+FFFD, in the middle and at the end', () => {
    expect(encode('\ud83d', 'x')).toBe('\ufffdx');
    expect(encode('\ud83d\ud83d', '\ude00')).toBe('\ufffd😀');
    expect(encode('x\ud83d')).toBe('x\ufffd');
    expect(encode('\ude00')).toBe('\ufffd');
  });

  it('cut anywhere, into anything: the UTF-8 of the whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(40)), (text, cuts) => {
        const places = [
          0,
          ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b),
          text.length,
        ];
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        expect(encode(...pieces)).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('after its end another begins', () => {
    const encoder = new TextPieces();
    encoder.encode('\ud83d');
    encoder.end();
    expect(encoder.encode('\ude00').toString()).toBe('\ufffd');
  });
});
