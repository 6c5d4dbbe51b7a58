/**
 * A server under attack, its attackers, and those who only want to be served.
 * In: how the server is made, and over which road it is reached. Out: what its process takes, peers that say what they like, and
 * whether it still serves. Fails: when a healthy client is not answered.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect } from 'vitest';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import { makeCertificate } from '../../test/endpoint/certificates.ts';
import { startProgram } from '../program.ts';

/** `handle` is plain, with the endpoint's `io` set to that. */
export const roads = ['plain', 'TLS', 'HTTP/2', 'handle'] as const;
export type Road = (typeof roads)[number];

export interface VictimOptions {
  readonly road: Road;
  /** Of the endpoint, of its mount and of HTTP/2, as they are. */
  readonly endpoint?: Readonly<Record<string, unknown>>;
  readonly mount?: Readonly<Record<string, unknown>>;
  readonly http2?: Readonly<Record<string, unknown>>;
}

/** Bytes, except for the counts. */
export interface Told {
  readonly now: number;
  readonly peak: number;
  /**
   * Of what it takes: objects, and what hangs on them outside of the heap, such as buffers and streams of zlib. Not what V8 has room for, which is
   * some megabytes more in one process than in the next. Exact once garbage was collected.
   */
  readonly held: number;
  /** Websockets. */
  readonly open: number;
  /** Sockets of its process, and what else of the system it holds. */
  readonly handles: number;
}

const certificate = makeCertificate({ addresses: ['127.0.0.1'] });
const host = '127.0.0.1';
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const offer = 'permessage-deflate';
export const upgrade = `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
/** Of its peers; a server takes 100. */
const streamsPerSession = 25;
/** What a process that ends things later may take to be as it was, in milliseconds. */
const settledWithinMs = 10_000;

export class Victim {
  readonly port: number;
  private readonly road: Road;
  private readonly program: ReturnType<typeof startProgram>;
  private readonly sockets = new Set<Duplex>();
  private readonly sessions = new Set<ClientHttp2Session>();
  private latest: { readonly session: Promise<ClientHttp2Session>; left: number } | undefined;
  private asked = 0;

  private constructor(road: Road, port: number, program: ReturnType<typeof startProgram>) {
    this.road = road;
    this.port = port;
    this.program = program;
  }

  static async start({ road, endpoint = {}, mount = {}, http2 }: VictimOptions): Promise<Victim> {
    const io = road === 'handle' ? { io: 'handle' } : {};
    const options = {
      endpoint: { ...io, ...endpoint },
      mount,
      ...(isSecure(road) ? { tls: certificate } : {}),
      ...(road === 'HTTP/2' ? { http2 } : {}),
    };
    const command = ['node', '--expose-gc', 'e2e/hostile/server.mjs', JSON.stringify(options)];
    const program = startProgram(command);
    const [, port] = await program.saw(/port (\d+)/);
    return new Victim(road, Number(port), program);
  }

  async stop(): Promise<void> {
    this.cutAll();
    await this.program.end('SIGKILL');
  }

  /** What its process takes, and took at the most since it was last asked to `rest`, or to `settle`. */
  tell(how: 'look' | 'rest' | 'settle' = 'look'): Promise<Told> {
    this.asked += 1;
    this.program.type(how);
    const told = this.program.saw(new RegExp(`told ${this.asked} (\\{.*\\})`));
    return told.then(([, json]) => JSON.parse(json!) as Told);
  }

  /**
   * After an attack: its process lives, the healthy ones are all there and served, and when the attackers are cut it has again what it
   * had before they came.
   */
  async isIntact(healthy: readonly Websocket[], before: Told): Promise<void> {
    await areServed(healthy);
    this.cutAll();
    const untilMs = performance.now() + settledWithinMs;
    let { open, handles } = await this.tell();
    while ((open > before.open || handles > before.handles) && performance.now() < untilMs) {
      await sleep(20);
      ({ open, handles } = await this.tell());
    }
    expect({ open, handles }).toEqual({ open: before.open, handles: before.handles });
    await areServed(healthy);
  }

  /** A connection without a word said on it, but those of TLS. */
  async connect(): Promise<Socket> {
    const { port } = this;
    const ALPNProtocols = this.road === 'HTTP/2' ? ['h2'] : ['http/1.1'];
    const isTls = isSecure(this.road);
    const socket = isTls
      ? this.keep(connectTls({ host, port, ca: certificate.cert, ALPNProtocols }))
      : this.bare();
    await once(socket, isTls ? 'secureConnect' : 'connect');
    return socket;
  }

  /** Without TLS, whatever is spoken here. */
  bare(): Socket {
    return this.keep(connect({ host, port: this.port }));
  }

  /** Through the handshake. */
  async open({ compression = false } = {}): Promise<Duplex> {
    if (this.road === 'HTTP/2') {
      return this.openStream(compression);
    }
    const socket = await this.connect();
    const more = compression ? `Sec-WebSocket-Extensions: ${offer}\r\n\r\n` : '\r\n';
    socket.write(upgrade.slice(0, -2) + more);
    await once(socket, 'data');
    return socket;
  }

  async openMany(count: number, options: { compression?: boolean } = {}): Promise<Duplex[]> {
    const sockets: Duplex[] = [];
    while (sockets.length < count) {
      const size = Math.min(50, count - sockets.length);
      const some = Array.from({ length: size }, () => this.open(options));
      sockets.push(...(await Promise.all(some)));
    }
    return sockets;
  }

  /** A client that behaves. */
  healthy(): Promise<Websocket> {
    return dial(`${isSecure(this.road) ? 'wss' : 'ws'}://${host}:${this.port}/`, {
      atOnce: true,
      http2: this.road === 'HTTP/2',
      tls: { ca: certificate.cert },
    });
  }

  private async openStream(compression: boolean): Promise<Duplex> {
    if (this.latest === undefined || this.latest.left === 0) {
      this.latest = { session: this.session(), left: streamsPerSession };
    }
    this.latest.left -= 1;
    const session = await this.latest.session;
    const fields = {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':path': '/',
      ':authority': host,
      'sec-websocket-version': '13',
      ...(compression ? { 'sec-websocket-extensions': offer } : {}),
    };
    const stream = this.keep(session.request(fields, { endStream: false }));
    await once(stream, 'response');
    return stream;
  }

  private async session(): Promise<ClientHttp2Session> {
    const session = connectHttp2(`https://${host}:${this.port}`, { ca: certificate.cert });
    this.sessions.add(session);
    session.on('error', () => {});
    // RFC 8441 §3: nobody may ask before the server has said that it knows.
    await once(session, 'remoteSettings');
    return session;
  }

  private cutAll(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    for (const session of this.sessions) {
      session.destroy();
    }
    this.latest = undefined;
  }

  private keep<Kind extends Duplex>(socket: Kind): Kind {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }
}

function isSecure(road: Road): boolean {
  return road === 'TLS' || road === 'HTTP/2';
}

async function areServed(healthy: readonly Websocket[]): Promise<void> {
  expect(healthy.map(({ state }) => state)).toEqual(healthy.map(() => 'open'));
  await Promise.all(healthy.map((client) => isServed(client)));
}

/** What `client` sends comes back, before `withinMs` is over. */
export async function isServed(client: Websocket, withinMs = 5_000): Promise<void> {
  const word = `${Math.random()}`;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not served within ${withinMs} ms`)), withinMs);
  });
  const back = new Promise<void>((resolve) => {
    const stop = client.on('message', (message) => {
      if (message === word) {
        stop();
        resolve();
      }
    });
  });
  client.send(word);
  await Promise.race([back, late]);
  clearTimeout(timer);
}

/** Writes all of it, as fast as it is taken. */
export async function writeAll(socket: Duplex, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
}
