/**
 * A request for a websocket, as an application sees it when it decides.
 */
import type { ServerHttp2Stream } from 'node:http2';
import type { FieldSection, HeaderList } from '../protocol/index.ts';

/** A request for a websocket, as the application sees it when it decides. */
export interface WebsocketRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** `2.0` on a stream of HTTP/2: then `method` is CONNECT, and `headers` has the authority as `host`. */
  readonly httpVersion: string;
  /** The path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: HeaderList;
  /** Of the peer of the socket: a proxy's, if there is one. Undefined on unix sockets. */
  readonly address: string | undefined;
  /** It came over TLS, to this process. */
  readonly secure: boolean;
}

/** What the head of a request says. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: HeaderList;
}

/** What a socket tells of itself, if it does. */
export interface Source {
  readonly remoteAddress?: string | undefined;
  readonly encrypted?: boolean;
}

/** A request that came on a socket, or on a stream of one. */
export class SocketRequest implements WebsocketRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly secure: boolean;
  // Not `private`: a request that is logged or turned into JSON must not take its socket along.
  readonly #source: Source;

  constructor({ method, target, httpVersion, headers }: RequestHead, source: Source) {
    const mark = target.indexOf('?');
    this.method = method;
    this.target = target;
    this.httpVersion = httpVersion;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.headers = headers;
    this.secure = source.encrypted === true;
    this.#source = source;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.target.slice(this.path.length));
  }

  /** Asked of the system only when somebody wants to know. */
  get address(): string | undefined {
    return this.#source.remoteAddress;
  }
}

export function requestOfStream(
  fields: FieldSection,
  { session }: ServerHttp2Stream,
): SocketRequest {
  // At once: a session that is gone throws at whoever asks.
  const remoteAddress = session?.destroyed === false ? session.socket.remoteAddress : undefined;
  const source = { remoteAddress, encrypted: session?.encrypted === true };
  return new SocketRequest({ ...fields, httpVersion: '2.0' }, source);
}
