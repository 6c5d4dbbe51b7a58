import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digest, sha256 } from '../../src/hub/sha256.ts';

describe('SHA-256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j is what FIPS 180-4 says', (text, expected) => {
    expect(digest(text)).toBe(expected);
  });

  it('of any length is what the platform says, also for a view into a larger array', () => {
    const all = Uint8Array.from({ length: 400 }, (_, i) => (i * 31) & 255);
    for (let length = 0; length < 300; length += 1) {
      const bytes = all.subarray(7, 7 + length);
      expect(Buffer.from(sha256(bytes)).toString('hex')).toBe(
        createHash('sha256').update(bytes).digest('hex'),
      );
    }
  });

  it('of text is that of its UTF-8', () => {
    expect(digest('grüß 😀')).toBe(createHash('sha256').update('grüß 😀').digest('hex'));
  });
});
