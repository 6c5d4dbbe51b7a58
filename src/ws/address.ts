/**
 * Where a client connects to, as ws reads it: `ws:`, `wss:`, `http:`, `https:`, and `ws+unix:` with a socket's path.
 * In: what the program gave. Out: where to connect, and what to ask for there. Fails: a SyntaxError in the words of ws.
 */
export interface Address {
  readonly url: URL;
  readonly isSecure: boolean;
  /** Host and port of a network address; the path of a local socket. */
  readonly host: string;
  readonly socketPath: string | undefined;
  /** What stands in the first line of the request. */
  readonly path: string;
  /** `user:password`, decoded. */
  readonly auth: string | undefined;
}

/** @throws {SyntaxError} */
export function parseUrl(given: unknown, base?: URL): URL {
  try {
    return new URL(String(given), base);
  } catch {
    throw new SyntaxError(`Invalid URL: ${String(given)}`);
  }
}

/** With the scheme of WebSocket in place of that of HTTP. */
export function asWebSocketUrl(given: URL): URL {
  const url = new URL(given);
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  }
  return url;
}

/** @throws {SyntaxError} */
export function addressOf(url: URL): Address {
  const isLocal = url.protocol === 'ws+unix:';
  if (!isLocal && url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new SyntaxError(
      'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
    );
  }
  if (isLocal && url.pathname === '') {
    throw new SyntaxError("The URL's pathname is empty");
  }
  if (url.hash !== '') {
    throw new SyntaxError('The URL contains a fragment identifier');
  }
  const target = url.pathname + url.search;
  const colon = target.indexOf(':');
  const socketPath = colon < 0 ? target : target.slice(0, colon);
  const hasUser = url.username !== '' || url.password !== '';
  return {
    url,
    isSecure: url.protocol === 'wss:',
    host: isLocal ? socketPath : url.host,
    socketPath: isLocal ? socketPath : undefined,
    path: isLocal ? (colon < 0 ? '' : target.slice(colon + 1)) : target,
    auth: hasUser ? `${decoded(url.username)}:${decoded(url.password)}` : undefined,
  };
}

/** What is not well encoded stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
