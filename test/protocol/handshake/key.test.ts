import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { acceptFor, isKey, makeKey } from '../../../src/protocol/handshake/key.ts';

describe('§4.1 item 7: the key', () => {
  it('is the base64 of the sixteen bytes that the source gave', () => {
    const key = makeKey((into) => into.set(Buffer.from('the sample nonce')));
    expect(key).toBe('dGhlIHNhbXBsZSBub25jZQ==');
  });

  it('is known by its form', () => {
    expect(isKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe(true);
    expect(isKey('+/+/+/+/+/+/+/+/+/+/+w==')).toBe(true);
    for (let i = 0; i < 200; i += 1) {
      expect(isKey(randomBytes(16).toString('base64'))).toBe(true);
    }
  });

  it('is refused with another length, padding or alphabet', () => {
    const wrong = [
      '',
      'dGhlIHNhbXBsZSBub25jZQ=',
      'dGhlIHNhbXBsZSBub25jZQ',
      'dGhlIHNhbXBsZSBub25jZQ===',
      'dGhlIHNhbXBsZSBub25jZQA=',
      'dGhlIHNhbXBsZSBub25jZ===',
      'dGhlIHNhbXBsZSBub25jZ_==',
      'dGhlIHNhbXBsZSBub25jZ-==',
      'dGhlIHNhbXBsZSB ub25jQ==',
      'dGhlIHNhbXBsZSBub25jé===',
      randomBytes(15).toString('base64'),
      randomBytes(17).toString('base64'),
      randomBytes(18).toString('base64'),
    ];
    expect(wrong.filter(isKey)).toEqual([]);
  });
});

describe('§4.2.2 item 5.4: the answer to a key', () => {
  it('is that of the standard for the key of the standard', () => {
    expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it('is what the platform makes of any key', () => {
    for (let i = 0; i < 200; i += 1) {
      const key = randomBytes(16).toString('base64');
      const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      expect(acceptFor(key)).toBe(hash.digest('base64'));
    }
  });

  it("is made by the hash that is passed, of the key and the standard's words", () => {
    const answer = acceptFor('a key', (latin1) => `<${latin1}>`);
    expect(answer).toBe('<a key258EAFA5-E914-47DA-95CA-C5AB0DC85B11>');
  });
});
