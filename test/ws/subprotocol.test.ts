import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { parse } from '../../src/ws/subprotocol.ts';

// Not in `@types/ws`.
const theirs = (ws as unknown as { subprotocol: { parse: typeof parse } }).subprotocol;

function attempt(act: () => Set<string>): unknown {
  try {
    return [...act()];
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

describe('§4.1 Sec-WebSocket-Protocol', () => {
  it('is read in order', () => {
    expect([...parse('b, a ,c')]).toEqual(['b', 'a', 'c']);
  });

  it('names each once', () => {
    expect(() => parse('a,b,a')).toThrow(new SyntaxError('The "a" subprotocol is duplicated'));
  });

  it('is read as ws reads it, right or wrong, to the place of the mistake', () => {
    const part = fc.constantFrom('a', 'b', 'cd', ',', ' ', '\t', '@', ';');
    const text = fc.array(part, { maxLength: 10 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        expect(attempt(() => parse(value))).toEqual(attempt(() => theirs.parse(value)));
      }),
      { numRuns: 3000 },
    );
  });
});
