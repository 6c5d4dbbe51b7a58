/**
 * Tokens that say in their header how they want to be looked at. Unless it says otherwise, the signature is right.
 */
import { type BadToken, by, goodClaims, pairs, rsaHeader, token } from '../tokens.ts';

const jwk = pairs.otherRsa.publicKey.export({ format: 'jwk' });
const pem = pairs.rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString();
const other = by.rsa(pairs.otherRsa.privateKey);

function algorithms(): [string, string][] {
  const confused = (alg: string): string =>
    token({ alg, kid: 'rsa' }, goodClaims, by.secret(Buffer.from(pem)));
  return [
    ...['none', 'None', 'NONE', 'nOnE', 'nonE ', ''].map((alg): [string, string] => [
      `alg ${JSON.stringify(alg)}, with a signature`,
      token({ alg, kid: 'rsa' }),
    ]),
    ...['rs256', 'Rs256', 'RS256 ', ' RS256', 'RS256\0', 'ＲＳ256'].map((alg): [string, string] => [
      `alg ${JSON.stringify(alg)}`,
      token({ alg, kid: 'rsa' }),
    ]),
    ['RS to HS: the public key as PEM is the secret', confused('HS256')],
    ['RS to HS, in small letters', confused('hs256')],
    ['RS to HS with 384 bits', confused('HS384')],
    [
      'RS to HS: PEM with a space before it (CVE-2026-34950)',
      token({ alg: 'HS256', kid: 'rsa' }, goodClaims, by.secret(` ${pem}`)),
    ],
    [
      'RS to HS: PEM with a line feed before it',
      token({ alg: 'HS256', kid: 'rsa' }, goodClaims, by.secret(`\n${pem}`)),
    ],
    [
      'RS to HS: PEM without its last line feed',
      token({ alg: 'HS256', kid: 'rsa' }, goodClaims, by.secret(pem.trim())),
    ],
    [
      'RS to HS: the public key as DER',
      token(
        { alg: 'HS256', kid: 'rsa' },
        goodClaims,
        by.secret(pairs.rsa.publicKey.export({ format: 'der', type: 'spki' })),
      ),
    ],
    ['HS with no secret', token({ alg: 'HS256', kid: 'rsa' }, goodClaims, by.secret(''))],
    ['an algorithm that nobody allowed', token({ alg: 'PS256', kid: 'rsa' }, goodClaims, by.pss())],
    ['no alg', token({ kid: 'rsa' })],
    ['alg none, and a key that nobody has', token({ alg: 'none', kid: 'nobody' })],
    ['alg as a number', token({ alg: 256, kid: 'rsa' })],
    ['alg as a list', token({ alg: ['RS256'], kid: 'rsa' })],
    ['alg as an object', token({ alg: { name: 'RS256' }, kid: 'rsa' })],
    ['alg null', token({ alg: null, kid: 'rsa' })],
    ['alg of the prototype', token('{"__proto__":{"alg":"RS256"},"kid":"rsa"}')],
    ['alg constructor', token({ alg: 'constructor', kid: 'rsa' })],
    ['alg of another key', token({ alg: 'ES256', kid: 'rsa' })],
    [
      'alg of another key, which signed it',
      token({ alg: 'ES256', kid: 'rsa' }, goodClaims, by.ec()),
    ],
    ['kid of another key', token({ alg: 'RS256', kid: 'ec' })],
    ['alg of RSA for a key of Ed25519', token({ alg: 'RS256', kid: 'ed' }, goodClaims, by.ed())],
  ];
}

export function headers(evil: string): readonly BadToken[] {
  const wrong: [string, object][] = [
    ['crit', { crit: ['exp'], exp: 1 }],
    ['crit with nothing in it', { crit: [] }],
    ['crit that names b64', { crit: ['b64'], b64: true }],
    ['b64 false', { crit: ['b64'], b64: false }],
    ['b64 false, and not critical', { b64: false }],
    ['a key of its own', { jwk }],
    ['a nested token, by cty', { cty: 'JWT' }],
    ['enc', { enc: 'A256GCM' }],
    ['zip', { zip: 'DEF' }],
    ['typ of another kind', { typ: 'logout+jwt' }],
    ['typ as a list', { typ: ['JWT'] }],
    ['typ null', { typ: null }],
    ['kid as a number', { kid: 1 }],
    ['kid as a list', { kid: ['rsa'] }],
    ['kid null', { kid: null }],
    ['kid of 257 characters', { kid: 'r'.repeat(257) }],
  ];
  const unknown: [string, unknown][] = [
    ['wrong kid', 'nobody'],
    ['kid in capitals', 'RSA'],
    ['kid with a space', 'rsa '],
    ['kid that is a path', '../../../../dev/null'],
    ['kid that is a question to a database', "x' UNION SELECT 'AA"],
    ['kid that is an address', `${evil}/keys`],
    ['kid __proto__', '__proto__'],
    ['kid constructor', 'constructor'],
    ['kid that is empty', ''],
    ['no kid', undefined],
  ];
  return [
    ...algorithms().map(([name, text]) => ({
      name,
      token: text,
      fault: 'TOKEN_ALGORITHM_WRONG' as const,
    })),
    ...wrong.map(([name, more]) => ({
      name,
      token: token({ ...rsaHeader, ...more }, goodClaims, 'jwk' in more ? other : by.rsa()),
      fault: 'TOKEN_HEADER_INVALID' as const,
    })),
    ...unknown.map(([name, kid]) => ({
      name,
      token: token({ ...rsaHeader, kid }),
      fault: 'TOKEN_KEY_UNKNOWN' as const,
    })),
  ];
}
