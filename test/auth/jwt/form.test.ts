import { describe, expect, it } from 'vitest';
import { readForm } from '../../../src/auth/jwt/form.ts';

const header = { alg: 'RS256' };
const claims = { sub: 'ann', name: 'Zoë ☕' };
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (signature: Buffer): string =>
  `${encode(header)}.${encode(claims)}.${signature.toString('base64url')}`;

describe('RFC 7515 §7.1: three parts', () => {
  it.each([1, 2, 3, 64, 256])('with a signature of %i bytes are read', (bytes) => {
    expect(readForm(token(Buffer.alloc(bytes, 0xff)))).toEqual({ header, claims });
  });

  it('with what nobody has signed are not', () => {
    expect(readForm(token(Buffer.alloc(0)))).toBeUndefined();
  });

  it('have 8,192 characters at most', () => {
    const short = token(Buffer.alloc(3));
    const bytes = Math.floor(((8_192 - short.length) * 3) / 4) + 3;
    const longest = token(Buffer.alloc(bytes));
    expect(longest.length).toBeGreaterThan(8_188);
    expect(longest.length).toBeLessThanOrEqual(8_192);
    expect(readForm(longest)).toBeDefined();
    expect(readForm(token(Buffer.alloc(bytes + 3)))).toBeUndefined();
  });

  it.each([undefined, null, 1, {}, [token(Buffer.alloc(3))]])('%j is no token', (value) => {
    expect(readForm(value)).toBeUndefined();
  });

  it('§2: are written in one way only: bits that mean nothing are zero', () => {
    const [first, second] = token(Buffer.alloc(1)).split('.');
    const endings = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
    const good = endings.filter((last) => readForm(`${first}.${second}.A${last}`) !== undefined);
    expect(good).toEqual(['A', 'Q', 'g', 'w']);
  });
});
