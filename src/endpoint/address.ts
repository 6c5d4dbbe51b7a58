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
  /** Where `ws+unix:` leads. */
  readonly socketPath: string | undefined;
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
  const isUnix = parsed.protocol === 'ws+unix:';
  if (!secure && !isUnix && parsed.protocol !== 'ws:' && parsed.protocol !== 'http:') {
    throw new UsageError('URL_INVALID', `ws: or wss: is needed, not ${parsed.protocol}`);
  }
  if (String(url).includes('#')) {
    throw new UsageError('URL_INVALID', 'a fragment is not allowed (§3)');
  }
  const request = {
    key: makeKey((into) => randomFillSync(into)),
    subprotocols,
    ...(deflate === undefined ? {} : { deflate }),
    headers: { ...authorization(parsed, headers), ...headers },
  };
  if (isUnix) {
    const { socketPath, path } = unixPlace(parsed);
    const target = `${path}${parsed.search}`;
    const place = { secure, hostname: 'localhost', port: 80, socketPath };
    return { ...place, request: { host: 'localhost', target, ...request } };
  }
  const defaultPort = secure ? 443 : 80;
  const port = parsed.port === '' ? defaultPort : Number(parsed.port);
  return {
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port,
    socketPath: undefined,
    request: {
      host: port === defaultPort ? parsed.hostname : `${parsed.hostname}:${port}`,
      target: `${parsed.pathname}${parsed.search}`,
      ...request,
    },
  };
}

/** `ws+unix:/path/of/the/socket:/path/of/the/request`, as ws has it; without a second path it is `/`. */
function unixPlace({ pathname, host }: URL): { socketPath: string; path: string } {
  const colon = pathname.indexOf(':');
  const file = decoded(colon < 0 ? pathname : pathname.slice(0, colon));
  const path = colon < 0 ? '/' : pathname.slice(colon + 1);
  if (host !== '' || !file.startsWith('/') || file === '/' || !path.startsWith('/')) {
    throw new UsageError('URL_INVALID', 'ws+unix:/path/of/the/socket:/path is needed');
  }
  return { socketPath: file, path };
}

/** The URL's user and password, unless the application says `Authorization` itself. */
function authorization(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  const value = isGiven ? undefined : basicAuthorization(url);
  return value === undefined ? {} : { Authorization: value };
}

/** The user and password of a URL as the value of a field (RFC 7617). @throws {UsageError} `URL_INVALID` */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') {
    return undefined;
  }
  const plain = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError('URL_INVALID', 'a part of the URL is not percent-encoded UTF-8');
  }
}
