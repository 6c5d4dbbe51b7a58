/**
 * Where a program runs twice: once on ws, once on `tautline/ws`.
 * In: the library, and what the program does. Out: what happened, for each who took part, in order. A raw peer writes bytes of its
 * own and notes the frames it gets, so that neither library is measured by itself.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { constants, inflateRawSync } from 'node:zlib';
import type * as ws from 'ws';

export interface Library {
  readonly WebSocket: typeof ws.WebSocket;
  readonly WebSocketServer: typeof ws.WebSocketServer;
  readonly createWebSocketStream: typeof ws.createWebSocketStream;
}

export interface Scenario {
  readonly title: string;
  readonly run: (lib: Library, stage: Stage) => Promise<unknown>;
}

export class Stage {
  /** Lines by who said them: what two do is in no order. */
  readonly lines = new Map<string, string[]>();
  private readonly cleanUps: (() => void)[] = [];

  note(who: string, ...what: readonly unknown[]): void {
    const lines = this.lines.get(who) ?? [];
    this.lines.set(who, lines);
    lines.push(what.map(shown).join(' '));
  }

  /** Notes every event of a websocket. */
  watch(who: string, socket: ws.WebSocket): ws.WebSocket {
    this.after(() => socket.terminate());
    const state = (): string => `[${socket.readyState}]`;
    socket.on('open', () => this.note(who, 'open', state()));
    socket.on('message', (data, isBinary) => this.note(who, 'message', data, isBinary, state()));
    socket.on('ping', (data) => this.note(who, 'ping', data));
    socket.on('pong', (data) => this.note(who, 'pong', data));
    socket.on('close', (code, reason) => this.note(who, 'close', code, reason, state()));
    socket.on('error', (error) => this.note(who, 'error', error, state()));
    return socket;
  }

  /** What `act` gives or throws. */
  try(who: string, act: () => unknown): void {
    try {
      this.note(who, 'gives', act());
    } catch (error) {
      this.note(who, 'throws', error);
    }
  }

  after(cleanUp: () => void): void {
    this.cleanUps.push(cleanUp);
  }

  /** What was noted until now. */
  end(): Record<string, string[]> {
    const lines = Object.fromEntries([...this.lines].map(([who, said]) => [who, [...said]]));
    for (const cleanUp of this.cleanUps.reverse()) {
      try {
        cleanUp();
      } catch {
        // Gone already.
      }
    }
    return lines;
  }

  /** A server of the library, and a raw client that has been let in. */
  async serverAndPeer(
    lib: Library,
    options: ws.ServerOptions = {},
    listen: (socket: ws.WebSocket) => void = () => undefined,
    head: string = plainHead,
  ): Promise<{ server: ws.WebSocketServer; socket: ws.WebSocket; peer: Peer }> {
    const server = await this.serve(lib, options);
    const met = once(server, 'connection') as Promise<[ws.WebSocket]>;
    server.on('connection', (socket) => {
      this.watch('socket', socket);
      listen(socket);
    });
    const peer = await this.rawClient(portOf(server), head);
    const [socket] = await met;
    return { server, socket, peer };
  }

  async serve(lib: Library, options: ws.ServerOptions = {}): Promise<ws.WebSocketServer> {
    const isOwn = options.noServer !== true && options.server === undefined;
    const place = isOwn ? { host: '127.0.0.1', port: 0 } : {};
    const server = new lib.WebSocketServer({ ...place, ...options });
    this.after(() => server.close());
    if (isOwn) {
      await once(server, 'listening');
    }
    return server;
  }

  /** A client of the library, and a raw server that let it in. */
  async clientAndPeer(
    lib: Library,
    options: ws.ClientOptions = {},
    listen: (socket: ws.WebSocket) => void = () => undefined,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<{ socket: ws.WebSocket; peer: Peer }> {
    const { url, next } = await this.rawServer(({ headers }) =>
      accepting(headers['sec-websocket-key']!, fields),
    );
    const socket = new lib.WebSocket(url, { perMessageDeflate: false, ...options });
    this.watch('socket', socket);
    listen(socket);
    const [peer] = await Promise.all([next, once(socket, 'open')]);
    return { socket, peer };
  }

  async rawClient(port: number, head: string = plainHead): Promise<Peer> {
    const socket = connect(port, '127.0.0.1');
    this.after(() => socket.destroy());
    socket.write(head);
    return new Peer(socket, this, true);
  }

  /** Lets in whoever comes; `answer` may say what to write instead of a 101. */
  async rawServer(
    answer: (request: IncomingMessage) => string = (request) =>
      accepting(request.headers['sec-websocket-key']!),
  ): Promise<{ url: string; port: number; next: Promise<Peer>; server: HttpServer }> {
    const server = createServer();
    this.after(() => server.close());
    const next = new Promise<Peer>((resolve) => {
      server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
        this.after(() => socket.destroy());
        socket.write(answer(request), 'latin1');
        resolve(new Peer(socket as Socket, this, false));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `ws://127.0.0.1:${port}/`, port, next, server };
  }
}

/** The other end: it writes what it is told and notes what it gets, frame by frame. */
export class Peer {
  readonly socket: Socket;
  readonly ended: Promise<unknown>;
  private bytes = Buffer.alloc(0);
  private readonly frames: { opcode: number; payload: Buffer }[] = [];
  private readonly masks: boolean;
  private readonly stage: Stage;
  /** What was compressed so far, and whether more of a compressed message is to come. */
  private before: Buffer = Buffer.alloc(0);
  private isMidway = false;
  private seen: () => void = () => undefined;
  private isHeadOver: boolean;

  constructor(socket: Socket, stage: Stage, isClient: boolean) {
    this.socket = socket;
    this.stage = stage;
    this.masks = isClient;
    this.isHeadOver = !isClient;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('end', () => {
      stage.note('peer', 'end');
      socket.end();
    });
    this.ended = new Promise((resolve) => socket.once('close', resolve));
  }

  write(...frames: readonly Frame[]): void {
    this.socket.write(Buffer.concat(frames.map((given) => frame(given, this.masks))));
  }

  /** Resolves with the frames when there are `count` of them. */
  async got(count: number): Promise<readonly { opcode: number; payload: Buffer }[]> {
    while (this.frames.length < count) {
      await new Promise<void>((resolve) => {
        this.seen = resolve;
      });
    }
    return this.frames;
  }

  private read(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    if (!this.isHeadOver) {
      const end = this.bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        return;
      }
      this.stage.note('peer', this.bytes.toString('latin1', 0, this.bytes.indexOf('\r\n')));
      this.bytes = this.bytes.subarray(end + 4);
      this.isHeadOver = true;
    }
    for (let size = this.next(); size > 0; size = this.next()) {
      this.bytes = this.bytes.subarray(size);
    }
    this.seen();
  }

  /** Whatever it refers to is there. */
  private inflated(payload: Buffer): Buffer {
    const plain = inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.before.length === 0 ? {} : { dictionary: this.before }),
    });
    this.before = Buffer.concat([this.before, plain]).subarray(-32_768);
    return plain;
  }

  private next(): number {
    const { bytes } = this;
    if (bytes.length < 2) {
      return 0;
    }
    const short = bytes[1]! & 0x7f;
    const at = short === 126 ? 4 : short === 127 ? 10 : 2;
    const masked = bytes[1]! >= 0x80;
    const start = at + (masked ? 4 : 0);
    if (bytes.length < start) {
      return 0;
    }
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? bytes.readUInt32BE(6) : short;
    if (bytes.length < start + length) {
      return 0;
    }
    let payload: Buffer = Buffer.from(bytes.subarray(start, start + length));
    for (let i = 0; masked && i < length; i += 1) {
      payload[i]! ^= bytes[at + (i & 3)]!;
    }
    const first = bytes[0]!;
    const opcode = first & 0x0f;
    if ((first & 0x40) !== 0 || (opcode === 0 && this.isMidway)) {
      this.isMidway = first < 0x80;
      payload = this.inflated(payload);
    }
    this.frames.push({ opcode, payload });
    // The reason of a Close frame is noted by those who ask for it.
    const body = opcode === 8 ? (length > 1 ? payload.readUInt16BE(0) : 'empty') : payload;
    this.stage.note('peer', 'frame', first.toString(16), masked ? 'masked' : 'plain', body);
    return start + length;
  }
}

export interface Frame {
  /** FIN, reserved bits and opcode. @default 0x81 */
  readonly first?: number;
  readonly payload?: string | Buffer;
  /** Instead of what the role asks for. */
  readonly masked?: boolean;
  /** The length field, instead of the right one. */
  readonly length?: Buffer;
}

export function frame(given: Frame, masks: boolean): Buffer {
  const { first = 0x81, masked = masks } = given;
  const payload = Buffer.from((given.payload ?? '') as Buffer);
  const length = Buffer.from(given.length ?? lengthOf(payload.length));
  length[0]! |= masked ? 0x80 : 0;
  const key = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  for (let i = 0; masked && i < payload.length; i += 1) {
    payload[i]! ^= key[i & 3]!;
  }
  return Buffer.concat([Buffer.from([first]), length, key, payload]);
}

function lengthOf(length: number): Buffer {
  if (length < 126) {
    return Buffer.from([length]);
  }
  return length < 65_536
    ? Buffer.from([126, length >>> 8, length & 0xff])
    : Buffer.from([
        127,
        0,
        0,
        0,
        0,
        length >>> 24,
        (length >>> 16) & 0xff,
        (length >>> 8) & 0xff,
        length & 0xff,
      ]);
}

export function closeFrame(code?: number, reason = ''): Frame {
  const head = code === undefined ? Buffer.alloc(0) : Buffer.from([code >>> 8, code & 0xff]);
  return { first: 0x88, payload: Buffer.concat([head, Buffer.from(reason)]) };
}

export const key = 'dGhlIHNhbXBsZSBub25jZQ==';

export function headOf(
  fields: Readonly<Record<string, string | undefined>>,
  line = 'GET / HTTP/1.1',
): string {
  const all = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[line, ...lines].join('\r\n')}\r\n\r\n`;
}
const plainHead = headOf({});

export function accepting(
  clientKey: string,
  fields: Readonly<Record<string, string>> = {},
): string {
  const all = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': createHash('sha1')
      .update(`${clientKey}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64'),
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`;
}

export function portOf(server: ws.WebSocketServer | HttpServer): number {
  return (server.address() as AddressInfo).port;
}

export function urlOf(server: ws.WebSocketServer | HttpServer, path = '/'): string {
  return `ws://127.0.0.1:${portOf(server)}${path}`;
}

/** Resolves when the websocket has told its end. */
export function closed(socket: ws.WebSocket): Promise<unknown> {
  return socket.readyState === socket.CLOSED
    ? Promise.resolve()
    : new Promise((resolve) => socket.once('close', () => setImmediate(resolve)));
}

function shown(value: unknown): string {
  if (value instanceof Error) {
    const { code = '-' } = value as { readonly code?: string };
    return `${value.name} ${code} ${value.message}`;
  }
  if (value instanceof ArrayBuffer) {
    return `ArrayBuffer(${Buffer.from(value).toString('latin1')})`;
  }
  if (Buffer.isBuffer(value)) {
    const text = value.toString('latin1');
    return `Buffer(${text.length > 80 ? `${text.length} bytes` : text})`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(shown).join(', ')}]`;
  }
  // What a callback is given when all went well.
  return value === null || value === undefined ? 'nothing' : String(value as string);
}
