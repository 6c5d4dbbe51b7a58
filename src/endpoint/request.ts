/**
 * A request for a websocket, as an application sees it when it decides.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HeaderList } from '../protocol/index.ts';

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

export function readRequest(incoming: IncomingMessage, socket: Duplex): WebsocketRequest {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: incoming.method ?? '',
    target,
    httpVersion: incoming.httpVersion,
    path: mark < 0 ? target : target.slice(0, mark),
    get query() {
      return new URLSearchParams(mark < 0 ? '' : target.slice(mark));
    },
    headers: new HeaderList(incoming.rawHeaders),
    // Asked of the system only when somebody wants to know.
    get address() {
      return 'remoteAddress' in socket ? (socket.remoteAddress as string | undefined) : undefined;
    },
    secure: 'encrypted' in socket,
  };
}
