/**
 * Websockets for a server: on a port, on a unix socket, or beside the routes of a server that exists already.
 * In: mounts. Out: websockets, to their handlers. Fails: `listen` rejects as Node does when an address is taken.
 */
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../ground/clock.ts';
import { headLimitDefaults, refusals } from '../protocol/index.ts';
import { acceptUpgrade, type Reception } from './accept-http1.ts';
import { Alarms } from './alarms.ts';
import { systemClock } from './clock.ts';
import { type Mount, type MountOptions, Mounts, type WebsocketHandler } from './mounts.ts';
import type { OpenWebsocket, Websocket } from './websocket.ts';

export interface EndpointOptions {
  /** Time for the whole opening handshake, in milliseconds; the application's `admit` included. @default 10_000 */
  readonly handshakeWithinMs?: number;
  /** Most bytes of a request's head; more is answered with 431. Servers of `listen` only. @default 16_384 */
  readonly maxHeadBytes?: number;
  /** @default the machine's */
  readonly clock?: Clock;
}

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
  /** Closes the endpoint when it is aborted. */
  readonly signal?: AbortSignal;
};

export interface CloseOptions {
  /** Time for the closing handshakes, in milliseconds; what is still open then is cut. @default 5_000 */
  readonly withinMs?: number;
}

export interface Endpoint {
  /** Those that are open or closing. */
  readonly websockets: ReadonlySet<Websocket>;
  /**
   * Offers websockets at `path`, which is compared exactly; `*` is for all others. Mounts may come and differ at any time.
   * @throws {UsageError} `OPTION_INVALID`, `PATH_TAKEN`
   */
  mount(path: string, options: MountOptions, handler: WebsocketHandler): void;
  /** Serves on a server of its own. Resolves with the port (0 on a unix socket) when it listens. May be called again. */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /** Serves beside what `server` does already. Paths that nobody mounted are left to its other `upgrade` listeners. */
  attach(server: HttpServer | HttpsServer): void;
  /** Takes no more, closes all with 1001, and resolves when they are gone. Attached servers go on without it. */
  close(options?: CloseOptions): Promise<void>;
}

export function createEndpoint(options: EndpointOptions = {}): Endpoint {
  return new HttpEndpoint(options);
}

type AnyServer = HttpServer | HttpsServer;

class HttpEndpoint implements Endpoint, Reception {
  readonly websockets: Set<OpenWebsocket> = new Set();
  readonly engine: Reception['engine'];
  readonly handshakeWithinMs: number;
  isClosing = false;

  private readonly maxHeadBytes: number;
  private readonly mounts = new Mounts();
  private readonly own: AnyServer[] = [];
  private readonly attached: AnyServer[] = [];

  constructor(options: EndpointOptions) {
    const clock = options.clock ?? systemClock;
    this.engine = { alarms: new Alarms(clock), nowMs: () => clock.nowMs() };
    this.handshakeWithinMs = options.handshakeWithinMs ?? 10_000;
    this.maxHeadBytes = options.maxHeadBytes ?? headLimitDefaults.maxHeadBytes;
  }

  mount(path: string, options: MountOptions, handler: WebsocketHandler): void {
    this.mounts.add(path, options, handler);
  }

  async listen(options: ListenOptions): Promise<{ readonly port: number }> {
    const server = this.makeServer(options.tls);
    server.on('upgrade', this.onUpgrade);
    this.own.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const where = 'path' in options ? { path: options.path } : ipAddress(options);
      server.listen(where, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const { signal } = options;
    if (signal?.aborted) {
      await this.close();
    }
    signal?.addEventListener('abort', () => void this.close(), { once: true });
    const address = server.address() as AddressInfo | string;
    return { port: typeof address === 'string' ? 0 : address.port };
  }

  attach(server: AnyServer): void {
    this.attached.push(server);
    server.on('upgrade', this.onUpgrade);
  }

  async close({ withinMs = 5_000 }: CloseOptions = {}): Promise<void> {
    this.isClosing = true;
    for (const server of this.attached.splice(0)) {
      server.off('upgrade', this.onUpgrade);
    }
    const stopped = this.own.splice(0).map(stop);
    const timer = setTimeout(() => {
      for (const websocket of this.websockets) {
        websocket.terminate();
      }
    }, withinMs);
    const closings = [...this.websockets].map((websocket) =>
      websocket.close(1001, 'the server is stopping'),
    );
    await Promise.all(closings);
    clearTimeout(timer);
    await Promise.all(stopped);
  }

  findMount(path: string): Mount | undefined {
    return this.mounts.find(path);
  }

  opened(websocket: OpenWebsocket): void {
    this.websockets.add(websocket);
    websocket.on('closed', () => this.websockets.delete(websocket));
  }

  private readonly onUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = (incoming.url ?? '/').split('?', 1)[0]!;
    const isOthers = this.mounts.find(path) === undefined && this.attached.some(hasOtherListeners);
    if (!isOthers) {
      void acceptUpgrade(incoming, socket, head, this);
    }
  };

  private makeServer(tls: SecureContextOptions | undefined): AnyServer {
    const limits = {
      headersTimeout: this.handshakeWithinMs,
      requestTimeout: this.handshakeWithinMs,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: this.maxHeadBytes,
    };
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.answerPlain(request, response);
    return tls === undefined
      ? createServer(limits, answer)
      : createTlsServer({ ...limits, ...tls, handshakeTimeout: this.handshakeWithinMs }, answer);
  }

  /** A request that does not ask for an upgrade, on a server that has nothing else to offer. */
  private answerPlain(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const found = this.mounts.find(path) !== undefined;
    const { status, headers, message } = found ? refusals.UPGRADE_MISSING : refusals.PATH_UNKNOWN;
    response.writeHead(status, { ...headers, Connection: 'close', 'Content-Type': 'text/plain' });
    response.end(`${message}\n`);
  }
}

function hasOtherListeners(server: AnyServer): boolean {
  return server.listenerCount('upgrade') > 1;
}

function ipAddress({ port, host }: { port: number; host?: string }): {
  port: number;
  host?: string;
} {
  return host === undefined ? { port } : { port, host };
}

/** Takes no more connections, and closes those that are between requests. Upgraded ones are not the server's any more. */
function stop(server: AnyServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
