import { importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { importKeys, type PublicJwk } from '../../../src/auth/jwt/import-keys.ts';
import type { JwtAlgorithm } from '../../../src/auth/jwt/keys.ts';
import { pairs, secret } from '../tokens.ts';

const rsa = { ...pairs.rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa' };
const ec = { ...pairs.ec.publicKey.export({ format: 'jwk' }), kid: 'ec' };
const ed = { ...pairs.ed.publicKey.export({ format: 'jwk' }), kid: 'ed' };

async function read(jwks: readonly unknown[], algorithms: JwtAlgorithm[] = ['RS256', 'ES256']) {
  const keys = await importKeys(jwks, algorithms, importJWK);
  return [...keys.values()].map(({ kid, alg }) => `${kid} ${alg}`);
}

describe('RFC 7517 §4: a set of keys', () => {
  it('gives each the algorithm that it names, if it is allowed', async () => {
    expect(await read([{ ...rsa, alg: 'RS256' }])).toEqual(['rsa RS256']);
    expect(await read([{ ...rsa, alg: 'PS256' }])).toEqual([]);
    expect(await read([{ ...rsa, alg: 'ES256' }])).toEqual([]);
    expect(await read([{ ...rsa, alg: 'none' }])).toEqual([]);
    expect(await read([{ ...rsa, alg: 'HS256' }])).toEqual([]);
    expect(await read([{ ...rsa, alg: 1 }])).toEqual([]);
  });

  it('gives one that names none the only one that fits it', async () => {
    expect(await read([rsa, ec, ed])).toEqual(['rsa RS256', 'ec ES256']);
    expect(await read([rsa, ec], ['RS256', 'PS256', 'ES256'])).toEqual(['ec ES256']);
    expect(await read([ec], ['ES384'])).toEqual([]);
    expect(await read([ed], ['EdDSA'])).toEqual(['ed EdDSA']);
  });

  it('passes over what is for something else', async () => {
    expect(await read([{ ...rsa, use: 'enc' }])).toEqual([]);
    expect(await read([{ ...rsa, use: 'sig', key_ops: ['verify'] }])).toEqual(['rsa RS256']);
    expect(await read([{ ...rsa, key_ops: ['encrypt'] }])).toEqual([]);
    expect(await read([{ ...rsa, key_ops: 'verify' }])).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no object', 'key'],
    ['null', null],
    ['a list', [rsa]],
    ['without a name', { ...rsa, kid: undefined }],
    ['with a number for a name', { ...rsa, kid: 1 }],
    ['with a name of 257 characters', { ...rsa, kid: 'k'.repeat(257) }],
    ['of a kind that nobody knows', { ...rsa, kty: 'XYZ' }],
    ['of the prototype', { kty: 'constructor', kid: 'a', alg: 'constructor' }],
    ['a secret', { kty: 'oct', kid: 'a', k: secret.toString('base64url'), alg: 'HS256' }],
    ['with a part missing', { ...rsa, n: undefined }],
    ['with a part that is no text', { ...rsa, e: 65_537 }],
    ['with a part that is no number', { ...ec, x: '!' }],
    ['not on its curve', { ...ec, x: ec.y, y: ec.x }],
  ])('leaves out one %s, and keeps the others', async (_, jwk) => {
    expect(await read([jwk, { ...ec, kid: 'other' }])).toEqual(['other ES256']);
  });

  it('uses neither of two with one name, whatever else is there', async () => {
    expect(await read([rsa, { ...ec, kid: 'rsa' }, ec])).toEqual(['ec ES256']);
    expect(await read([rsa, { ...rsa, use: 'enc' }, rsa])).toEqual([]);
  });

  it('passes on public members only', async () => {
    const given: PublicJwk[] = [];
    const jwk = { ...pairs.rsa.privateKey.export({ format: 'jwk' }), kid: 'a', x5c: ['x'] };
    await importKeys([jwk], ['RS256'], async (clean) => {
      given.push(clean);
      return {};
    });
    expect(given.map((clean) => Object.keys(clean))).toEqual([['kty', 'n', 'e']]);
  });
});
