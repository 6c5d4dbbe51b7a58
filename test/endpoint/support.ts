/**
 * What the tests of the endpoint share: a peer that writes its own bytes, a socket that takes bytes when it is told to, a clock
 * that is turned by hand, and servers that are gone when their test is.
 */
import { createConnection, type NetConnectOpts, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';
import {
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  type MountOptions,
  type Websocket,
  type WebsocketEvents,
  type WebsocketRequest,
} from '../../src/endpoint/index.ts';
import type { Clock } from '../../src/ground/clock.ts';

let io: NonNullable<EndpointOptions['io']> = 'socket';

/** From here on the endpoints of this file go this way. Resolves when it has been tried: also what is attached goes it then. */
export async function goBy(way: typeof io): Promise<void> {
  io = way;
  const endpoint = createEndpoint({ io });
  await endpoint.listen({ port: 0, host: '127.0.0.1' });
  await endpoint.close();
}

type Secret = { readonly key: string; readonly cert: string };
let tls: Secret | undefined;

/** From here on the peers of this file that write their own bytes do so over TLS. */
export function speakTls(certificate: Secret | undefined): void {
  tls = certificate;
}

/** What a server needs for them. */
export function secret(): { readonly tls?: Secret } {
  return tls === undefined ? {} : { tls };
}

export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';

export interface RawFrame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** One frame as a client writes it, with a fixed key; unmasked as a server does. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  { masked = true, first = 0x80 | opcode }: { masked?: boolean; first?: number } = {},
): Buffer {
  const body = Buffer.from(payload);
  const length = body.length;
  const size = length < 126 ? [length] : length < 65_536 ? [126] : [127];
  const head = Buffer.from([first, size[0]! | (masked ? 0x80 : 0)]);
  const more = Buffer.alloc(size[0] === 126 ? 2 : size[0] === 127 ? 8 : 0);
  if (more.length === 2) {
    more.writeUInt16BE(length);
  } else if (more.length === 8) {
    more.writeBigUInt64BE(BigInt(length));
  }
  const key = Buffer.from([1, 2, 3, 4]);
  const sent = masked ? body.map((byte, at) => byte ^ key[at & 3]!) : body;
  return Buffer.concat([head, more, masked ? key : Buffer.alloc(0), sent]);
}

export const text = (payload: string): Buffer => frame(1, payload);

export function closeFrame(code: number, reason = '', masked = true): Buffer {
  const body = Buffer.alloc(2 + Buffer.byteLength(reason));
  body.writeUInt16BE(code);
  body.write(reason, 2);
  return frame(8, body, { masked });
}

/** Frames that are whole at the beginning of `bytes`, and how long they are together. */
export function parseFrames(bytes: Buffer): { frames: RawFrame[]; size: number } {
  const frames: RawFrame[] = [];
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = bytes[at + 1]! & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const masked = bytes[at + 1]! >= 0x80;
    if (bytes.length - at < head) {
      break;
    }
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + head + (masked ? 4 : 0);
    if (bytes.length < start + length) {
      break;
    }
    const payload = Buffer.from(bytes.subarray(start, start + length));
    for (let i = 0; masked && i < length; i += 1) {
      payload[i]! ^= bytes[start - 4 + (i & 3)]!;
    }
    frames.push({ final: bytes[at]! >= 0x80, opcode: bytes[at]! & 0x0f, payload });
    at = start + length;
  }
  return { frames, size: at };
}

export interface HeadOptions {
  readonly path?: string;
  readonly method?: string;
  readonly version?: string;
  /** Undefined leaves a field of the handshake out. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
  /** Lines as they are, each with its end. */
  readonly extra?: string;
}

export function upgradeHead(options: HeadOptions = {}): string {
  const { path = '/', method = 'GET', version = '1.1', extra = '' } = options;
  const fields: Record<string, string | undefined> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': sampleKey,
    'Sec-WebSocket-Version': '13',
    ...options.fields,
  };
  let head = `${method} ${path} HTTP/${version}\r\n`;
  for (const [name, value] of Object.entries(fields)) {
    head += value === undefined ? '' : `${name}: ${value}\r\n`;
  }
  return `${head}${extra}\r\n`;
}

/** A peer that says exactly what it is told to say, and keeps what it hears. */
export class RawPeer {
  readonly socket: Socket;
  heard: Buffer = Buffer.alloc(0);
  hasEnded = false;
  hasClosed = false;
  private readonly under: Socket;
  private watchers: (() => void)[] = [];

  /** @param under What carries the socket, if that is over TLS. */
  constructor(socket: Socket, under: Socket = socket) {
    this.socket = socket;
    this.under = under;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.heard = Buffer.concat([this.heard, chunk]);
      this.look();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.look();
    });
    socket.on('close', () => {
      this.hasClosed = true;
      this.look();
    });
  }

  static async connect(where: number | NetConnectOpts): Promise<RawPeer> {
    const options = typeof where === 'number' ? { port: where, host: '127.0.0.1' } : where;
    const under = createConnection({ ...options, allowHalfOpen: true });
    onTestFinished(() => void under.destroy());
    await new Promise<void>((resolve, reject) => {
      under.once('connect', resolve);
      under.once('error', reject);
    });
    if (tls === undefined) {
      return new RawPeer(under);
    }
    const socket = connectTls({ socket: under, ca: tls.cert, servername: 'localhost' });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    return new RawPeer(socket, under);
  }

  /** Ends with a reset, as when a process dies. */
  reset(): void {
    this.under.resetAndDestroy();
  }

  /** Connected and through the handshake. */
  static async open(where: number | NetConnectOpts, options?: HeadOptions): Promise<RawPeer> {
    const peer = await RawPeer.connect(where);
    peer.write(upgradeHead(options));
    const head = await peer.head();
    if (!head.startsWith('HTTP/1.1 101 ')) {
      throw new Error(head);
    }
    return peer;
  }

  write(...bytes: (string | Uint8Array)[]): void {
    this.socket.write(Buffer.concat(bytes.map((some) => Buffer.from(some))));
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => this.watchers.push(resolve));
    }
  }

  /** The head of the answer; what follows stays. */
  async head(): Promise<string> {
    await this.until(() => this.heard.includes('\r\n\r\n') || this.hasEnded || this.hasClosed);
    const end = this.heard.indexOf('\r\n\r\n');
    const head = this.heard.subarray(0, end + 4).toString('latin1');
    this.heard = this.heard.subarray(end + 4);
    return head;
  }

  async frames(count: number): Promise<RawFrame[]> {
    await this.until(
      () => parseFrames(this.heard).frames.length >= count || this.hasEnded || this.hasClosed,
    );
    const { frames, size } = parseFrames(this.heard);
    this.heard = this.heard.subarray(size);
    return frames;
  }

  /** The server has ended its side, or all of it. */
  async ended(): Promise<void> {
    await this.until(() => this.hasEnded || this.hasClosed);
  }

  async closed(): Promise<void> {
    await this.until(() => this.hasClosed);
  }

  private look(): void {
    for (const watcher of this.watchers.splice(0)) {
      watcher();
    }
  }
}

/** A clock that stands still until it is turned. */
export class HandClock implements Clock {
  private elapsedMs = 0;
  private alarms: { readonly dueMs: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.elapsedMs;
  }

  wallMs(): number {
    return this.elapsedMs;
  }

  get pending(): number {
    return this.alarms.length;
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm = { dueMs: this.elapsedMs + delayMs, run };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  /** Time goes on without anything running; then what was due runs, once round. */
  standStill(ms: number): void {
    this.elapsedMs += ms;
    const due = this.alarms.filter(({ dueMs }) => dueMs <= this.elapsedMs);
    this.alarms = this.alarms.filter((alarm) => !due.includes(alarm));
    for (const { run } of due) {
      run();
    }
  }

  advance(ms: number): void {
    const endMs = this.elapsedMs + ms;
    for (;;) {
      const due = this.alarms.filter(({ dueMs }) => dueMs <= endMs);
      const next = due.sort((one, other) => one.dueMs - other.dueMs)[0];
      if (next === undefined) {
        break;
      }
      this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
      this.alarms = this.alarms.filter((other) => other !== next);
      next.run();
    }
    this.elapsedMs = endMs;
  }
}

/** A socket in memory: the test says what comes, and when it takes what leaves. */
export class HeldSocket extends Duplex {
  /** Each write, as it was given: not copied. */
  readonly writes: Buffer[] = [];
  /** False: a write is taken when `passOn` is called. */
  takes: boolean;
  private readonly held: ((error?: Error) => void)[] = [];

  constructor({ takes = true }: { takes?: boolean } = {}) {
    super({ decodeStrings: true });
    this.takes = takes;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.writes.push(chunk);
    if (this.takes) {
      done();
    } else {
      this.held.push(done);
    }
  }

  /** Takes the write that it was given last. */
  passOn(): void {
    this.held.shift()?.();
  }

  get written(): Buffer {
    return Buffer.concat(this.writes);
  }

  get frames(): RawFrame[] {
    return parseFrames(this.written).frames;
  }
}

/** After everything that was asked for in this turn of the loop has left. */
export function turnOver(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** The first time that `isTrue` holds, looked at once per turn of the loop. */
export async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** The arguments of the next event. */
export function next<Name extends keyof WebsocketEvents>(
  websocket: Websocket,
  name: Name,
): Promise<WebsocketEvents[Name]> {
  return new Promise((resolve) => {
    const stop = websocket.on(name, (...values: WebsocketEvents[Name]) => {
      stop();
      resolve(values);
    });
  });
}

/** All arguments of an event from now on. */
export function record<Name extends keyof WebsocketEvents>(
  websocket: Websocket,
  name: Name,
): WebsocketEvents[Name][] {
  const records: WebsocketEvents[Name][] = [];
  websocket.on(name, (...values: WebsocketEvents[Name]) => void records.push(values));
  return records;
}

export interface Served {
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly url: string;
  /** Those that were opened and not asked for yet, oldest first. */
  readonly accepted: () => Promise<Websocket>;
}

export type Handler = (websocket: Websocket, request: WebsocketRequest) => void;

/** An endpoint on a free port that offers websockets at `/`, until the test is over. */
export async function serve(
  options: MountOptions = {},
  handler: Handler = () => {},
  endpointOptions: EndpointOptions = {},
): Promise<Served> {
  const endpoint = newEndpoint(endpointOptions);
  const opened: Websocket[] = [];
  endpoint.mount('/', options, (websocket, request) => {
    opened.push(websocket);
    handler(websocket, request);
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  return {
    endpoint,
    port,
    url: `ws://127.0.0.1:${port}/`,
    async accepted() {
      await eventually(() => opened.length > 0);
      return opened.shift()!;
    },
  };
}

export function newEndpoint(options: EndpointOptions = {}): Endpoint {
  const endpoint = createEndpoint({ io, ...options });
  onTestFinished(async () => {
    for (const websocket of endpoint.websockets) {
      websocket.terminate();
    }
    await endpoint.close({ withinMs: 0 });
  });
  return endpoint;
}

/** Uncaught exceptions of this test, which would end a process. */
export function uncaught(): unknown[] {
  const errors: unknown[] = [];
  const before = process.listeners('uncaughtException');
  const listener = (error: unknown): void => void errors.push(error);
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', listener);
  onTestFinished(() => {
    process.off('uncaughtException', listener);
    for (const other of before) {
      process.on('uncaughtException', other);
    }
  });
  return errors;
}

/** How many connections a server of Node has. */
export function connectionCount(server: {
  getConnections(told: (error: Error | null, count: number) => void): unknown;
}): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
