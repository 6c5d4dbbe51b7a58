/**
 * Plain requests on the paths of websockets: for those who can have none, and are served by other means there.
 * In: requests as Node has them, of HTTP/1.1 or HTTP/2. Out: those that somebody wants, after the same questions about hosts and origins
 * that websockets are asked. Fails: a request that is refused is answered; one that nobody wants is left alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Http2ServerRequest, Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import {
  HeaderList,
  type Refusal,
  readFieldSection,
  refusals,
  UsageError,
} from '../protocol/index.ts';
import { type Hosts, isHostAllowed } from './hosts.ts';
import { isOriginAllowed, type Origins } from './origins.ts';
import { requestOfStream, SocketRequest, type WebsocketRequest } from './request.ts';

/** Which plain requests are for a handler, and who may make them. */
export interface PlainOptions {
  /** Which pages may ask. @default 'same' */
  readonly origins?: Origins;
  /** By which names the server may be asked for. @default 'safe' */
  readonly hosts?: Hosts;
  /** Whether the request is for the handler: any other is answered as if there were none. */
  readonly wants: (request: WebsocketRequest) => boolean;
}

/** A request, and where its answer goes: Node's own, or what it calls its compatibility interface for HTTP/2. */
export interface PlainRequest extends WebsocketRequest {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

/** Must answer, and must not throw. */
export type PlainHandler = (request: PlainRequest) => void;

interface Place {
  readonly options: PlainOptions;
  readonly handler: PlainHandler;
}

/** What Node tells of a plain request. */
export interface Exchange {
  readonly incoming: IncomingMessage | Http2ServerRequest;
  readonly response: ServerResponse | Http2ServerResponse;
}

/** Paths are compared exactly; `*` takes what no other path does. */
export class PlainPlaces {
  private readonly byPath = new Map<string, Place>();

  get isEmpty(): boolean {
    return this.byPath.size === 0;
  }

  /** @param target With or without a query. */
  has(target = '/'): boolean {
    return this.find(target) !== undefined;
  }

  /** @throws {UsageError} `PATH_TAKEN`, or `OPTION_INVALID`. */
  add(path: string, options: PlainOptions, handler: PlainHandler): void {
    if (path !== '*' && !path.startsWith('/')) {
      throw new UsageError('OPTION_INVALID', `a path begins with / or is *, not ${path}`);
    }
    if (this.byPath.has(path)) {
      throw new UsageError('PATH_TAKEN', `plain requests of ${path} are answered already`);
    }
    this.byPath.set(path, { options, handler });
  }

  /** False: nobody here wants it. */
  take({ incoming, response }: Exchange, isClosing: boolean): boolean {
    const place = this.find(incoming.url ?? '/');
    if (place === undefined) {
      return false;
    }
    const request = requestOf(incoming);
    if (!place.options.wants(request)) {
      return false;
    }
    // A peer that breaks off says so in `close` as well.
    incoming.on('error', ignore);
    response.on('error', ignore);
    const refusal = isClosing ? stopping : refusalOf(request, place.options);
    if (refusal === undefined) {
      // Of HTTP/2 everything is there that is used: Node made it so.
      place.handler(
        Object.assign(request, { incoming, response }) as WebsocketRequest as PlainRequest,
      );
    } else {
      refuse(response, refusal);
    }
    return true;
  }

  private find(target: string): Place | undefined {
    return this.byPath.get(pathOf(target)) ?? this.byPath.get('*');
  }
}

const stopping: Refusal = {
  name: 'UNAVAILABLE',
  status: 503,
  headers: { 'Retry-After': '5' },
  message: 'This server is stopping.',
};

function requestOf(incoming: IncomingMessage | Http2ServerRequest): SocketRequest {
  if ('stream' in incoming) {
    return requestOfStream(
      readFieldSection(incoming.rawHeaders),
      incoming.stream as ServerHttp2Stream,
    );
  }
  const { method = '', url: target = '/', httpVersion, rawHeaders, socket } = incoming;
  return new SocketRequest(
    { method, target, httpVersion, headers: new HeaderList(rawHeaders) },
    socket,
  );
}

function refusalOf(
  request: WebsocketRequest,
  { hosts = 'safe', origins = 'same' }: PlainOptions,
): Refusal | undefined {
  if (!isHostAllowed(request, hosts)) {
    return request.headers.one('host') ? refusals.HOST_REFUSED : refusals.HOST_INVALID;
  }
  return isOriginAllowed(request.headers, origins, request.secure)
    ? undefined
    : refusals.ORIGIN_REFUSED;
}

/** Answers, and ends the connection, or of HTTP/2 the stream. */
export function refuse(
  response: ServerResponse | Http2ServerResponse,
  { status, headers, message }: Refusal,
): void {
  const fields = { ...headers, 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' };
  if (response instanceof Http2ServerResponse) {
    const { Connection: _none, ...rest } = fields as Record<string, string>;
    response.writeHead(status, rest);
    response.end(`${message}\n`, () => response.stream.close());
  } else {
    response.writeHead(status, { ...fields, Connection: 'close' });
    response.end(`${message}\n`);
  }
}

function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}

function ignore(): void {
  // Nobody is left to be answered.
}
