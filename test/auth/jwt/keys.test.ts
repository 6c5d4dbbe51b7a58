import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fixedKeys, isAlgorithm, type JwtKey } from '../../../src/auth/jwt/keys.ts';
import { pairs } from '../tokens.ts';

const key = pairs.rsa.publicKey;

describe('RFC 8725 §3.1: keys, each with its algorithm', () => {
  it('are looked up by their name', () => {
    const one: JwtKey = { kid: 'one', alg: 'RS256', key };
    const other: JwtKey = { kid: 'other', alg: 'PS256', key };
    const nameless: JwtKey = { alg: 'ES256', key: pairs.ec.publicKey };
    const keys = fixedKeys([one, other, nameless]);
    expect(keys.find('one')).toBe(one);
    expect(keys.find('other')).toBe(other);
    expect(keys.find(undefined)).toBe(nameless);
    expect(keys.algorithms).toEqual(new Set(['RS256', 'PS256', 'ES256']));
  });

  it.each(['two', '', 'ONE', '__proto__', 'constructor', 'undefined'])(
    'A2: %j is nobody’s name',
    (kid) => {
      expect(fixedKeys([{ kid: 'one', alg: 'RS256', key }]).find(kid)).toBeUndefined();
    },
  );

  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('§3.2 of RFC 7518: a secret for %s has %i bytes', (alg, bytes) => {
    expect(() => fixedKeys([{ alg, key: randomBytes(bytes) }])).not.toThrow();
    expect(() => fixedKeys([{ alg, key: randomBytes(bytes - 1) }])).toThrow('bytes');
  });

  it('a secret may be an object, of the same length', async () => {
    const objects = async (bytes: number): Promise<object[]> => {
      const hmac = { name: 'HMAC', hash: 'SHA-256' };
      const raw = randomBytes(bytes);
      return [
        createSecretKey(raw),
        await crypto.subtle.importKey('raw', raw, hmac, false, ['verify']),
      ];
    };
    for (const secret of await objects(32)) {
      expect(() => fixedKeys([{ alg: 'HS256', key: secret }])).not.toThrow();
    }
    for (const secret of await objects(31)) {
      expect(() => fixedKeys([{ alg: 'HS256', key: secret }])).toThrow('32 bytes');
    }
  });

  const pem = key.export({ format: 'pem', type: 'spki' });
  it.each<[string, readonly object[]]>([
    ['none at all', []],
    ['PEM, which says itself what it is', [{ alg: 'RS256', key: pem }]],
    ['PEM as a secret', [{ alg: 'HS256', key: pem }]],
    ['a public key as a secret', [{ alg: 'HS256', key }]],
    ['a secret as a public key', [{ alg: 'RS256', key: randomBytes(32) }]],
    ['a private key', [{ alg: 'RS256', key: pairs.rsa.privateKey }]],
    ['no key', [{ alg: 'RS256', key: undefined }]],
    ['null', [{ alg: 'RS256', key: null }]],
    ['alg none', [{ alg: 'none', key }]],
    ['no alg', [{ key }]],
    ['alg of the prototype', [{ alg: 'constructor', key }]],
    [
      'one name for two',
      [
        { kid: 'a', alg: 'RS256', key },
        { kid: 'a', alg: 'PS256', key },
      ],
    ],
    [
      'two without a name',
      [
        { alg: 'RS256', key },
        { alg: 'PS256', key },
      ],
    ],
  ])('%s: OPTION_INVALID', (_, keys) => {
    expect(() => fixedKeys(keys as JwtKey[])).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('algorithms are written in one way', () => {
    expect(['RS256', 'EdDSA'].every(isAlgorithm)).toBe(true);
    expect(['rs256', 'none', '', 'toString', undefined, 256].some(isAlgorithm)).toBe(false);
  });
});
