import { describe, expect, it } from 'vitest';
import { bearer } from '../../src/auth/index.ts';

function read(authorization: string | undefined): string | undefined {
  const headers = authorization === undefined ? {} : { authorization };
  return bearer({
    token: undefined,
    pipe: 'websocket',
    address: undefined,
    handshake: { headers, url: '/' },
  });
}

describe('RFC 6750 §2.1: Authorization: Bearer', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER a-b._~+/c==', 'a-b._~+/c=='],
    [`Bearer ${'a'.repeat(8_192)}`, 'a'.repeat(8_192)],
  ])('%.20s is one', (field, token) => {
    expect(read(field)).toBe(token);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer  abc',
    'Bearer abc def',
    'Bearer abc, Bearer def',
    'Bearer a=b',
    'Bearer "abc"',
    'Basic YTpi',
    'abc',
    ' Bearer abc',
    'Bearer abc\n',
    `Bearer ${'a'.repeat(8_193)}`,
  ])('%.30j is none', (field) => {
    expect(read(field)).toBeUndefined();
  });

  it('there is none without a handshake', () => {
    expect(bearer({ token: 'a', pipe: 'memory', address: undefined })).toBeUndefined();
  });
});
