/**
 * Where the server is. In: what the application wrote. Out: an absolute `ws:` or `wss:` URL.
 * Fails: throws `URL_INVALID`.
 */
import { ClientError } from './errors.ts';

const schemes: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

/** Takes ws:, wss:, http: and https: and, in a page or worker, what is relative to its address. */
export function addressOf(url: string): string {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  let parsed: URL;
  try {
    parsed = new URL(url, base);
  } catch {
    throw new ClientError('URL_INVALID', `${JSON.stringify(url)} is not a URL`);
  }
  const scheme = schemes[parsed.protocol];
  if (scheme === undefined) {
    throw new ClientError('URL_INVALID', `${parsed.protocol} is not ws:, wss:, http: or https:`);
  }
  parsed.hash = ''; // A WebSocket URL has none.
  return scheme + parsed.href.slice(parsed.protocol.length);
}
