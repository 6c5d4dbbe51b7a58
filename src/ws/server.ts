/**
 * `WebSocketServer` as ws has it: on a port of its own, on a server of yours, or on upgrades that you hand it.
 * In: Node's `upgrade` event. Out: `connection`. Fails: misuse throws what ws throws; a client that may not enter is answered, or told
 * to `wsClientError`.
 */
import { EventEmitter } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptFor } from '../protocol/index.ts';
import { type DeflateOptions, deflateOptions, type Extensions, extensionName } from './deflate.ts';
import { openDefaults } from './options.ts';
import type { AddressInfo, ServerOptions } from './server-types.ts';
import { readUpgrade, refuse, type Upgrade } from './upgrade.ts';
import { WebSocket } from './websocket.ts';

type Callback = (websocket: WebSocket, request: IncomingMessage) => void;
type Options = Omit<ServerOptions, 'WebSocket'> & { readonly WebSocket: typeof WebSocket };

/** In `options` of a server for everybody to see, as with ws. */
export const serverDefaults: Options = {
  ...openDefaults,
  allowSynchronousEvents: true,
  autoPong: true,
  clientTracking: true,
  perMessageDeflate: false,
  skipUTF8Validation: false,
  WebSocket,
};

type Listener = (...given: never[]) => void;

/** Sockets that carry a websocket already. */
const taken = new WeakSet<Duplex>();

export class WebSocketServer extends EventEmitter {
  readonly options: Options;
  readonly clients?: Set<WebSocket>;
  readonly #deflate: DeflateOptions | undefined;
  #server: Server | undefined;
  #listeners: readonly (readonly [name: string, listener: Listener])[] = [];
  #state: 'running' | 'closing' | 'closed' = 'running';
  #closesWithLast = false;

  constructor(options: ServerOptions = {}, callback?: () => void) {
    super();
    this.options = { ...serverDefaults, ...options } as Options;
    const { port, server, noServer, perMessageDeflate } = this.options;
    const places = [port !== undefined && port !== null, Boolean(server), noServer === true];
    if (places.filter(Boolean).length !== 1) {
      throw new TypeError(
        'One and only one of the "port", "server", or "noServer" options must be specified',
      );
    }
    this.#deflate = deflateOptions(perMessageDeflate);
    if (this.options.clientTracking === true) {
      this.clients = new Set();
    }
    if (noServer !== true) {
      this.#attach((server as Server | undefined) ?? createServer(answerPlainly));
      if (!server) {
        this.#listen(callback);
      }
    }
  }

  /** As `@types/ws` has it. */
  get path(): string | undefined {
    return this.options.path ?? undefined;
  }

  /** @throws {Error} in noServer mode. */
  address(): AddressInfo | string | null {
    if (this.options.noServer === true) {
      throw new Error('The server is operating in "noServer" mode');
    }
    return (this.#server?.address() as AddressInfo | string | null | undefined) ?? null;
  }

  /** Takes no more, and tells `close` when the last is gone. Those that are open stay open. */
  close(cb?: (error?: Error) => void): void {
    if (this.#state === 'closed') {
      if (cb !== undefined) {
        this.once('close', () => cb(new Error('The server is not running')));
      }
      process.nextTick(() => this.#closed());
      return;
    }
    if (cb !== undefined) {
      this.once('close', cb);
    }
    if (this.#state === 'running') {
      this.#state = 'closing';
      this.#detach();
    }
  }

  shouldHandle(request: IncomingMessage): boolean | Promise<boolean> {
    const { path } = this.options;
    return !path || path === (request.url ?? '').split('?', 1)[0];
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, cb: Callback): void {
    socket.on('error', cut);
    const upgrade = readUpgrade(request, this.#deflate);
    if ('status' in upgrade) {
      if (this.listenerCount('wsClientError') > 0) {
        this.emit('wsClientError', new Error(upgrade.message), socket, request);
      } else {
        refuse(socket, upgrade.status, upgrade.message, upgrade.headers);
      }
      return;
    }
    if (!this.shouldHandle(request)) {
      refuse(socket, 400, undefined);
      return;
    }
    const { key, protocols, extensions } = upgrade;
    this.#verify(upgrade, request, socket, () => {
      this.completeUpgrade(extensions, key, protocols, request, socket, head, cb);
    });
  }

  /** @throws {Error} when the socket carries a websocket already. */
  completeUpgrade(
    extensions: Extensions,
    key: string,
    protocols: Set<string>,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    cb: Callback,
  ): void {
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    if (taken.has(socket)) {
      throw new Error(
        'server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration',
      );
    }
    if (this.#state !== 'running') {
      refuse(socket, 503, undefined);
      return;
    }
    const headers = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${acceptFor(key)}`,
    ];
    const websocket = new this.options.WebSocket(null, undefined, this.options);
    const protocol = this.#choose(protocols, request);
    if (protocol) {
      headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
      websocket._protocol = protocol;
    }
    const deflate = extensions[extensionName];
    if (deflate !== undefined) {
      headers.push(`Sec-WebSocket-Extensions: ${deflate.field}`);
      websocket._deflate = deflate;
    }
    this.emit('headers', headers, request);
    taken.add(socket);
    socket.write(`${headers.join('\r\n')}\r\n\r\n`);
    socket.removeListener('error', cut);
    websocket.setSocket(socket, head, this.options);
    this.#track(websocket);
    cb(websocket, request);
  }

  #choose(protocols: Set<string>, request: IncomingMessage): string | false | undefined {
    if (protocols.size === 0) {
      return undefined;
    }
    const { handleProtocols } = this.options;
    return handleProtocols ? handleProtocols(protocols, request) : [...protocols][0];
  }

  #verify(upgrade: Upgrade, request: IncomingMessage, socket: Duplex, go: () => void): void {
    const { verifyClient } = this.options;
    if (!verifyClient) {
      go();
      return;
    }
    const { authorized, encrypted } = request.socket as { authorized?: boolean; encrypted?: true };
    const origin = upgrade.version === 8 ? 'sec-websocket-origin' : 'origin';
    const info = {
      origin: request.headers[origin] as string,
      secure: Boolean(authorized || encrypted),
      req: request,
    };
    let isAnswered = false;
    const answer = (verified: unknown, code?: number, message?: string, headers?: object): void => {
      if (isAnswered) {
        return;
      }
      isAnswered = true;
      if (verified) {
        go();
      } else {
        refuse(socket, code || 401, message || undefined, headers);
      }
    };
    // Which form it has is told by how many arguments it names.
    if (verifyClient.length === 2) {
      verifyClient(info, answer);
    } else {
      answer((verifyClient as (given: typeof info) => boolean)(info));
    }
  }

  #track(websocket: WebSocket): void {
    const { clients } = this;
    if (clients === undefined) {
      return;
    }
    clients.add(websocket);
    websocket.on('close', () => {
      clients.delete(websocket);
      if (this.#closesWithLast && clients.size === 0) {
        process.nextTick(() => this.#closed());
      }
    });
  }

  #attach(server: Server): void {
    this.#server = server;
    this.#listeners = [
      ['listening', () => this.emit('listening')],
      ['error', (error: Error) => this.emit('error', error)],
      [
        'upgrade',
        (request: IncomingMessage, socket: Duplex, head: Buffer) => {
          this.handleUpgrade(request, socket, head, (websocket) => {
            this.emit('connection', websocket, request);
          });
        },
      ],
    ];
    for (const [name, listener] of this.#listeners) {
      server.on(name, listener as () => void);
    }
  }

  #listen(callback: (() => void) | undefined): void {
    const { port, host, backlog } = this.options;
    this.#server!.listen(
      { port, host: host ?? undefined, backlog: backlog ?? undefined },
      callback,
    );
  }

  #detach(): void {
    const server = this.#server;
    this.#server = undefined;
    for (const [name, listener] of this.#listeners) {
      server?.removeListener(name, listener as () => void);
    }
    if (server !== undefined && !this.options.server) {
      // Ours alone; it ends with its last connection.
      server.close(() => this.#closed());
    } else if (this.clients !== undefined && this.clients.size > 0) {
      this.#closesWithLast = true;
    } else {
      process.nextTick(() => this.#closed());
    }
  }

  #closed(): void {
    this.#state = 'closed';
    this.emit('close');
  }
}

/** A request that does not want to be a websocket. */
function answerPlainly(_: IncomingMessage, response: ServerResponse): void {
  const body = STATUS_CODES[426]!;
  response.writeHead(426, { 'Content-Length': body.length, 'Content-Type': 'text/plain' });
  response.end(body);
}

function cut(this: Duplex): void {
  this.destroy();
}
