import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthError,
  type JwtFault,
  type JwtKey,
  type JwtOptions,
  jwt,
} from '../../src/auth/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { badTokens } from './bad-tokens/index.ts';
import {
  audience,
  by,
  goodClaims,
  issuer,
  nowSeconds,
  pairs,
  rsaHeader,
  secret,
  token,
  wallMs,
} from './tokens.ts';

/** What a visitor is told whose token is refused: whose has ended may come back with another. */
function answerTo(fault: JwtFault): object | undefined {
  return fault === 'TOKEN_EXPIRED' ? { refused: 'TOKEN_EXPIRED' } : undefined;
}

const keys: readonly JwtKey[] = [
  { kid: 'rsa', alg: 'RS256', key: pairs.rsa.publicKey },
  { kid: 'ec', alg: 'ES256', key: pairs.ec.publicKey },
  { kid: 'ed', alg: 'EdDSA', key: pairs.ed.publicKey },
  { kid: 'short', alg: 'RS256', key: pairs.shortRsa.publicKey },
];

function open(more: Partial<JwtOptions> = {}) {
  const faults: JwtFault[] = [];
  const clock = new ManualClock({ wallMs });
  const refused = (why: JwtFault): number => faults.push(why);
  const options = { jose, keys, issuer, audience, clock, refused, ...more };
  const check = jwt(options as JwtOptions);
  return { faults, clock, check: (text?: string) => check(visitor(text)) };
}

function visitor(text: string | undefined) {
  return { token: text, pipe: 'websocket', address: undefined };
}

describe('a token that is right', () => {
  it.each([
    ['RS256', token()],
    ['RS256 without typ', token({ alg: 'RS256', kid: 'rsa' })],
    ['typ in small letters', token({ ...rsaHeader, typ: 'jwt' })],
    ['typ as a media type', token({ ...rsaHeader, typ: 'application/JWT' })],
    ['ES256', token({ alg: 'ES256', kid: 'ec' }, goodClaims, by.ec())],
    ['EdDSA', token({ alg: 'EdDSA', kid: 'ed' }, goodClaims, by.ed())],
    ['with names in its header that mean nothing to us', token({ ...rsaHeader, x5t: 'AAAA' })],
    ['with a list of audiences', token(rsaHeader, { ...goodClaims, aud: ['mail', 'chat'] })],
    ['nested 16 deep', token(rsaHeader, { ...goodClaims, a: JSON.parse(nest(15)) as unknown })],
    [
      'with a name that is there in two objects',
      token(rsaHeader, { ...goodClaims, a: { sub: 1 } }),
    ],
  ])('%s: is let in until it ends, and as long as clocks may differ', async (_, text) => {
    const { check, faults } = open();
    const expiresAtMs = goodClaims.exp * 1_000 + 5_000;
    expect(await check(text)).toEqual({ user: 'ann', expiresAtMs });
    expect(faults).toEqual([]);
  });

  it('has 8,192 characters at most', async () => {
    const short = token(rsaHeader, { ...goodClaims, pad: '' });
    const pad = 'x'.repeat(Math.floor(((8_192 - short.length) * 3) / 4) - 1);
    const text = token(rsaHeader, { ...goodClaims, pad });
    expect(text.length).toBeGreaterThan(8_186);
    expect(await open().check(text)).toMatchObject({ user: 'ann' });
  });

  it('may name no key, where there is one for such tokens', async () => {
    const { check } = open({ keys: [{ alg: 'RS256', key: pairs.rsa.publicKey }] });
    expect(await check(token({ alg: 'RS256' }))).toMatchObject({ user: 'ann' });
    expect(await check(token())).toBeUndefined();
  });

  it('may be signed with a secret that both sides have', async () => {
    const { check, faults } = open({ keys: [{ alg: 'HS256', key: secret }] });
    expect(await check(token({ alg: 'HS256' }, goodClaims, by.secret()))).toBeDefined();
    expect(await check(token({ alg: 'HS256' }, goodClaims, by.secret('other')))).toBeUndefined();
    expect(await check(token({ alg: 'RS256' }))).toBeUndefined();
    expect(faults).toEqual(['TOKEN_SIGNATURE_WRONG', 'TOKEN_ALGORITHM_WRONG']);
  });

  it('holds to the millisecond, and no longer', async () => {
    const { check, clock, faults } = open({ skewMs: 2_000 });
    const text = token(rsaHeader, { ...goodClaims, exp: nowSeconds + 1 });
    clock.advance(2_999);
    expect(await check(text)).toEqual({ user: 'ann', expiresAtMs: wallMs + 3_000 });
    clock.advance(1);
    expect(await check(text)).toEqual({ refused: 'TOKEN_EXPIRED' });
    expect(faults).toEqual(['TOKEN_EXPIRED']);
  });

  it('may be from a little later', async () => {
    const late = nowSeconds + 5;
    expect(
      await open().check(token(rsaHeader, { ...goodClaims, nbf: late, iat: late })),
    ).toBeDefined();
  });

  it('may have an age at most, after which who was let in goes too', async () => {
    const { check, clock, faults } = open({ maxAgeMs: 90_000, skewMs: 0 });
    expect(await check(token())).toEqual({ user: 'ann', expiresAtMs: wallMs + 30_000 });
    clock.advance(30_000);
    expect(await check(token())).toEqual({ refused: 'TOKEN_EXPIRED' });
    expect(await check(token(rsaHeader, { ...goodClaims, iat: undefined }))).toBeUndefined();
    expect(faults).toEqual(['TOKEN_EXPIRED', 'TOKEN_CLAIMS_INVALID']);
  });

  it('must be of the kind that was asked for', async () => {
    const { check, faults } = open({ typ: 'at+jwt' });
    expect(await check(token({ ...rsaHeader, typ: 'application/AT+JWT' }))).toBeDefined();
    expect(await check(token())).toBeUndefined();
    expect(await check(token({ alg: 'RS256', kid: 'rsa' }))).toBeUndefined();
    expect(faults).toEqual(['TOKEN_HEADER_INVALID', 'TOKEN_HEADER_INVALID']);
  });

  it('may stand elsewhere, and name somebody else', async () => {
    const check = jwt({
      jose,
      keys,
      issuer,
      audience,
      clock: new ManualClock({ wallMs }),
      token: ({ handshake }) => handshake?.headers['authorization'],
      user: async ({ sub, iss }) => ({ id: `${iss}#${String(sub)}` }),
    });
    const handshake = { headers: { authorization: token() }, url: '/' };
    expect(await check({ ...visitor(undefined), handshake })).toMatchObject({
      user: { id: `${issuer}#ann` },
    });
    expect(await check(visitor(token()))).toBeUndefined();
  });

  it('may give more of its claims to all questions of the hub', async () => {
    const text = token(rsaHeader, { ...goodClaims, roles: ['mod'] });
    expect(await open({ data: ({ roles }) => ({ roles }) }).check(text)).toMatchObject({
      user: 'ann',
      data: { roles: ['mod'] },
    });
    expect(await open({ data: () => undefined }).check(text)).not.toHaveProperty('data');
  });

  it('is not let in when the application does not know who that is', async () => {
    const { check, faults } = open({ user: () => undefined });
    expect(await check(token())).toBeUndefined();
    expect(faults).toEqual(['TOKEN_CLAIMS_INVALID']);
  });
});

describe('D13: tokens that are wrong', () => {
  let server: Server;
  let evil: string;
  let connections = 0;

  beforeAll(async () => {
    server = createServer((_, response) => response.end('{"keys":[]}'));
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    evil = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('none of a corpus of more than 60 is let in, each for its reason, and nobody is connected to', async () => {
    const { check, faults } = open();
    const corpus = badTokens(evil);
    expect(new Set(corpus.map((bad) => bad.token)).size).toBeGreaterThan(150);
    for (const { name, token: text, fault } of corpus) {
      expect(await check(text), name).toEqual(answerTo(fault));
      expect(faults.pop(), name).toBe(fault);
    }
    expect(connections).toBe(0);
  });

  it('with published keys, which are fetched once, from where the application said', async () => {
    const asked: string[] = [];
    const published = keys.map(({ kid, alg, key }) => ({
      ...(key as typeof pairs.rsa.publicKey).export({ format: 'jwk' }),
      kid,
      alg,
      use: 'sig',
    }));
    const jwks = {
      url: 'https://accounts.example/jwks',
      algorithms: ['RS256', 'ES256', 'EdDSA'] as const,
      fetch: async (url: string) => {
        asked.push(url);
        return new Response(JSON.stringify({ keys: published }));
      },
    };
    const { keys: _, ...options } = { jose, keys, issuer, audience };
    const faults: JwtFault[] = [];
    const check = jwt({
      ...options,
      jwks,
      clock: new ManualClock({ wallMs }),
      refused: (why) => faults.push(why),
    });
    for (const { name, token: text, fault } of badTokens(evil)) {
      expect(await check(visitor(text)), name).toEqual(answerTo(fault));
      expect(faults.pop(), name).toBe(fault);
    }
    expect(await check(visitor(token()))).toMatchObject({ user: 'ann' });
    expect(asked).toEqual(['https://accounts.example/jwks']);
    expect(connections).toBe(0);
  });

  it('no token costs a request before its form, header and claims were looked at', async () => {
    let asked = 0;
    const fetch = async (): Promise<Response> => {
      asked += 1;
      return new Response('{"keys":[]}');
    };
    const url = 'https://accounts.example/jwks';
    const jwks = { url, algorithms: ['RS256' as const], fetch, cooldownMs: 1 };
    const clock = new ManualClock({ wallMs });
    const faults: JwtFault[] = [];
    const refused = (why: JwtFault): number => faults.push(why);
    const check = jwt({ jose, jwks, issuer, audience, clock, refused });
    for (const { name, token: text } of badTokens(evil)) {
      asked = 0;
      clock.advance(1);
      await check(visitor(text));
      expect(asked, name).toBeLessThanOrEqual(faults.pop() === 'TOKEN_KEY_UNKNOWN' ? 1 : 0);
    }
    await check(visitor(token()));
    expect(asked).toBe(1);
  });

  it('none that is one character away from a right one, or shorter, is let in', async () => {
    const right = token({ alg: 'EdDSA', kid: 'ed' }, goodClaims, by.ed());
    const { check } = open();
    const answers: (object | undefined)[] = [];
    for (let at = 0; at < right.length; at += 1) {
      for (const other of [
        'A',
        'z',
        '_',
        '.',
        right[at]!.toLowerCase(),
        right[at]!.toUpperCase(),
      ]) {
        const wrong = right.slice(0, at) + other + right.slice(at + 1);
        if (wrong !== right) {
          answers.push(await check(wrong));
        }
      }
      answers.push(await check(right.slice(0, at)), await check(right.slice(at + 1)));
    }
    expect(answers.length).toBeGreaterThan(1_000);
    expect(answers.filter((answer) => answer !== undefined && 'user' in answer)).toEqual([]);
    expect(await check(right)).toBeDefined();
  });

  it('one user’s token never gives another’s claims, in whatever order and however often they come', async () => {
    const { check } = open();
    const users = ['ann', 'bob', 'ann\0', 'Ann', 'an', 'annbob'];
    const tokens = users.map((sub) => token(rsaHeader, { ...goodClaims, sub }));
    const order = [0, 1, 0, 2, 3, 4, 5, 1, 0, 5, 4, 3, 2];
    const answers = await Promise.all(order.map((at) => check(tokens[at])));
    expect(answers).toMatchObject(order.map((at) => ({ user: users[at] })));
  });

  it('a token that was let in once is looked at again', async () => {
    const { check, clock } = open();
    expect(await check(token())).toBeDefined();
    clock.advance(606_000);
    expect(await check(token())).toEqual({ refused: 'TOKEN_EXPIRED' });
  });

  it('nothing is asked of a visitor without one', async () => {
    const { check, faults } = open();
    expect(await check(undefined)).toBeUndefined();
    expect(faults).toEqual([]);
  });
});

describe('what is told of a refused token', () => {
  it('is what jose said of its signature', async () => {
    const causes: unknown[] = [];
    const refused = (_: JwtFault, cause: unknown): number => causes.push(cause);
    const { check } = open({ refused });
    await check(
      token({ alg: 'RS256', kid: 'short' }, goodClaims, by.rsa(pairs.shortRsa.privateKey)),
    );
    expect(causes).toEqual([
      new TypeError('RS256 requires key modulusLength to be 2048 bits or larger'),
    ]);
  });

  it('is why the keys cannot be had; the visitor may come back later', async () => {
    const told: unknown[] = [];
    const fetch = async (): Promise<Response> => new Response(null, { status: 503 });
    const jwks = { url: 'https://a.example', algorithms: ['RS256' as const], fetch };
    const check = jwt({
      jose,
      jwks,
      issuer,
      audience,
      clock: new ManualClock({ wallMs }),
      refused: (why, cause) => told.push([why, cause]),
    });
    expect(await check(visitor(token()))).toEqual({ refused: 'BUSY' });
    expect(told).toEqual([['KEYS_UNREACHABLE', expect.any(AuthError)]]);
  });

  it('no key is asked for by an algorithm that a token names', async () => {
    const asked: unknown[] = [];
    const compactVerify = async (_: string, key: object, options: object): Promise<void> => {
      asked.push([key === pairs.rsa.publicKey, options]);
    };
    const { check } = open({ jose: { ...jose, compactVerify } as unknown as JwtOptions['jose'] });
    await check(token());
    await check(token({ alg: 'PS256', kid: 'rsa' }));
    expect(asked).toEqual([[true, { algorithms: ['RS256'] }]]);
  });
});

describe('options', () => {
  const base = { jose, keys, issuer, audience };
  it.each<[string, object]>([
    ['no issuer', { ...base, issuer: '' }],
    ['no audience', { ...base, audience: [] }],
    ['a skew below 0', { ...base, skewMs: -1 }],
    ['a skew of more than ten minutes', { ...base, skewMs: 600_001 }],
    ['a skew that is no number', { ...base, skewMs: Number.NaN }],
    ['no age', { ...base, maxAgeMs: 0 }],
    ['neither keys nor an address', { ...base, keys: undefined }],
    ['both', { ...base, jwks: { url: 'https://a.example', algorithms: ['RS256'] } }],
  ])('%s: OPTION_INVALID', (_, options) => {
    expect(() => jwt(options as JwtOptions)).toThrow(
      expect.objectContaining({ name: 'AuthError', code: 'OPTION_INVALID', retryable: false }),
    );
    expect(new AuthError('OPTION_INVALID', '')).toBeInstanceOf(Error);
  });
});

function nest(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}
