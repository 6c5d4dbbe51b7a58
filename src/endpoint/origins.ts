/**
 * Which pages may open a websocket here (RFC 6455 §4.2.2, §10.2). A page of any site can try, and the browser sends
 * the user's cookies along; so the check is on unless the application turns it off.
 * In: what the request says. Out: yes or no. Cannot fail.
 */
import type { HeaderList } from '../protocol/index.ts';

/**
 * `same`: pages of the host that was asked, and programs, which send no Origin. A list: these origins exactly (scheme, host and
 * port, such as `https://acme.dev`), and programs. `any`: everybody.
 */
export type Origins = 'same' | 'any' | readonly string[];

/** @param secure The request came over TLS. */
export function isOriginAllowed(headers: HeaderList, origins: Origins, secure: boolean): boolean {
  if (origins === 'any' || !headers.has('origin')) {
    return true;
  }
  const origin = headers.one('origin');
  if (origin === undefined) {
    return false;
  }
  if (origins !== 'same') {
    return origins.includes(origin);
  }
  const host = headers.one('host');
  const scheme = secure ? 'https' : 'http';
  const ours = normal(`${scheme}://${host}`);
  return ours !== undefined && normal(origin) === ours;
}

/** An origin with its default port left out, or undefined for what is none, such as `null`. */
function normal(origin: string): string | undefined {
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  return parsed !== undefined && parsed.pathname === '/' && parsed.origin !== 'null'
    ? parsed.origin
    : undefined;
}
