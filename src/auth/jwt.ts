/**
 * Tokens that an issuer signed (JWT, RFC 7519; RFC 8725 is obeyed throughout).
 * In: a visitor's token, which is a stranger's word. Out: who it is, and until when. Form, header and claims are looked at first, then a key
 * is looked up, and then the signature; only claims that were signed are given on. Nothing is kept of tokens: there is no cache to confuse.
 * Fails: a bad token is a no, of which `refused` is told why. Whose token has ended may come back with another, and later who comes while
 * the issuer's keys cannot be had.
 */
import type { Clock } from '../ground/clock.ts';
import type { TurnedAway, Visitor } from '../ports/index.ts';
import { messageLimits } from '../wire/index.ts';
import { AuthError, mustBeWithin } from './auth-error.ts';
import type { Admitted, Check, Source } from './check.ts';
import { machineClock } from './clock.ts';
import { type JwtClaims, judgeClaims } from './jwt/claims.ts';
import type { JwtFault } from './jwt/faults.ts';
import { readForm } from './jwt/form.ts';
import { maxKidLength, type PublicJwk } from './jwt/import-keys.ts';
import { fixedKeys, type JwtKey, type Keys } from './jwt/keys.ts';
import { type JwksOptions, RemoteKeys } from './jwt/remote-keys.ts';

/** As much of the package `jose` as is used: `import * as jose from 'jose'`. */
export interface Jose {
  compactVerify(
    token: string,
    key: never,
    options: { readonly algorithms: string[] },
  ): Promise<unknown>;
  importJWK(jwk: PublicJwk, alg: string): Promise<object>;
}

/** What `jwt` goes by. Either `keys` or `jwks` must be there. */
export interface JwtOptions<User = string> {
  /** What does the cryptography: `import * as jose from 'jose'`. */
  readonly jose: Jose;
  /** Of the application's own. */
  readonly keys?: readonly JwtKey[];
  /** Instead: those that the issuer publishes. */
  readonly jwks?: JwksOptions;
  /** The only `iss` that is let in. For several issuers make one check each: keys of one say nothing about the other's users. */
  readonly issuer: string;
  /** Of `aud` one must be among these. */
  readonly audience: string | readonly string[];
  /** By how much clocks may differ, in milliseconds; tokens hold that much longer. @default 5_000 */
  readonly skewMs?: number;
  /** Since `iat`, which must be there then, in milliseconds: who was let in goes by then, too. @default Infinity */
  readonly maxAgeMs?: number;
  /** What `typ` of the header must be, such as `at+jwt` (RFC 8725 §3.11). @default 'JWT', or absent */
  readonly typ?: string;
  /** Where the token is. @default visitor.token */
  readonly token?: Source;
  /** Who that is; undefined is a no. @default the claim `sub`, which must be there */
  readonly user?: (claims: JwtClaims) => User | undefined | Promise<User | undefined>;
  /** What the hub gives as `guest` with each question to its policy. @default nothing */
  readonly data?: (claims: JwtClaims) => unknown;
  /** Is told why a token was refused, for logs; of a signature and of keys that cannot be had with what `jose` or the platform said. */
  readonly refused?: (why: JwtFault, cause?: unknown) => void;
  /** @default the machine's */
  readonly clock?: Clock;
}

type Limits = Required<Pick<JwtOptions, 'maxAgeMs' | 'skewMs'>>;

/** Used where `JwtOptions` say nothing, in milliseconds. */
export const jwtDefaults: Limits = { skewMs: 5_000, maxAgeMs: Number.POSITIVE_INFINITY };

/** Of the header: an extension that must be understood, a payload in another form, a token within a token, a key of the token's own. */
const forbidden = ['b64', 'crit', 'cty', 'enc', 'jwk', 'zip'];

/**
 * A check of tokens that an issuer signed (RFC 7519): give it to `connect` of a policy, or with `user` to `authenticate` of a contract's.
 * @throws {AuthError} `OPTION_INVALID`
 */
export function jwt<User>(
  options: JwtOptions<User> & { readonly user: NonNullable<JwtOptions<User>['user']> },
): Check<User>;
/** @throws {AuthError} `OPTION_INVALID` */
export function jwt(options: JwtOptions): Check;
export function jwt<User>(options: JwtOptions<User>): Check<User> {
  const { jose, issuer, refused, token: source = ({ token }) => token } = options;
  const { clock = machineClock, user: userOf = subjectOf as () => User | undefined } = options;
  const { skewMs = jwtDefaults.skewMs, maxAgeMs = jwtDefaults.maxAgeMs } = options;
  mustBeWithin('skewMs', skewMs, { least: 0, most: 600_000 });
  mustBeWithin('maxAgeMs', maxAgeMs, { least: 1 });
  const audience = [options.audience].flat();
  if (typeof issuer !== 'string' || issuer === '' || audience.length === 0) {
    throw new AuthError('OPTION_INVALID', 'jwt(): say which issuer and which audience');
  }
  const keys = keysFrom(options, clock);

  async function judge(token: string): Promise<Refused | Admitted<User>> {
    const form = readForm(token);
    if (form === undefined) {
      return { why: 'TOKEN_MALFORMED' };
    }
    const { header, claims } = form;
    const { alg, kid } = header;
    if (!isPlain(header, options.typ)) {
      return { why: 'TOKEN_HEADER_INVALID' };
    }
    if (typeof alg !== 'string' || !keys.algorithms.has(alg)) {
      return { why: 'TOKEN_ALGORITHM_WRONG' };
    }
    const judgement = judgeClaims(claims, { issuer, audience, skewMs, maxAgeMs }, clock.wallMs());
    if ('fault' in judgement) {
      return { why: judgement.fault };
    }
    const key = await find(keys, kid as string | undefined);
    if ('why' in key) {
      return key;
    }
    if (key.alg !== alg) {
      return { why: 'TOKEN_ALGORITHM_WRONG' };
    }
    const wrong = await wrongIn(jose, token, key);
    if (wrong !== undefined) {
      return wrong;
    }
    const user = await userOf(claims as JwtClaims);
    if (user === undefined) {
      return { why: 'TOKEN_CLAIMS_INVALID' };
    }
    const data = options.data?.(claims as JwtClaims);
    return { user, ...judgement, ...(data === undefined ? {} : { data }) };
  }

  return async (visitor: Visitor): Promise<Admitted<User> | TurnedAway | undefined> => {
    const token = source(visitor);
    const answer = token === undefined ? undefined : await judge(token);
    if (answer === undefined || !('why' in answer)) {
      return answer;
    }
    refused?.(answer.why, answer.cause);
    const away = mayReturn[answer.why];
    return away && { refused: away };
  };
}

interface Refused {
  readonly why: JwtFault;
  readonly cause?: unknown;
}

/** All others stay away: the same token would be refused again. */
const mayReturn: Readonly<Partial<Record<JwtFault, TurnedAway['refused']>>> = {
  KEYS_UNREACHABLE: 'BUSY',
  TOKEN_EXPIRED: 'TOKEN_EXPIRED',
};

function keysFrom(
  { jose, keys, jwks }: Pick<JwtOptions, 'jose' | 'jwks' | 'keys'>,
  clock: Clock,
): Keys {
  if ((keys === undefined) === (jwks === undefined)) {
    throw new AuthError('OPTION_INVALID', 'jwt(): give either keys or jwks');
  }
  return jwks === undefined
    ? fixedKeys(keys!)
    : new RemoteKeys(jwks, (jwk, alg) => jose.importJWK(jwk, alg), clock);
}

function isPlain(header: Readonly<Record<string, unknown>>, typ: string | undefined): boolean {
  const { kid, typ: found } = header;
  const isNamed = kid === undefined || (typeof kid === 'string' && kid.length <= maxKidLength);
  const isTyped =
    found === undefined
      ? typ === undefined
      : typeof found === 'string' && typeName(found) === typeName(typ ?? 'JWT');
  return isNamed && isTyped && !forbidden.some((name) => Object.hasOwn(header, name));
}

/** RFC 7515 §4.1.9: "application/" is left out where nothing else has a slash; types are compared without case. */
function typeName(typ: string): string {
  return typ.toLowerCase().replace(/^application\/(?=[^/]*$)/, '');
}

async function find(keys: Keys, kid: string | undefined): Promise<JwtKey | Refused> {
  try {
    return (await keys.find(kid)) ?? { why: 'TOKEN_KEY_UNKNOWN' };
  } catch (error) {
    return { why: 'KEYS_UNREACHABLE', cause: error };
  }
}

/** By the key's own algorithm, whatever the header says. */
async function wrongIn(
  jose: Jose,
  token: string,
  { key, alg }: JwtKey,
): Promise<Refused | undefined> {
  try {
    await jose.compactVerify(token, key as never, { algorithms: [alg] });
    return undefined;
  } catch (cause) {
    return { why: 'TOKEN_SIGNATURE_WRONG', cause };
  }
}

/** The hub's names of users have as many characters at most; an empty one would be nobody. */
function subjectOf({ sub }: JwtClaims): string | undefined {
  const isName = typeof sub === 'string' && sub !== '' && sub.length <= messageLimits.userLength;
  return isName ? sub : undefined;
}
