/**
 * What a token says of itself: from whom, for whom, and when it holds (RFC 7519 §4.1, RFC 8725 §3.8, §3.9).
 * In: claims, and the time. Out: when it ends, or what is wrong. Cannot fail.
 */
import type { JwtFault } from './faults.ts';

/** Claims of a token whose signature and times are right. */
export type JwtClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string;
  readonly exp: number;
};

export interface Expected {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly skewMs: number;
  readonly maxAgeMs: number;
}

/** The end of the year 9999, in seconds since 1970: what is beyond was not meant. */
const latestSeconds = 253_402_300_799;

export type Judgement = { readonly fault: JwtFault } | { readonly expiresAtMs: number };

export function judgeClaims(
  claims: Readonly<Record<string, unknown>>,
  { issuer, audience, skewMs, maxAgeMs }: Expected,
  wallMs: number,
): Judgement {
  const { iss, aud, exp, nbf, iat } = claims;
  const needsIat = maxAgeMs !== Number.POSITIVE_INFINITY;
  const isWhole =
    iss === issuer &&
    isFor(aud, audience) &&
    isTime(exp) &&
    (nbf === undefined || isTime(nbf)) &&
    (isTime(iat) || (iat === undefined && !needsIat));
  if (!isWhole) {
    return { fault: 'TOKEN_CLAIMS_INVALID' };
  }
  if (Math.max(nbf ?? 0, iat ?? 0) * 1_000 > wallMs + skewMs) {
    return { fault: 'TOKEN_TOO_EARLY' };
  }
  // Whoever is let in because of the skew may stay for as long.
  const expiresAtMs =
    Math.min(exp * 1_000, (iat ?? Number.POSITIVE_INFINITY) * 1_000 + maxAgeMs) + skewMs;
  return expiresAtMs > wallMs ? { expiresAtMs } : { fault: 'TOKEN_EXPIRED' };
}

/** §4.1.3: one, or a list of which one is ours. */
function isFor(aud: unknown, audience: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return (
    named.every((name) => typeof name === 'string') && named.some((name) => audience.includes(name))
  );
}

/** §2: NumericDate. JSON knows no NaN, but `1e999` is Infinity. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= latestSeconds;
}
