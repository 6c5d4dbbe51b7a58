import { describe, expect, it } from 'vitest';
import { countInOne, sliceBytes } from '../../src/endpoint/one-write.ts';

describe('one write', () => {
  it('has 256 KiB of a piece, or 32 KiB to a line that is slow', () => {
    expect([sliceBytes(false), sliceBytes(true)]).toEqual([262_144, 32_768]);
  });

  it('has as many pieces as fit, and one at least', () => {
    const pieces = [4, 3, 3, 1].map((length) => new Uint8Array(length));
    const counts = [1, 6, 7, 10, 11, 100].map((most) => countInOne(pieces, most));
    expect(counts).toEqual([1, 1, 2, 3, 4, 4]);
  });
});
