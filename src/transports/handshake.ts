/**
 * What a policy may know of the request by which a client came.
 * In: a request. Out: a few of its fields, and its address, as copies. Cannot fail: what is repeated or too long is left out.
 *
 * Browsers send cookies and passwords along with what any page asks for. They count only where it was decided which pages may ask (THREATS D17).
 */
import { isOriginAllowed, type Origins, type WebsocketRequest } from '../endpoint/index.ts';
import type { Handshake } from '../ports/index.ts';

/** Of the address, and of each field, in characters. */
const mostLength = 8_192;

const always = ['origin', 'user-agent'] as const;
const credentials = ['authorization', 'cookie'] as const;

/** What of a request is looked at. */
export type Asking = Pick<WebsocketRequest, 'headers' | 'target'>;

/** @param withCredentials The page that asks, if it is one, may ask as its user. */
export function handshakeOf({ headers, target }: Asking, withCredentials: boolean): Handshake {
  const fields: Record<string, string> = {};
  for (const name of withCredentials ? [...credentials, ...always] : always) {
    // Cookies may come in several fields (RFC 9113 §8.2.3); whoever repeats another is not believed.
    const value = name === 'cookie' ? headers.all(name).join('; ') : headers.one(name);
    if (value !== undefined && value !== '' && value.length <= mostLength) {
      fields[name] = cutLoose(value);
    }
  }
  return { headers: fields, url: target.length <= mostLength ? cutLoose(target) : '' };
}

/** Where any page may ask, credentials count from our own pages only, and from programs, which send no Origin. */
export function mayBringCredentials(
  { headers, secure }: Pick<WebsocketRequest, 'headers' | 'secure'>,
  origins: Origins,
): boolean {
  return origins !== 'any' || isOriginAllowed(headers, 'same', secure);
}

/** As long as a part of the head's text is kept, all of it is. */
function cutLoose(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
