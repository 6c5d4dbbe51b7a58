/**
 * From a set of keys that an issuer publishes to keys with one algorithm each (RFC 7517 §4).
 * In: what stands in the set, and the algorithms that the application named. Out: keys by their `kid`. Fails: what cannot be used is
 * left out, as §5 says; of two with one name both are.
 */
import { isAlgorithm, type JwtAlgorithm, type JwtKey, kinds } from './keys.ts';

/** The public members of a key, and nothing else (RFC 7518 §6.2.1, §6.3.1; RFC 8037 §2). */
export interface PublicJwk {
  kty: string;
  crv?: string;
  e?: string;
  n?: string;
  x?: string;
  y?: string;
}

export type ImportKey = (jwk: PublicJwk, alg: string) => Promise<object>;

export const maxKidLength = 256;

export async function importKeys(
  jwks: readonly unknown[],
  algorithms: readonly JwtAlgorithm[],
  importKey: ImportKey,
): Promise<ReadonlyMap<string, JwtKey>> {
  const keys = new Map<string, JwtKey>();
  const seen = new Set<string>();
  for (const jwk of jwks) {
    const kid = isObject(jwk) ? jwk['kid'] : undefined;
    if (!isObject(jwk) || typeof kid !== 'string' || kid.length > maxKidLength) {
      continue;
    }
    const alg = algorithmOf(jwk, algorithms);
    const key = alg && (await importOne(jwk, alg, importKey));
    keys.delete(kid);
    if (key !== undefined && !seen.has(kid)) {
      keys.set(kid, { kid, alg: alg!, key });
    }
    seen.add(kid);
  }
  return keys;
}

/** The key's own, if the application allows it; else the only one of those it allows that fits such a key. */
function algorithmOf(
  { alg, kty, crv, use, key_ops: operations }: Readonly<Record<string, unknown>>,
  algorithms: readonly JwtAlgorithm[],
): JwtAlgorithm | undefined {
  const isForSignatures =
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')));
  const fitting = algorithms.filter((each) => {
    const kind = kinds[each];
    return kind.kty === kty && (kind.crv === undefined || kind.crv === crv);
  });
  if (!isForSignatures) {
    return undefined;
  }
  if (alg !== undefined) {
    return isAlgorithm(alg) && fitting.includes(alg) ? alg : undefined;
  }
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Which of them a key has, by its `kty`. */
const members: Readonly<Record<string, readonly (keyof PublicJwk)[]>> = {
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  RSA: ['n', 'e'],
};

async function importOne(
  jwk: Readonly<Record<string, unknown>>,
  alg: JwtAlgorithm,
  importKey: ImportKey,
): Promise<object | undefined> {
  const { kty } = kinds[alg];
  const clean: PublicJwk = { kty };
  for (const name of members[kty] ?? []) {
    const value = jwk[name];
    if (typeof value !== 'string') {
      return undefined;
    }
    clean[name] = value;
  }
  try {
    return await importKey(clean, alg);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
