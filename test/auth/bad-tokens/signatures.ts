/**
 * Tokens whose form and claims are right, and that the owner of the key did not sign.
 */
import {
  type BadToken,
  by,
  encode,
  goodClaims,
  pairs,
  rsaHeader,
  type Signer,
  token,
} from '../tokens.ts';

const good = token();
const [header, , signature] = good.split('.') as [string, string, string];
const other = by.rsa(pairs.otherRsa.privateKey);

/** For ES256: the numbers r and s are both zero (CVE-2022-21449), or it is all ones. */
const filled = (length: number, byte: number): Signer => {
  return () => Buffer.alloc(length, byte);
};

export function signatures(evil: string): readonly BadToken[] {
  const ec = { alg: 'ES256', kid: 'ec' };
  const ed = { alg: 'EdDSA', kid: 'ed' };
  const bad: [string, string][] = [
    ['signed by a stranger', token(rsaHeader, goodClaims, other)],
    ['signed by chance', token(rsaHeader, goodClaims, by.chance())],
    [
      'the signature of another payload',
      `${header}.${encode({ ...goodClaims, sub: 'bob' })}.${signature}`,
    ],
    [
      'the signature of another header',
      `${encode({ ...rsaHeader, x: 1 })}.${good.split('.')[1]}.${signature}`,
    ],
    [
      'the header in another order',
      token({ kid: 'rsa', alg: 'RS256' }).replace(/\.[^.]+$/, `.${signature}`),
    ],
    [
      'a signature without its last byte',
      token(rsaHeader, goodClaims, (input) => by.rsa()(input).subarray(0, -1)),
    ],
    [
      'a signature with a zero behind it',
      token(rsaHeader, goodClaims, (input) => Buffer.concat([by.rsa()(input), Buffer.alloc(1)])),
    ],
    ['an address of keys: jku', token({ ...rsaHeader, jku: `${evil}/jku` }, goodClaims, other)],
    [
      'an address of certificates: x5u',
      token({ ...rsaHeader, x5u: `${evil}/x5u` }, goodClaims, other),
    ],
    ['certificates of its own: x5c', token({ ...rsaHeader, x5c: ['MIIB'] }, goodClaims, other)],
    ['the mark of a certificate: x5t', token({ ...rsaHeader, x5t: 'AAAA' }, goodClaims, other)],
    [
      'an address as its issuer’s keys',
      token({ ...rsaHeader, jwks_uri: `${evil}/jwks` }, goodClaims, other),
    ],
    ['PS256 said to be RS256', token(rsaHeader, goodClaims, by.pss())],
    ['HS256 said to be RS256', token(rsaHeader, goodClaims, by.secret())],
    ['ES256: signed by another kind of key', token(ec)],
    ['ES256: all zeroes', token(ec, goodClaims, filled(64, 0))],
    ['ES256: all ones', token(ec, goodClaims, filled(64, 0xff))],
    ['ES256: in DER', token(ec, goodClaims, by.ec('der'))],
    ['ES256: half of it', token(ec, goodClaims, (input) => by.ec()(input).subarray(0, 32))],
    ['EdDSA: all zeroes', token(ed, goodClaims, filled(64, 0))],
    ['EdDSA: signed by another kind of key', token(ed, goodClaims, by.ec())],
    [
      'RSA with 1,024 bits, though it is ours',
      token({ alg: 'RS256', kid: 'short' }, goodClaims, by.rsa(pairs.shortRsa.privateKey)),
    ],
  ];
  return bad.map(([name, text]) => ({ name, token: text, fault: 'TOKEN_SIGNATURE_WRONG' }));
}
