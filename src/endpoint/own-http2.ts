/**
 * Connections that speak HTTP/2 with a server of our own (RFC 9113), and what bounds them (THREATS D18).
 * In: sockets that chose it in their TLS handshake. Out: streams, by Node's `stream` event. Fails never: a peer that asks for too
 * much, or for nothing at all, is told to go and cut.
 *
 * Node and nghttp2 bound by themselves: field sections (431 is ours, beyond it the stream is reset), CONTINUATION frames, entries of a
 * SETTINGS frame, answers that wait to be sent, empty and invalid frames.
 */
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Alarms, noSlot, type Sleeper } from './alarms.ts';
import { Allowance } from './allowance.ts';
import type { Engine } from './engine.ts';
import type { Http2Options } from './http2-options.ts';
import type { HandshakeOptions } from './options.ts';

/** What a peer may make us do for nothing: a PING or SETTINGS costs 1, a stream that is gone before it was answered 10. */
const patience = { most: 1000, perSecond: 100 };
const frameCost = 1;
const streamCost = 10;

/** What Node may hold of a stream that the peer does not read: a write of the outbox and some more. Bytes. */
const heldBytes = 512 * 1024;

/** RFC 9113 §6.5.1: a setting has 32 bits. */
const mostOfSetting = 2 ** 32 - 1;

/** How long a peer that was told to go is waited for. */
const lingerMs = 1000;

interface Limits {
  readonly handshake: Required<HandshakeOptions>;
  readonly http2: Required<Http2Options>;
}

export class OwnHttp2 {
  /** Listens nowhere itself. */
  readonly server: Http2Server;
  private readonly limits: Limits;
  private readonly engine: Engine;
  private readonly sessions = new Set<ServerHttp2Session>();
  private latest: ServerHttp2Session | undefined;
  private isStopped = false;

  constructor(limits: Limits, engine: Engine) {
    this.limits = limits;
    this.engine = engine;
    this.server = createServer(serverOptions(limits));
    this.server.on('session', (session) => {
      this.latest = session;
    });
  }

  /** A connection whose TLS handshake chose HTTP/2. */
  take(socket: Duplex): void {
    if (this.isStopped) {
      socket.destroy();
      return;
    }
    this.latest = undefined;
    this.server.emit('connection', socket);
    const session = this.latest as ServerHttp2Session | undefined;
    if (session !== undefined) {
      this.sessions.add(session);
      session.once('close', () => this.sessions.delete(session));
      new Guard(session, socket, this.limits, this.engine);
    }
  }

  /** Takes no more streams; each connection ends with its last one. */
  stop(): void {
    this.isStopped = true;
    for (const session of this.sessions) {
      session.close();
    }
  }
}

function serverOptions({ handshake, http2 }: Limits): Parameters<typeof createServer>[0] {
  return {
    // Enough to answer a head that has too many fields, which Node itself would not.
    maxHeaderListPairs: Math.max(256, handshake.maxHeaders * 2),
    // Megabytes. Reaching it refuses new streams, and then cuts all: what each of them is allowed must be within it.
    maxSessionMemory: Math.ceil((http2.maxStreams * heldBytes) / 1_000_000) + 10,
    settings: {
      enableConnectProtocol: true,
      maxConcurrentStreams: http2.maxStreams,
      initialWindowSize: http2.streamWindowBytes,
      maxHeaderListSize: Math.min(handshake.maxHeadBytes, mostOfSetting),
    },
  };
}

/** One connection: what it costs us, and for how long it may do nothing. */
class Guard implements Sleeper {
  /** @internal Belongs to the alarms. */
  slot: number = noSlot;
  private readonly session: ServerHttp2Session;
  private readonly socket: Duplex;
  private readonly alarms: Alarms;
  private readonly engine: Engine;
  private readonly idleMs: number;
  private readonly maxHeadBytes: number;
  private readonly allowance: Allowance;
  private streams = 0;
  private isOver = false;

  constructor(
    session: ServerHttp2Session,
    socket: Duplex,
    { handshake, http2 }: Limits,
    engine: Engine,
  ) {
    this.session = session;
    this.socket = socket;
    this.engine = engine;
    this.alarms = engine.alarms;
    this.idleMs = http2.idleSessionMs;
    this.maxHeadBytes = handshake.maxHeadBytes;
    this.allowance = new Allowance(patience, engine.nowMs());
    // Before its first stream a connection is in its handshake.
    this.alarms.set(this, engine.nowMs() + handshake.handshakeWithinMs);
    session.setLocalWindowSize(http2.sessionWindowBytes);
    session.on('ping', () => this.spend(frameCost));
    session.on('remoteSettings', () => this.spend(frameCost));
    // Before Node tells the server of it, and whoever listens there. Its types leave the last argument out.
    session.prependListener('stream', (stream, _headers, _flags, ...[raw = []]: string[][]) => {
      this.begin(stream);
      // Node looks at it itself, but not before the peer has acknowledged our settings.
      if (sizeOf(raw) > this.maxHeadBytes) {
        stream.on('error', () => {});
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      }
    });
    socket.once('close', () => this.alarms.set(this, Number.POSITIVE_INFINITY));
  }

  /** @internal From the alarms: nothing is open here. A peer that is told so has a second to go by itself. */
  wake(nowMs: number): void {
    if (this.session.closed) {
      this.socket.destroy();
    } else {
      this.session.close();
      this.alarms.set(this, nowMs + lingerMs);
    }
  }

  private begin(stream: ServerHttp2Stream): void {
    this.streams += 1;
    this.alarms.set(this, Number.POSITIVE_INFINITY);
    stream.once('close', () => {
      this.streams -= 1;
      if (!stream.headersSent) {
        this.spend(streamCost);
      }
      if (this.streams === 0 && !this.socket.destroyed) {
        const leaveMs = this.session.closed ? lingerMs : this.idleMs;
        this.alarms.set(this, this.engine.nowMs() + leaveMs);
      }
    });
  }

  private spend(cost: number): void {
    if (this.allowance.spend(cost, this.engine.nowMs()) || this.isOver) {
      return;
    }
    this.isOver = true;
    const { session } = this;
    if (!session.destroyed) {
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
    // Later, so that the reason leaves first; a peer that does not go is cut all the same.
    setImmediate(() => {
      session.destroy(new Error('the peer asks for too much'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
      this.socket.destroy();
    });
  }
}

/** RFC 9113 §6.5.2: "plus an overhead of 32 octets for each field". */
function sizeOf(rawHeaders: readonly string[]): number {
  let size = rawHeaders.length * 16;
  for (const part of rawHeaders) {
    size += part.length;
  }
  return size;
}
