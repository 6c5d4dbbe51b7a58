/**
 * What may travel on when a server sends us elsewhere.
 * In: where we went first, where we go now, and the fields that the program set. Out: the fields for the next request. A name and
 * password, or a cookie, go to no other host and over no worse line, unless somebody watches redirects and decides.
 */
import type { Address } from './address.ts';

export type Fields = Readonly<Record<string, string>>;

const secrets: ReadonlySet<string> = new Set(['authorization', 'cookie']);

/** Whether `next` may be told what was meant for `first`. */
export function isTrusted(first: Address, next: Address): boolean {
  return isSameHost(first, next) && (next.isSecure || !first.isSecure);
}

export function isSameHost(first: Address, next: Address): boolean {
  const isSameKind = (first.socketPath === undefined) === (next.socketPath === undefined);
  return isSameKind && first.host === next.host;
}

/** Names in lower case, without what the next host must not learn. */
export function fieldsFor(fields: Fields, first: Address, next: Address): Fields {
  const isTold = isTrusted(first, next);
  const staysHere = isSameHost(first, next);
  const kept = Object.entries(fields).filter(([name]) => {
    const lower = name.toLowerCase();
    return (isTold || !secrets.has(lower)) && (staysHere || lower !== 'host');
  });
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value]));
}
