/**
 * The token of an `Authorization` field (RFC 6750 §2.1), which programs can send with a handshake and pages cannot.
 * In: a visitor. Out: what stands behind `Bearer`. Fails: anything else gives undefined.
 */
import type { Visitor } from '../ports/index.ts';
import { messageLimits } from '../wire/index.ts';

/** A source of credentials: `jwt({ token: bearer, … })`. At most 8,192 characters. */
export function bearer({ handshake }: Visitor): string | undefined {
  const field = handshake?.headers['authorization'];
  if (field === undefined || field.length > messageLimits.tokenLength + 'Bearer '.length) {
    return undefined;
  }
  return /^bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(field)?.[1];
}
