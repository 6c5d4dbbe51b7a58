import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { format, parse } from '../../src/ws/extension.ts';

// Not in `@types/ws`.
const theirs = (ws as unknown as { extension: { parse: typeof parse; format: typeof format } })
  .extension;

/** What it gives, or how it fails. */
function attempt(act: () => unknown): unknown {
  try {
    return JSON.stringify(act());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

describe('§9.1 Sec-WebSocket-Extensions', () => {
  it('is read into offers, in order, with parameters that may repeat', () => {
    const read = parse('a; x=1; x="2"; y, b,a; z=10');
    expect(JSON.parse(JSON.stringify(read))).toEqual({
      a: [{ x: ['1', '2'], y: [true] }, { z: ['10'] }],
      b: [{}],
    });
  });

  it('takes names that objects have of their own', () => {
    expect(Object.keys(parse('__proto__; constructor=1, toString'))).toEqual([
      '__proto__',
      'toString',
    ]);
  });

  it('is written again', () => {
    expect(format({ a: [{ x: ['1', true], y: true }, {}], b: { z: 10 } })).toBe(
      'a; x=1; x; y, a, b; z=10',
    );
  });

  it('is read as ws reads it, right or wrong, to the place of the mistake', () => {
    const part = fc.constantFrom('a', 'bc', ';', ',', '=', '"', '\\', ' ', '\t', '1', '@', 'é');
    const text = fc.array(part, { maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        expect(attempt(() => parse(value))).toBe(attempt(() => theirs.parse(value)));
      }),
      { numRuns: 3000 },
    );
  });
});
