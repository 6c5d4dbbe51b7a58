/**
 * Where a URL leads, and what is asked for there (RFC 6455 §3).
 * In: a URL, and the application's fields. Out: host, port and the request. Fails: misuse throws.
 */
import { randomFillSync } from 'node:crypto';
import {
  type DeflateTerms,
  type HandshakeRequest,
  makeKey,
  UsageError,
} from '../protocol/index.ts';

export interface Address {
  readonly secure: boolean;
  /** A name, or an IP address without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly request: HandshakeRequest;
}

/** What is asked for besides the URL. */
export interface Wishes {
  readonly subprotocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly deflate?: DeflateTerms | undefined;
}

/** @throws {UsageError} `URL_INVALID` */
export function readAddress(
  url: string | URL,
  { subprotocols = [], headers = {}, deflate }: Wishes,
): Address {
  if (!URL.canParse(String(url))) {
    throw new UsageError('URL_INVALID', 'the URL cannot be read');
  }
  const parsed = new URL(url);
  const secure = parsed.protocol === 'wss:' || parsed.protocol === 'https:';
  if (!secure && parsed.protocol !== 'ws:' && parsed.protocol !== 'http:') {
    throw new UsageError('URL_INVALID', `ws: or wss: is needed, not ${parsed.protocol}`);
  }
  if (String(url).includes('#')) {
    throw new UsageError('URL_INVALID', 'a fragment is not allowed (§3)');
  }
  const defaultPort = secure ? 443 : 80;
  const port = parsed.port === '' ? defaultPort : Number(parsed.port);
  return {
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port,
    request: {
      host: port === defaultPort ? parsed.hostname : `${parsed.hostname}:${port}`,
      target: `${parsed.pathname}${parsed.search}`,
      key: makeKey((into) => randomFillSync(into)),
      subprotocols,
      ...(deflate === undefined ? {} : { deflate }),
      headers: { ...authorization(parsed, headers), ...headers },
    },
  };
}

/** The URL's user and password, unless the application says `Authorization` itself. */
function authorization(
  { username, password }: URL,
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (isGiven || (username === '' && password === '')) {
    return {};
  }
  const plain = `${decoded(username)}:${decoded(password)}`;
  return { Authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError('URL_INVALID', 'user or password are not percent-encoded UTF-8');
  }
}
