/**
 * A request for a websocket, as an application sees it when it decides.
 */
import type { Duplex } from 'node:stream';
import type { HeaderList } from '../protocol/index.ts';

export interface WebsocketRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
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

/** A request that came on a socket. */
export class SocketRequest implements WebsocketRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly secure: boolean;
  // Not `private`: a request that is logged or turned into JSON must not take its socket along.
  readonly #socket: Duplex;

  constructor({ method, target, httpVersion, headers }: RequestHead, socket: Duplex) {
    const mark = target.indexOf('?');
    this.method = method;
    this.target = target;
    this.httpVersion = httpVersion;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.headers = headers;
    this.secure = 'encrypted' in socket;
    this.#socket = socket;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.target.slice(this.path.length));
  }

  /** Asked of the system only when somebody wants to know. */
  get address(): string | undefined {
    const socket = this.#socket;
    return 'remoteAddress' in socket ? (socket.remoteAddress as string | undefined) : undefined;
  }
}
