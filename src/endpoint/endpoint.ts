/**
 * Websockets for a server: on a port, on a unix socket, or beside the routes of a server that exists already.
 * In: mounts. Out: websockets, to their handlers. Fails: `listen` rejects as Node does when an address is taken.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../ground/clock.ts';
import { HeaderList, refusals, UsageError } from '../protocol/index.ts';
import { acceptUpgrade, type Reception } from './accept-http1.ts';
import { Alarms } from './alarms.ts';
import { systemClock } from './clock.ts';
import { FirstChunks } from './first-chunks.ts';
import { type Mount, type MountOptions, Mounts, type WebsocketHandler } from './mounts.ts';
import type { OpenWebsocket } from './open-websocket.ts';
import { type HandshakeOptions, handshakeOptions } from './options.ts';
import {
  type AnyServer,
  ipAddress,
  listening,
  makeServer,
  type OwnServer,
  stop,
} from './own-server.ts';
import { SocketRequest } from './request.ts';
import type { Websocket } from './websocket.ts';

/**
 * How a handshake is bounded, and a clock. A head beyond its limits is answered with 431. The time for TLS and for the head, and the
 * bytes of the head, hold for servers of `listen` only: a server that is attached has its own.
 */
export interface EndpointOptions extends HandshakeOptions {
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
  /** Closes the endpoint when it is aborted; `listen` rejects with its reason when that is before it listens. */
  readonly signal?: AbortSignal;
};

export interface CloseOptions {
  /** Time for the closing handshakes, in milliseconds; what is still open then is cut. @default 5_000 */
  readonly withinMs?: number;
}

export const closeDefaults: Required<CloseOptions> = { withinMs: 5_000 };

export interface Endpoint {
  /** Those that are open or closing. */
  readonly websockets: ReadonlySet<Websocket>;
  /**
   * Offers websockets at `path`, which is compared exactly; `*` is for all others. Mounts may come and differ at any time.
   * @throws {UsageError} `OPTION_INVALID`, `PATH_TAKEN`
   */
  mount(path: string, options: MountOptions, handler: WebsocketHandler): void;
  /**
   * Serves on a server of its own. Resolves with the port (0 on a unix socket) when it listens. May be called again.
   * @throws {UsageError} `ENDPOINT_CLOSED` when the endpoint is closed (as a rejection).
   */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /**
   * Serves beside what `server` does already. Paths that nobody mounted are left to its other `upgrade` listeners, which must
   * leave ours to us. Attaching the same server again changes nothing.
   * @throws {UsageError} `ENDPOINT_CLOSED` when the endpoint is closed.
   */
  attach(server: HttpServer | HttpsServer): void;
  /**
   * Takes no more, closes all with 1001, and resolves when they are gone. Attached servers go on without it. A second call
   * may bring the end nearer. There is no way back: make another endpoint.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** @throws {UsageError} `OPTION_INVALID` */
export function createEndpoint(options: EndpointOptions = {}): Endpoint {
  return new HttpEndpoint(options);
}

/** Which endpoints are attached to a server: a path that none of them knows is refused by the first. */
const attachments = new WeakMap<AnyServer, HttpEndpoint[]>();
type UpgradeListener = (incoming: IncomingMessage, socket: Duplex, already: Buffer) => void;

class HttpEndpoint implements Endpoint, Reception {
  readonly websockets: Set<OpenWebsocket> = new Set();
  readonly greeted: Set<Duplex> = new Set();
  readonly engine: Reception['engine'];
  readonly clock: Clock;
  readonly handshake: Required<HandshakeOptions>;
  isClosing = false;

  private readonly mounts = new Mounts();
  private readonly own = new Set<OwnServer>();
  private readonly attached = new Map<AnyServer, UpgradeListener>();
  private readonly stopped: Promise<void>[] = [];

  constructor(options: EndpointOptions) {
    const { clock = systemClock } = options;
    this.clock = clock;
    this.engine = { alarms: new Alarms(clock), nowMs: () => clock.nowMs() };
    this.handshake = handshakeOptions(options);
  }

  mount(path: string, options: MountOptions, handler: WebsocketHandler): void {
    this.mounts.add(path, options, handler);
  }

  async listen(options: ListenOptions): Promise<{ readonly port: number }> {
    this.mustBeOpen();
    const { signal } = options;
    signal?.throwIfAborted();
    const own = makeServer(options.tls, this.handshake);
    const { server } = own;
    own.firstChunks = new FirstChunks(server, this.clock, this.handshake, (upgrade) => {
      void acceptUpgrade(upgrade, this);
    });
    server.on('request', this.answerPlain);
    server.on('upgrade', this.upgradeListener(server));
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

  attach(server: AnyServer): void {
    this.mustBeOpen();
    if (!this.attached.has(server)) {
      const listener = this.upgradeListener(server);
      this.attached.set(server, listener);
      attachments.set(server, [...(attachments.get(server) ?? []), this]);
      server.on('upgrade', listener);
    }
  }

  async close({ withinMs = closeDefaults.withinMs }: CloseOptions = {}): Promise<void> {
    this.isClosing = true;
    for (const [server, listener] of this.attached) {
      server.off('upgrade', listener);
      const others = attachments.get(server)?.filter((other) => other !== this) ?? [];
      attachments.set(server, others);
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

  private cut(): void {
    for (const websocket of this.websockets) {
      websocket.terminate();
    }
    for (const socket of this.greeted) {
      socket.destroy();
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

  private upgradeListener(server: AnyServer): UpgradeListener {
    return (incoming, socket, already) => {
      const isOthers =
        this.mounts.find(pathOf(incoming)) === undefined && this.leaves(server, pathOf(incoming));
      if (!isOthers) {
        const { method = '', url = '/', httpVersion } = incoming;
        const headers = new HeaderList(incoming.rawHeaders);
        const request = new SocketRequest({ method, target: url, httpVersion, headers }, socket);
        void acceptUpgrade({ request, socket, already, maxHeaders: this.maxHeaders(server) }, this);
      }
    };
  }

  /** At most one less than Node's limit for the server: a head that reaches it may be cut short, and Node does not say so. */
  private maxHeaders(server: AnyServer): number {
    const whole = (server.maxHeadersCount || Number.POSITIVE_INFINITY) - 1;
    return Math.min(this.handshake.maxHeaders, whole);
  }

  /** Whether a path that is not ours may be somebody else's: of another endpoint, or of another library. */
  private leaves(server: AnyServer, path: string): boolean {
    const ours = attachments.get(server) ?? [];
    const isForeign = server.listenerCount('upgrade') > Math.max(1, ours.length);
    const isNext = ours.length > 0 && ours[0] !== this;
    return isForeign || isNext || ours.some(({ mounts }) => mounts.find(path) !== undefined);
  }

  /** A request that does not ask for an upgrade, on a server that has nothing else to offer. */
  private readonly answerPlain = (request: IncomingMessage, response: ServerResponse): void => {
    const found = this.mounts.find(pathOf(request)) !== undefined;
    const { status, headers, message } = found ? refusals.UPGRADE_MISSING : refusals.PATH_UNKNOWN;
    response.writeHead(status, { ...headers, Connection: 'close', 'Content-Type': 'text/plain' });
    response.end(`${message}\n`);
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}
