/**
 * Keys, each with the one algorithm for which it is good (RFC 8725 §3.1): a token chooses neither.
 * In: keys of the application. Out: a key for a `kid`, looked up in a map and nowhere else. Fails: what could be taken for another kind
 * of key is refused at once.
 */
import { AuthError } from '../auth-error.ts';

/** For signatures by public key, or, those that begin with HS, by a secret that both sides have (RFC 7518 §3.1, RFC 8037, RFC 9864). */
export type JwtAlgorithm =
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'Ed25519'
  | 'EdDSA'
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'RS256'
  | 'RS384'
  | 'RS512';

/** A key, and what it is good for. */
export interface JwtKey {
  /** Only tokens that name it are held against it; absent: only tokens that name none. */
  readonly kid?: string;
  /** The only one for which it counts. */
  readonly alg: JwtAlgorithm;
  /**
   * A `CryptoKey`, a `KeyObject`, or for HS the bytes of the secret, as many as the hash has. No text: what reads PEM is told by its
   * content what kind of key it is. `await jose.importSPKI(pem, 'RS256')` makes one of it.
   */
  readonly key: object;
}

/** Where keys are found. */
export interface Keys {
  /** The algorithms that any key may have. */
  readonly algorithms: ReadonlySet<string>;
  find(kid: string | undefined): JwtKey | undefined | Promise<JwtKey | undefined>;
}

/** Each algorithm with what its keys are: as JWK has it (RFC 7518 §6.1), and, for a curve, its name. */
export const kinds: Readonly<
  Record<JwtAlgorithm, { readonly kty: string; readonly crv?: string; readonly bytes?: number }>
> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  HS256: { kty: 'oct', bytes: 32 },
  HS384: { kty: 'oct', bytes: 48 },
  HS512: { kty: 'oct', bytes: 64 },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
};

export function isAlgorithm(alg: unknown): alg is JwtAlgorithm {
  return typeof alg === 'string' && Object.hasOwn(kinds, alg);
}

/** @throws {AuthError} `OPTION_INVALID`: there is none, two have one name, or one cannot be what it is said to be. */
export function fixedKeys(keys: readonly JwtKey[]): Keys {
  const byKid = new Map<string | undefined, JwtKey>();
  for (const key of keys) {
    mustFit(key);
    mustBe(!byKid.has(key.kid), `two keys have the kid ${key.kid}`);
    byKid.set(key.kid, key);
  }
  mustBe(byKid.size > 0, 'give at least one key');
  return {
    algorithms: new Set(keys.map(({ alg }) => alg)),
    find: (kid) => byKid.get(kid),
  };
}

function mustFit({ alg, key }: JwtKey): void {
  mustBe(isAlgorithm(alg), `${alg} is no algorithm for a key`);
  const { bytes } = kinds[alg];
  mustBe(typeof key === 'object' && key !== null, `a key for ${alg} is an object, not text`);
  if (bytes === undefined) {
    // Of a secret or a private key an RS token could be made by whoever may only check them.
    mustBe('type' in key && key.type === 'public', `a key for ${alg} is a public one`);
  } else {
    const isSecret = key instanceof Uint8Array || ('type' in key && key.type === 'secret');
    mustBe(isSecret, `a key for ${alg} is a secret one`);
    // RFC 7518 §3.2: "A key of the same size as the hash output […] or larger MUST be used".
    mustBe(secretBytes(key) >= bytes, `a secret for ${alg} has at least ${bytes} bytes`);
  }
}

/** A `KeyObject` says it in bytes, a `CryptoKey` in bits. */
function secretBytes(key: {
  readonly byteLength?: number;
  readonly symmetricKeySize?: number;
  readonly algorithm?: { readonly length?: number };
}): number {
  return key.byteLength ?? key.symmetricKeySize ?? (key.algorithm?.length ?? 0) / 8;
}

function mustBe(isSo: boolean, message: string): void {
  if (!isSo) {
    throw new AuthError('OPTION_INVALID', `jwt(): ${message}`);
  }
}
