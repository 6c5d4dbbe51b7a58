/**
 * One cookie of the request by which a visitor came (RFC 6265 §4.1.1, §5.4).
 * In: the `cookie` field, which browsers send unasked with what any page asks for, and which neighbours on other subdomains can add to; it is
 * here only where the server's `origins` let that page ask. Out: the value as it stands there, without quotes around it. Fails: what is doubtful gives undefined, never a throw.
 */
import { AuthError } from './auth-error.ts';
import type { Source } from './check.ts';

/** Most that is looked at: characters of the field, cookies in it, characters of the value. One beyond, and there is no cookie. */
export const cookieLimits = { fieldLength: 8_192, cookies: 100, valueLength: 4_096 } as const;

// RFC 9110 §5.6.2: a token.
const isName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
// RFC 6265 §4.1.1: cookie-octet. No spaces, quotes, commas, semicolons or backslashes.
const isValue = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/**
 * A source of credentials: `jwt({ token: cookie('__Host-session'), … })`, or a session of your own that you look up by it. The value is
 * not decoded. A name that is there twice gives nothing: which of the two is the server's own cannot be known.
 * @throws {AuthError} `OPTION_INVALID`: that is no name for a cookie.
 */
export function cookie(name: string): Source {
  if (!isName.test(name)) {
    throw new AuthError('OPTION_INVALID', `cookie(): ${JSON.stringify(name)} is no name`);
  }
  return ({ handshake }) => {
    const field = handshake?.headers['cookie'];
    return field === undefined ? undefined : read(field, name);
  };
}

function read(field: string, name: string): string | undefined {
  if (field.length > cookieLimits.fieldLength) {
    return undefined;
  }
  const pairs = field.split(';', cookieLimits.cookies + 1);
  if (pairs.length > cookieLimits.cookies) {
    return undefined;
  }
  let found: string | undefined;
  for (const pair of pairs) {
    const mark = pair.indexOf('=');
    const value = trim(pair.slice(mark + 1));
    // A quote that stays open: others may read what follows as a part of this value.
    if (value.startsWith('"') && !(value.length > 1 && value.endsWith('"'))) {
      return undefined;
    }
    if (mark > 0 && trim(pair.slice(0, mark)) === name) {
      if (found !== undefined) {
        return undefined;
      }
      found = value;
    }
  }
  const value = found?.startsWith('"') ? found.slice(1, -1) : found;
  return value !== undefined && value.length <= cookieLimits.valueLength && isValue.test(value)
    ? value
    : undefined;
}

/**
 * Spaces and tabs only: what `trim` of the language takes besides may stand in no field. By hand, since a pattern that looks for them at
 * the end takes quadratic time where they are in the middle.
 */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) {
    from += 1;
  }
  while (to > from && isBlank(text.charCodeAt(to - 1))) {
    to -= 1;
  }
  return text.slice(from, to);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}
