/**
 * A request for a websocket, as an application sees it when it decides.
 */
import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type FieldSection, HeaderList } from '../protocol/index.ts';

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

export function readRequest(incoming: IncomingMessage, socket: Duplex): WebsocketRequest {
  const { method = '', url = '/', httpVersion, rawHeaders } = incoming;
  const headers = new HeaderList(rawHeaders);
  // Asked of the system only when somebody wants to know.
  const address = (): unknown => ('remoteAddress' in socket ? socket.remoteAddress : undefined);
  return seen({ method, target: url, headers }, httpVersion, address, 'encrypted' in socket);
}

export function requestOfStream(
  fields: FieldSection,
  { session }: ServerHttp2Stream,
): WebsocketRequest {
  // At once: a session that is gone throws at whoever asks.
  const address = session?.destroyed === false ? session.socket.remoteAddress : undefined;
  return seen(fields, '2.0', () => address, session?.encrypted === true);
}

function seen(
  { method, target, headers }: Pick<WebsocketRequest, 'method' | 'target' | 'headers'>,
  httpVersion: string,
  address: () => unknown,
  secure: boolean,
): WebsocketRequest {
  const mark = target.indexOf('?');
  return {
    method,
    target,
    httpVersion,
    path: mark < 0 ? target : target.slice(0, mark),
    get query() {
      return new URLSearchParams(mark < 0 ? '' : target.slice(mark));
    },
    headers,
    get address() {
      return address() as string | undefined;
    },
    secure,
  };
}
