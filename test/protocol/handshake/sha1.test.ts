import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha1 } from '../../../src/protocol/handshake/sha1.ts';

function both(latin1: string): [string, string] {
  const ours = Buffer.from(sha1(latin1)).toString('hex');
  return [ours, createHash('sha1').update(latin1, 'latin1').digest('hex')];
}

describe('§4.2.2 SHA-1', () => {
  it('gives the digests of FIPS 180-4', () => {
    expect(both('abc')[0]).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    expect(both('')[0]).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
  });

  it('agrees with the platform for every length up to 300, over all bytes', () => {
    let text = '';
    for (let length = 0; length <= 300; length += 1) {
      const [ours, theirs] = both(text);
      expect(ours).toBe(theirs);
      text += String.fromCharCode((length * 89 + 200) % 256);
    }
  });
});
