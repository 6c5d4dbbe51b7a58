import { isUtf8 as nodeIsUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUtf8, Utf8Check } from '../../../src/protocol/message/utf8.ts';

/** The last byte below, the first of, and the last of each range that RFC 3629 §4 names, and what follows it. */
const borders = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
const leads = Array.from({ length: 256 }, (_, i) => i);
/** One of these completes any text that can still be completed. */
const endings = ['', '80', '8080', '808080', 'a080', '908080'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

function mayGoOn(bytes: Uint8Array): boolean {
  return endings.some((ending) => nodeIsUtf8(Buffer.concat([bytes, ending])));
}

function isValid(bytes: Uint8Array): boolean {
  return isUtf8(bytes, 0, bytes.length);
}

/** How many bytes the incremental check takes before it refuses; one more than there are when it never does. */
function takes(bytes: Uint8Array): number {
  const check = new Utf8Check(isUtf8);
  for (let at = 0; at < bytes.length; at += 1) {
    if (!check.push(bytes, at, at + 1)) {
      return at;
    }
  }
  return check.isComplete ? bytes.length + 1 : bytes.length;
}

function sequences(rest: number): Uint8Array[] {
  let all: number[][] = leads.map((lead) => [lead]);
  for (let i = 0; i < rest; i += 1) {
    all = all.flatMap((start) => borders.map((next) => [...start, next]));
  }
  return all.map((sequence) => Uint8Array.from(sequence));
}

describe('§8.1, RFC 3629 §4: whole ranges', () => {
  it('every sequence of one and of two bytes is judged as the platform does', () => {
    const two = new Uint8Array(2);
    for (let first = 0; first < 256; first += 1) {
      two[0] = first;
      expect(isUtf8(two, 0, 1)).toBe(nodeIsUtf8(two.subarray(0, 1)));
      for (let second = 0; second < 256; second += 1) {
        two[1] = second;
        if (isValid(two) !== nodeIsUtf8(two)) {
          expect.fail(`${first} ${second}`);
        }
      }
    }
  });

  it('every lead with every border of a continuation, three and four bytes long', () => {
    for (const bytes of [...sequences(2), ...sequences(3)]) {
      if (isValid(bytes) !== nodeIsUtf8(bytes)) {
        expect.fail(bytes.join());
      }
    }
  });

  it('looks at the range alone', () => {
    const bytes = Buffer.from('ffc3a9ff', 'hex');
    expect([isUtf8(bytes, 1, 3), isUtf8(bytes, 1, 2), isUtf8(bytes, 2, 3)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isUtf8(bytes, 4, 4)).toBe(true);
  });

  it('judges any bytes as a fatal TextDecoder does', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const decodes = (bytes: Uint8Array): boolean => {
      try {
        decoder.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    const random = fc.uint8Array({ maxLength: 12 });
    const text = fc.string({ unit: 'binary' }).map((value) => new TextEncoder().encode(value));
    fc.assert(
      fc.property(fc.array(fc.oneof(text, text, random), { maxLength: 4 }), (parts) => {
        const bytes = Buffer.concat(parts);
        expect(isValid(bytes)).toBe(decodes(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('§8.1: a text that arrives in pieces', () => {
  it('is refused at the first byte after which nothing could make it valid', () => {
    for (const bytes of [...sequences(0), ...sequences(1), ...sequences(2)]) {
      let expected = 0;
      while (expected < bytes.length && mayGoOn(bytes.subarray(0, expected + 1))) {
        expected += 1;
      }
      const isWhole = expected === bytes.length && nodeIsUtf8(bytes);
      if (takes(bytes) !== (isWhole ? bytes.length + 1 : expected)) {
        expect.fail(bytes.join());
      }
    }
  });

  it('is judged alike wherever it is cut', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }).map((value) => Buffer.from(value)),
      fc.constantFrom(...sequences(2).filter((_, i) => i % 97 === 0)),
      fc.uint8Array({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const bytes = Buffer.concat(parts);
        const whole = isValid(bytes);
        for (let one = 0; one <= bytes.length; one += 1) {
          for (let two = one; two <= bytes.length; two += 3) {
            const check = new Utf8Check(isUtf8);
            const isTaken =
              check.push(bytes, 0, one) &&
              check.push(bytes, one, two) &&
              check.push(bytes, two, bytes.length);
            expect(isTaken && check.isComplete).toBe(whole);
            expect(isTaken).toBe(mayGoOn(bytes));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives the fast check whole characters only', () => {
    const seen: string[] = [];
    const check = new Utf8Check((bytes, start, end) => {
      seen.push(Buffer.from(bytes.subarray(start, end)).toString('hex'));
      return isUtf8(bytes, start, end);
    });
    const bytes = Buffer.from('a€b😀c€');
    expect(check.push(bytes, 0, 3)).toBe(true);
    expect(check.isComplete).toBe(false);
    expect(check.push(bytes, 3, 8)).toBe(true);
    expect(check.push(bytes, 8, bytes.length)).toBe(true);
    expect(check.isComplete).toBe(true);
    expect(seen).toEqual(['61', '62', '63']);
  });

  it('begins anew after `reset`', () => {
    const check = new Utf8Check(isUtf8);
    expect(check.push(Uint8Array.of(0xe2), 0, 1)).toBe(true);
    check.reset();
    expect(check.isComplete).toBe(true);
    expect(check.push(Uint8Array.of(0x41), 0, 1)).toBe(true);
  });
});
