/**
 * What the peers of our own server say first. A whole head that asks for a websocket is read here, in one go. Everything else is left
 * to Node's HTTP server as if nobody had looked: other requests, heads in pieces, heads with anything wrong, peers that say nothing.
 * In: the sockets of a server. Out: requests with their sockets, or the sockets. Fails never.
 * Node's parser and its objects for a request are a quarter of what a handshake costs (docs/3-reference/performance.md).
 */
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Cancel, Clock } from '../ground/clock.ts';
import { type HeadLimits, readHead } from '../protocol/index.ts';
import type { Upgrade } from './accept-http1.ts';
import { SocketRequest } from './request.ts';

/** How long a peer may say nothing before it is left to Node, whose time for a head begins then; in milliseconds. */
const silentMs = 500;
const headEnd: Buffer = Buffer.from('\r\n\r\n');
const nothing: Buffer = Buffer.alloc(0);
const listening = Symbol('first chunks');
type ListenedSocket = Socket & { [listening]: FirstChunks };

export class FirstChunks {
  private readonly server: Server;
  private readonly clock: Clock;
  private readonly limits: Required<HeadLimits>;
  private readonly take: (upgrade: Upgrade) => void;
  private readonly leftTo: ((socket: Socket) => void)[];
  private readonly silent = new Set<Socket>();
  private cancel: Cancel | undefined;
  private hasStopped = false;

  /**
   * Steps between the server and its own listener for sockets, which is the only one as yet.
   * @param take Called at once with each upgrade; the socket is being read, and has no listeners.
   */
  constructor(
    server: Server,
    clock: Clock,
    limits: Required<HeadLimits>,
    take: (upgrade: Upgrade) => void,
  ) {
    this.server = server;
    this.clock = clock;
    this.limits = limits;
    this.take = take;
    const event = 'setSecureContext' in server ? 'secureConnection' : 'connection';
    this.leftTo = server.listeners(event) as ((socket: Socket) => void)[];
    // A runtime whose server takes its sockets elsewhere, such as Bun, goes on doing so.
    if (this.leftTo.length > 0) {
      server.removeAllListeners(event);
      server.on(event, (socket: Socket) => this.listenTo(socket));
    }
  }

  /** Cuts those that have said nothing yet, and whoever comes later: TLS may take until after the server was closed. */
  stop(): void {
    this.hasStopped = true;
    this.cancel?.();
    for (const socket of this.silent) {
      socket.destroy();
    }
    this.silent.clear();
  }

  private listenTo(socket: Socket): void {
    if (speaksOther(socket)) {
      this.passOn(socket);
      return;
    }
    if (this.hasStopped) {
      socket.on('error', ignore);
      socket.destroy();
      return;
    }
    (socket as ListenedSocket)[listening] = this;
    this.silent.add(socket);
    socket.on('error', ignore);
    socket.on('data', onData);
    // One timer for all of them: early is as good as late.
    this.cancel ??= this.clock.after(silentMs, () => this.leaveSilent());
  }

  /** @internal */
  hear(socket: Socket, chunk: Buffer): void {
    this.forget(socket);
    const size = chunk.indexOf(headEnd) + headEnd.length;
    const request = size < headEnd.length ? undefined : this.read(chunk, size, socket);
    if (request === undefined) {
      this.leave(socket, chunk);
    } else {
      const already = chunk.length > size ? chunk.subarray(size) : nothing;
      this.take({ request, socket, already, maxHeaders: this.limits.maxHeaders });
    }
  }

  private read(chunk: Buffer, size: number, socket: Socket): SocketRequest | undefined {
    const head = readHead(chunk.toString('latin1', 0, size - 2), this.limits);
    const target = head === undefined ? undefined : targetOf(head.startLine);
    if (head === undefined || target === undefined) {
      return undefined;
    }
    const { headers } = head;
    // How long a body is has many wrong ways of being said: Node knows them all.
    const asks =
      headers.hasToken('upgrade', 'websocket') &&
      headers.hasToken('connection', 'upgrade') &&
      !headers.has('content-length') &&
      !headers.has('transfer-encoding');
    return asks
      ? new SocketRequest({ method: 'GET', target, httpVersion: '1.1', headers }, socket)
      : undefined;
  }

  private leave(socket: Socket, chunk: Buffer | undefined): void {
    socket.pause();
    if (chunk !== undefined) {
      socket.unshift(chunk);
    }
    this.passOn(socket);
    socket.resume();
  }

  private passOn(socket: Socket): void {
    for (const listener of this.leftTo) {
      listener.call(this.server, socket);
    }
  }

  private leaveSilent(): void {
    this.cancel = undefined;
    for (const socket of this.silent) {
      this.forget(socket);
      if (socket.readableEnded) {
        socket.destroy();
      } else if (!socket.destroyed) {
        this.leave(socket, undefined);
      }
    }
  }

  private forget(socket: Socket): void {
    this.silent.delete(socket);
    socket.off('error', ignore);
    socket.off('data', onData);
  }
}

/** Something else than HTTP/1.1 was agreed on during the handshake of TLS (RFC 7301). */
function speaksOther(socket: Socket): boolean {
  const { alpnProtocol = false } = socket as Partial<TLSSocket>;
  return typeof alpnProtocol === 'string' && alpnProtocol !== 'http/1.1';
}

/** Of `GET /… HTTP/1.1`, with nothing in it but what is visible (RFC 9112 §3); undefined for any other line. */
function targetOf(line: string): string | undefined {
  const end = line.length - ending.length;
  if (!line.startsWith('GET /') || !line.endsWith(ending)) {
    return undefined;
  }
  for (let i = 5; i < end; i += 1) {
    const code = line.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) {
      return undefined;
    }
  }
  return line.slice(4, end);
}
const ending = ' HTTP/1.1';

// One function for all sockets, not one for each.
function onData(this: Socket, chunk: Buffer): void {
  (this as ListenedSocket)[listening].hear(this, chunk);
}

function ignore(): void {
  // A socket that broke before it said anything.
}
