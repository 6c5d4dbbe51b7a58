/**
 * A client's opening handshake by Node's own HTTP, so that agents, `createConnection` and the events of a request work as programs
 * for ws know them (RFC 6455 §4.1).
 * In: an address and options. Out: a socket whose handshake is done. Fails: misuse throws; the rest is told to the opening, once.
 */
import type { EventEmitter } from 'node:events';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { systemClock } from '../endpoint/index.ts';
import type { Cancel } from '../ground/clock.ts';
import { makeKey } from '../protocol/index.ts';
import { type Address, addressOf, asWebSocketUrl, parseUrl } from './address.ts';
import { type Asked, type Judged, judgeAnswer } from './answer.ts';
import { type DeflateOptions, deflateOptions, offerFor } from './deflate.ts';
import type { OpenOptions } from './options.ts';
import { type Fields, fieldsFor, isTrusted } from './redirects.ts';

export interface ConnectOptions extends OpenOptions, Omit<RequestOptions, 'headers' | 'protocol'> {
  readonly protocols?: string | readonly string[];
  readonly protocolVersion?: number;
  readonly headers?: Fields;
  readonly origin?: string;
  readonly followRedirects?: boolean;
  readonly maxRedirects?: number;
  readonly handshakeTimeout?: number;
  /** @default true */
  readonly perMessageDeflate?: unknown;
  readonly finishRequest?: (request: ClientRequest, websocket: EventEmitter) => void;
}

/** What a handshake works for, and tells how it goes. */
export interface Opening {
  readonly websocket: EventEmitter;
  readonly protocols: readonly unknown[];
  named(url: string): void;
  /** A request is under way; `abort` gives it up. */
  asked(request: ClientRequest, abort: (message: string) => void): void;
  /** It is given up: `failed` will follow. */
  leaving(): void;
  opened(socket: Duplex, head: Buffer, agreed: Judged): void;
  failed(error: Error): void;
}

const versions: readonly number[] = [8, 13];
const subprotocol = /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/;

/** @throws {RangeError} for a version that is not spoken. @throws {SyntaxError} for an address or a subprotocol that is none. */
export function connect(opening: Opening, given: unknown, options: ConnectOptions): void {
  const { protocolVersion: version = 13 } = options;
  if (!versions.includes(version)) {
    const known = versions.join(', ');
    throw new RangeError(`Unsupported protocol version: ${version} (supported versions: ${known})`);
  }
  const url = asWebSocketUrl(given instanceof URL ? given : parseUrl(given));
  opening.named(url.href);
  const first = addressOf(url);
  const protocols = new Set<string>();
  for (const protocol of opening.protocols) {
    if (typeof protocol !== 'string' || !subprotocol.test(protocol) || protocols.has(protocol)) {
      throw new SyntaxError('An invalid or duplicated subprotocol was specified');
    }
    protocols.add(protocol);
  }
  new Handshake(opening, options, first, protocols, version).ask(first);
}

class Handshake {
  private readonly opening: Opening;
  private readonly options: ConnectOptions;
  private readonly first: Address;
  private readonly protocols: ReadonlySet<string>;
  private readonly version: number;
  private readonly deflate: DeflateOptions | undefined;
  private redirects = 0;
  /** Ends the time of the latest request. */
  private cancel: Cancel | undefined;

  constructor(
    opening: Opening,
    options: ConnectOptions,
    first: Address,
    protocols: ReadonlySet<string>,
    version: number,
  ) {
    this.opening = opening;
    this.options = options;
    this.first = first;
    this.protocols = protocols;
    this.version = version;
    this.deflate = deflateOptions({ perMessageDeflate: true, ...options }.perMessageDeflate);
  }

  ask(address: Address): void {
    const { opening, options } = this;
    const asked: Asked = {
      key: makeKey((into) => crypto.getRandomValues(into)),
      protocols: this.protocols,
      deflate: this.deflate,
    };
    const begin = address.isSecure ? secureRequest : request;
    const req = begin(this.requestFor(address, asked.key));
    let isDone = false;
    const done = (): boolean => {
      const wasDone = isDone;
      isDone = true;
      this.cancel?.();
      return wasDone;
    };
    const abort = (message: string): void => {
      if (!done()) {
        opening.leaving();
        req.destroy();
        req.socket?.destroy();
        process.nextTick(() => opening.failed(new Error(message)));
      }
    };
    opening.asked(req, abort);
    if (this.redirects > 0) {
      opening.websocket.emit('redirect', address.url.href, req);
    }
    req.on('error', (error) => {
      if (!done()) {
        opening.failed(error);
      }
    });
    req.on('response', (response) => this.answered(address, req, response, { done, abort }));
    req.on('upgrade', (response, socket, head) => {
      opening.websocket.emit('upgrade', response);
      // A listener may have given it up.
      if (!done()) {
        this.upgraded(response, asked, socket, head);
      }
    });
    const { handshakeTimeout } = options;
    if (handshakeTimeout !== undefined && handshakeTimeout > 0) {
      const late = 'Opening handshake has timed out';
      this.cancel = systemClock.after(handshakeTimeout, () => abort(late));
    }
    if (options.finishRequest === undefined) {
      req.end();
    } else {
      options.finishRequest(req, opening.websocket);
    }
  }

  private requestFor(address: Address, key: string): RequestOptions {
    const { options, version, first } = this;
    const { url, isSecure, socketPath } = address;
    const isWatched = this.redirects === 0 || this.opening.websocket.listenerCount('redirect') > 0;
    const given = options.headers ?? {};
    const own = isWatched ? given : fieldsFor(given, first, address);
    const mayTell = isWatched || isTrusted(first, address);
    const auth = mayTell ? (first.auth ?? options.auth ?? address.auth) : undefined;
    const names = Object.keys(own).map((name) => name.toLowerCase());
    return {
      ...options,
      method: 'GET',
      protocol: undefined,
      hostname: undefined,
      timeout: undefined,
      defaultPort: options.defaultPort ?? (isSecure ? 443 : 80),
      port: url.port === '' ? (isSecure ? 443 : 80) : url.port,
      host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
      socketPath,
      path: address.path,
      auth: names.includes('authorization') ? undefined : auth,
      headers: {
        ...own,
        ...(options.origin === undefined ? {} : { [originField(version)]: options.origin }),
        'Sec-WebSocket-Version': version,
        'Sec-WebSocket-Key': key,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        ...(this.deflate === undefined
          ? {}
          : { 'Sec-WebSocket-Extensions': offerFor(this.deflate) }),
        ...(this.protocols.size === 0
          ? {}
          : { 'Sec-WebSocket-Protocol': [...this.protocols].join(',') }),
      },
    } as RequestOptions;
  }

  /** Anything but a 101. */
  private answered(
    from: Address,
    req: ClientRequest,
    response: IncomingMessage,
    { done, abort }: { done: () => boolean; abort: (message: string) => void },
  ): void {
    const { statusCode = 0, headers } = response;
    const { followRedirects = false, maxRedirects = 10 } = this.options;
    const isRedirect = statusCode >= 300 && statusCode < 400 && headers.location !== undefined;
    if (!followRedirects || !isRedirect) {
      if (!this.opening.websocket.emit('unexpected-response', req, response)) {
        abort(`Unexpected server response: ${statusCode}`);
      }
      return;
    }
    this.redirects += 1;
    if (this.redirects > maxRedirects) {
      abort('Maximum redirects exceeded');
      return;
    }
    if (done()) {
      return;
    }
    req.destroy();
    const next = this.follow(headers.location, from);
    if (next !== undefined) {
      this.ask(next);
    }
  }

  private follow(location: unknown, from: Address): Address | undefined {
    try {
      const url = asWebSocketUrl(parseUrl(location, from.url));
      this.opening.named(url.href);
      return addressOf(url);
    } catch (error) {
      this.opening.failed(error as Error);
      return undefined;
    }
  }

  private upgraded(response: IncomingMessage, asked: Asked, socket: Duplex, head: Buffer): void {
    const judged = judgeAnswer(response.headers, asked);
    if ('protocol' in judged) {
      this.opening.opened(socket, head, judged);
      return;
    }
    this.opening.leaving();
    socket.on('error', () => undefined);
    socket.once('close', () => this.opening.failed(new Error(judged.wrong)));
    socket.destroy();
  }
}

function originField(version: number): string {
  return version === 8 ? 'Sec-WebSocket-Origin' : 'Origin';
}
