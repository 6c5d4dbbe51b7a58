/**
 * A server under attack, its attackers' sockets, and those who only want to be served.
 * In: how the server is made. Out: its memory, sockets to it, and whether it still serves. Fails: when a healthy client is not answered.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import { makeCertificate } from '../../test/endpoint/certificates.ts';
import { startProgram } from '../program.ts';

export const roads = ['plain', 'TLS'] as const;
export type Road = (typeof roads)[number];

export interface VictimOptions {
  readonly road: Road;
  /** Of the endpoint and of its mount, as they are: another way of input and output is one of them. */
  readonly endpoint?: Readonly<Record<string, unknown>>;
  readonly mount?: Readonly<Record<string, unknown>>;
}

export interface Memory {
  readonly now: number;
  readonly peak: number;
  readonly open: number;
}

const certificate = makeCertificate({ addresses: ['127.0.0.1'] });
const host = '127.0.0.1';
const key = 'dGhlIHNhbXBsZSBub25jZQ==';
export const upgrade = `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;

export class Victim {
  readonly port: number;
  private readonly road: Road;
  private readonly program: ReturnType<typeof startProgram>;
  private readonly sockets = new Set<Socket>();
  private asked = 0;

  private constructor(road: Road, port: number, program: ReturnType<typeof startProgram>) {
    this.road = road;
    this.port = port;
    this.program = program;
  }

  static async start({ road, endpoint = {}, mount = {} }: VictimOptions): Promise<Victim> {
    const options = { endpoint, mount, ...(road === 'TLS' ? { tls: certificate } : {}) };
    const command = ['node', '--expose-gc', 'e2e/hostile/server.mjs', JSON.stringify(options)];
    const program = startProgram(command);
    const [, port] = await program.saw(/port (\d+)/);
    return new Victim(road, Number(port), program);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await this.program.end('SIGKILL');
  }

  /** What its process takes, and took at the most since it was last asked to `rest`. */
  memory(how: 'look' | 'rest' = 'look'): Promise<Memory> {
    this.asked += 1;
    this.program.type(how);
    const told = this.program.saw(new RegExp(`told ${this.asked} (\\{.*\\})`));
    return told.then(([, json]) => JSON.parse(json!) as Memory);
  }

  /** A connection without a word said on it, but those of TLS. */
  async connect(): Promise<Socket> {
    const socket =
      this.road === 'TLS'
        ? connectTls({ host, port: this.port, ca: certificate.cert })
        : this.bare();
    this.keep(socket);
    await once(socket, this.road === 'TLS' ? 'secureConnect' : 'connect');
    return socket;
  }

  /** Without TLS, whatever is spoken here. */
  bare(): Socket {
    return this.keep(connect({ host, port: this.port }));
  }

  /** Through the handshake. */
  async open(): Promise<Socket> {
    const socket = await this.connect();
    socket.write(upgrade);
    await once(socket, 'data');
    return socket;
  }

  async openMany(count: number): Promise<Socket[]> {
    const sockets: Socket[] = [];
    while (sockets.length < count) {
      const some = Array.from({ length: Math.min(50, count - sockets.length) }, () => this.open());
      sockets.push(...(await Promise.all(some)));
    }
    return sockets;
  }

  /** A client that behaves. */
  healthy(): Promise<Websocket> {
    const scheme = this.road === 'TLS' ? 'wss' : 'ws';
    return dial(`${scheme}://${host}:${this.port}/`, {
      atOnce: true,
      tls: { ca: certificate.cert },
    });
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }
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

/** One frame with a mask of zeros. */
export function frame(opcode: number, payload: Uint8Array, final = true): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = (final ? 0x80 : 0) | opcode;
  if (payload.length < 126) {
    head[1] = 0x80 | payload.length;
  } else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}

/** The head of a frame whose payload is said to have so many bytes. */
export function longHead(opcode: number, length: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** Writes all of it, as fast as it is taken. */
export async function writeAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
}
