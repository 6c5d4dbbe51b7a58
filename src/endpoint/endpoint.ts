/**
 * Websockets for a server: on a port, on a unix socket, or beside the routes of a server that exists already.
 * In: mounts. Out: websockets, to their handlers. Fails: `listen` rejects as Node does when an address is taken.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../ground/clock.ts';
import { HeaderList, refusals, UsageError } from '../protocol/index.ts';
import { acceptUpgrade } from './accept-http1.ts';
import { type Arrival, acceptStream, exchangeOn, onStream } from './accept-http2.ts';
import { systemClock } from './clock.ts';
import { type Counters, Tally } from './counters.ts';
import { cut } from './cut.ts';
import { makeEngine } from './engine.ts';
import { FirstChunks } from './first-chunks.ts';
import { type Http2Options, http2Options } from './http2-options.ts';
import { checkedIo, type Io, whenTried } from './io.ts';
import type { Reception } from './judge.ts';
import { type Mount, type MountOptions, Mounts, type WebsocketHandler } from './mounts.ts';
import type { OpenWebsocket } from './open-websocket.ts';
import { type HandshakeOptions, handshakeOptions } from './options.ts';
import { ipAddress, listening, makeServer, type OwnServer, stop } from './own-server.ts';
import {
  type Exchange,
  type PlainHandler,
  type PlainOptions,
  PlainPlaces,
  refuse,
} from './plain.ts';
import { SocketRequest, type Source } from './request.ts';
import { type NodeUpgrade, type SharedServer, type Sharer, share } from './shared-server.ts';
import type { Websocket } from './websocket.ts';

/**
 * How a handshake is bounded, and a clock. A head beyond its limits is answered with 431. The time for TLS and for the head, and the
 * bytes of the head, hold for servers of `listen` only: a server that is attached has its own.
 */
export interface EndpointOptions extends HandshakeOptions {
  /** @default the machine's */
  readonly clock?: Clock;
  /**
   * `handle` reads and writes plain sockets below Node's streams: less work and less memory for each, at the price of leaning on
   * internals of Node, which are tried first (docs/2-guides/handle-io.md). TLS goes the way of `socket` all the same.
   * @default 'socket'
   */
  readonly io?: Io;
}

/** Where to serve: a port, or a unix socket; with TLS or without. */
export type ListenOptions = (
  | {
      /** 0 takes any free one. */
      readonly port: number;
      /** @default all addresses of this machine */
      readonly host?: string;
    }
  | {
      /** A path for a unix socket. */
      readonly path: string;
    }
) & {
  /** Serve wss: with this key and certificate. */
  readonly tls?: SecureContextOptions;
  /** With TLS, offer HTTP/2 beside HTTP/1.1 on the same port. @default true */
  readonly http2?: boolean | Http2Options;
  /** Closes the endpoint when it is aborted; `listen` rejects with its reason when that is before it listens. */
  readonly signal?: AbortSignal;
};

/** How long an endpoint waits for its peers. */
export interface CloseOptions {
  /** Time for the closing handshakes, in milliseconds; what is still open then is cut. @default 5_000 */
  readonly withinMs?: number;
}

/** The defaults of `CloseOptions`. */
export const closeDefaults: Required<CloseOptions> = { withinMs: 5_000 };

/** Websockets of one server: what is offered where, and those that are open. */
export interface Endpoint {
  /** Those that are open or closing. */
  readonly websockets: ReadonlySet<Websocket>;
  /** What was counted since this endpoint was made. They grow as you look: copy what you want to compare. */
  readonly counters: Counters;
  /**
   * Offers websockets at `path`, which is compared exactly; `*` is for all others. Mounts may come and differ at any time.
   * @throws {UsageError} `OPTION_INVALID`, `PATH_TAKEN`
   */
  mount(path: string, options: MountOptions, handler: WebsocketHandler): void;
  /**
   * Gives plain requests at `path`, which is compared exactly, or with `*` at any that is nobody else's, to the handler: those that it
   * wants. The application's own servers must have their `request` listeners before they are attached, and this must have been called; those of HTTP/2 that have none, but listen
   * for streams, keep their plain requests.
   * @throws {UsageError} `OPTION_INVALID`, `PATH_TAKEN`
   */
  answer(path: string, options: PlainOptions, handler: PlainHandler): void;
  /**
   * Serves on a server of its own. Resolves with the port (0 on a unix socket) when it listens. May be called again.
   * @throws {UsageError} As a rejection: `ENDPOINT_CLOSED` when the endpoint is closed, `OPTION_INVALID` for HTTP/2 without TLS,
   * `IO_UNAVAILABLE` when `io` does not work.
   */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /**
   * Serves beside what `server` does already. Paths that nobody mounted are left to its other `upgrade` listeners, which must
   * leave ours to us. Attaching the same server again changes nothing. One of HTTP/2 is made to offer extended CONNECT from now on;
   * its other `stream` listeners must leave such streams to us.
   * @throws {UsageError} `ENDPOINT_CLOSED` when the endpoint is closed.
   */
  attach(server: SharedServer): void;
  /**
   * Takes no more, closes all with 1001, and resolves when they are gone. Attached servers go on without it. A second call
   * may bring the end nearer. There is no way back: make another endpoint.
   */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * An endpoint that offers nothing yet: `mount`, then `listen` or `attach`.
 * @throws {UsageError} `OPTION_INVALID`; `IO_UNAVAILABLE` when this runtime has nothing for `io: 'handle'`.
 */
export function createEndpoint(options: EndpointOptions = {}): Endpoint {
  return new HttpEndpoint(options);
}

class HttpEndpoint implements Endpoint, Reception, Sharer {
  readonly websockets: Set<OpenWebsocket> = new Set();
  readonly greeted: Set<Duplex> = new Set();
  readonly counters: Tally = new Tally();
  readonly engine: Reception['engine'];
  readonly clock: Clock;
  readonly handshake: Required<HandshakeOptions>;
  readonly io: Io;
  isClosing = false;

  private readonly mounts = new Mounts();
  private readonly plain = new PlainPlaces();
  private readonly own = new Set<OwnServer>();
  private readonly attached = new Map<SharedServer, () => void>();
  private readonly stopped: Promise<void>[] = [];

  constructor(options: EndpointOptions) {
    const { clock = systemClock, io = 'socket' } = options;
    this.clock = clock;
    this.io = checkedIo(io);
    this.engine = makeEngine(clock, this.counters);
    this.handshake = handshakeOptions(options);
  }

  mount(path: string, options: MountOptions, handler: WebsocketHandler): void {
    this.mounts.add(path, options, handler);
  }

  answer(path: string, options: PlainOptions, handler: PlainHandler): void {
    this.plain.add(path, options, handler);
  }

  async listen(options: ListenOptions): Promise<{ readonly port: number }> {
    this.mustBeOpen();
    const { signal } = options;
    signal?.throwIfAborted();
    await whenTried(this.io);
    const { tls, http2 = tls !== undefined } = options;
    const own = makeServer(
      { tls, handshake: this.handshake, http2: chosen(http2, tls) },
      this.engine,
    );
    const { server } = own;
    own.firstChunks = new FirstChunks(server, this.clock, this.handshake, (upgrade) => {
      void acceptUpgrade(upgrade, this);
    });
    server.on('request', this.answerPlain);
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, already: Buffer) =>
      this.takeUpgrade({ incoming, socket, already }, server),
    );
    if (own.http2 !== undefined) {
      onStream(own.http2.server, (arrival, headers) => {
        // A request that nobody wants plain is answered as one for a websocket that went wrong.
        const isOpen = !arrival.stream.closed;
        const isPlain =
          isOpen && headers[':method'] !== 'CONNECT' && this.plain.has(headers[':path']);
        if (!isPlain || !this.takePlain(exchangeOn(arrival, headers))) {
          this.takeStream(arrival);
        }
      });
    }
    await listening(server, 'path' in options ? { path: options.path } : ipAddress(options));
    if (this.isClosing || signal?.aborted) {
      await stop(own);
      signal?.throwIfAborted();
      this.mustBeOpen();
    }
    this.own.add(own);
    const onAbort = (): void => void this.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    server.once('close', () => signal?.removeEventListener('abort', onAbort));
    const address = server.address() as AddressInfo | string;
    return { port: typeof address === 'string' ? 0 : address.port };
  }

  attach(server: SharedServer): void {
    this.mustBeOpen();
    if (!this.attached.has(server)) {
      this.attached.set(server, share(server, this));
    }
  }

  async close({ withinMs = closeDefaults.withinMs }: CloseOptions = {}): Promise<void> {
    this.isClosing = true;
    for (const leave of this.attached.values()) {
      leave();
    }
    this.attached.clear();
    for (const own of this.own) {
      this.stopped.push(stop(own));
    }
    const cancel = this.clock.after(withinMs, () => this.cut());
    const closings = [...this.websockets].map((websocket) =>
      websocket.close(1001, 'the server is stopping'),
    );
    await Promise.all([...closings, ...this.stopped]);
    this.own.clear();
    cancel();
  }

  findMount(path: string): Mount | undefined {
    return this.mounts.find(path);
  }

  takeUpgrade({ incoming, socket, already }: NodeUpgrade, server: SharedServer): void {
    const { method = '', url: target = '/', httpVersion, rawHeaders } = incoming;
    const head = { method, target, httpVersion, headers: new HeaderList(rawHeaders) };
    const request = new SocketRequest(head, socket as Source);
    void acceptUpgrade({ request, socket, already, maxHeaders: this.maxHeaders(server) }, this);
  }

  takeStream(arrival: Arrival): void {
    acceptStream(arrival, this);
  }

  get answersPlain(): boolean {
    return !this.plain.isEmpty;
  }

  takePlain(exchange: Exchange): boolean {
    return this.plain.take(exchange, this.isClosing);
  }

  private cut(): void {
    for (const websocket of this.websockets) {
      websocket.terminate();
    }
    for (const socket of this.greeted) {
      cut(socket);
    }
    for (const { sockets } of this.own) {
      for (const socket of sockets) {
        socket.destroy();
      }
    }
  }

  private mustBeOpen(): void {
    if (this.isClosing) {
      throw new UsageError('ENDPOINT_CLOSED', 'this endpoint is closed: make another');
    }
  }

  /** At most one less than Node's limit for the server: a head that reaches it may be cut short, and Node does not say so. */
  private maxHeaders(server: SharedServer): number {
    const limit = 'maxHeadersCount' in server ? server.maxHeadersCount : null;
    return Math.min(this.handshake.maxHeaders, (limit || Number.POSITIVE_INFINITY) - 1);
  }

  /** A request that does not ask for an upgrade, on a server that has nothing else to offer. */
  private readonly answerPlain = (incoming: IncomingMessage, response: ServerResponse): void => {
    if (!this.takePlain({ incoming, response })) {
      const found = this.mounts.find(pathOf(incoming)) !== undefined;
      refuse(response, found ? refusals.UPGRADE_MISSING : refusals.PATH_UNKNOWN);
    }
  };
}

/** @throws {UsageError} `OPTION_INVALID` */
function chosen(
  http2: boolean | Http2Options,
  tls: SecureContextOptions | undefined,
): Required<Http2Options> | undefined {
  if (http2 !== false && tls === undefined) {
    throw new UsageError('OPTION_INVALID', 'HTTP/2 is chosen in the TLS handshake: give `tls` too');
  }
  return http2 === false ? undefined : http2Options(http2 === true ? {} : http2);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}
