/**
 * What a token looks like before anything of it is believed (RFC 7515 §7.1, §2).
 * In: text from outside. Out: its header and its claims, which are a stranger's word still. Fails: anything that is not written in the
 * one way in which it can be written gives undefined.
 */
import { fromBase64, messageLimits, toBase64 } from '../../wire/index.ts';
import { strictObject } from './strict-json.ts';

export interface TokenForm {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

// A signature is there: a token that nobody signed has an empty one.
const isToken = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

export function readForm(token: unknown): TokenForm | undefined {
  if (typeof token !== 'string' || token.length > messageLimits.tokenLength) {
    return undefined;
  }
  const [, first, second, third] = isToken.exec(token) ?? [];
  if (first === undefined || fromBase64Url(third!) === undefined) {
    return undefined;
  }
  const header = objectFrom(first);
  const claims = header && objectFrom(second!);
  return claims && { header, claims };
}

function objectFrom(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = fromBase64Url(part);
  if (bytes === undefined) {
    return undefined;
  }
  try {
    // A byte order mark stays, and then it is no JSON.
    return strictObject(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** RFC 4648 §5 without padding; §3.5: bits that mean nothing must be zero, or one token could be written in several ways. */
function fromBase64Url(text: string): Uint8Array | undefined {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  const padded = plain.padEnd(Math.ceil(plain.length / 4) * 4, '=');
  // One character alone holds no byte.
  const bytes = text.length % 4 === 1 ? undefined : fromBase64(padded);
  return bytes !== undefined && toBase64(bytes) === padded ? bytes : undefined;
}
