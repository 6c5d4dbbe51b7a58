/**
 * Tokens that are signed rightly, and are not for us, not now, or say nothing that can be held against the clock.
 */
import type { JwtFault } from '../../../src/auth/index.ts';
import { type BadToken, goodClaims, issuer, nowSeconds, rsaHeader, token } from '../tokens.ts';

const json = JSON.stringify(goodClaims);

function list(fault: JwtFault, claims: Readonly<Record<string, object>>): BadToken[] {
  return Object.entries(claims).map(([name, changed]) => ({
    name,
    token: token(rsaHeader, { ...goodClaims, ...changed }),
    fault,
  }));
}

/** What JSON can say and `JSON.stringify` does not. */
function written(exp: string): BadToken {
  return {
    name: `exp is ${exp}`,
    token: token(rsaHeader, json.replace(/"exp":\d+/, `"exp":${exp}`)),
    fault: 'TOKEN_CLAIMS_INVALID',
  };
}

export const claims: readonly BadToken[] = [
  ...list('TOKEN_CLAIMS_INVALID', {
    'no exp': { exp: undefined },
    'exp null': { exp: null },
    'exp as text': { exp: String(nowSeconds + 600) },
    'exp as the text NaN': { exp: 'NaN' },
    'exp as a list': { exp: [nowSeconds + 600] },
    'exp as an object': { exp: { valueOf: nowSeconds + 600 } },
    'exp true': { exp: true },
    'exp in milliseconds': { exp: (nowSeconds + 600) * 1_000 },
    'exp before 1970': { exp: -1 },
    'no iss': { iss: undefined },
    'another iss': { iss: 'https://elsewhere.example' },
    'iss with a slash behind it': { iss: `${issuer}/` },
    'iss in capitals': { iss: issuer.toUpperCase() },
    'iss as a list': { iss: [issuer] },
    'no aud': { aud: undefined },
    'another aud': { aud: 'mail' },
    'aud that contains ours': { aud: 'chat-admin' },
    'aud as an empty list': { aud: [] },
    'aud as a list of lists': { aud: [['chat']] },
    'aud as a list with another thing in it': { aud: ['chat', 1] },
    'aud as an object': { aud: { chat: true } },
    'nbf as text': { nbf: 'now' },
    'nbf null': { nbf: null },
    'iat as text': { iat: 'now' },
    'no sub': { sub: undefined },
    'sub that is empty': { sub: '' },
    'sub as a number': { sub: 1 },
    'sub as an object': { sub: { id: 'ann' } },
    'sub of 1,025 characters': { sub: 'a'.repeat(1_025) },
  }),
  written('1e999'),
  written('1e308'),
  written('253402300800'),
  written('-0.1'),
  ...list('TOKEN_EXPIRED', {
    'exp 5 s ago, which is the skew': { exp: nowSeconds - 5 },
    'exp 0': { exp: 0 },
    'exp a year ago': { exp: nowSeconds - 31_536_000 },
  }),
  ...list('TOKEN_TOO_EARLY', {
    'nbf in 6 s': { nbf: nowSeconds + 6 },
    'nbf in a year': { nbf: nowSeconds + 31_536_000 },
    'iat in 6 s': { iat: nowSeconds + 6 },
  }),
];
