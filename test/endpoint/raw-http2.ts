/**
 * A peer that writes its own HTTP/2 (RFC 9113), frame by frame, over TLS: what no client of Node would say. Field sections are
 * literals without indexing (RFC 7541 §6.2.2), which need no table.
 */
import { connect, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  rst: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const endStream = 0x1;
export const ack = 0x1;
export const endHeaders = 0x4;

export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** The nine bytes before each payload, and the payload (§4.1). */
export function http2Frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Pairs of identifier and value. */
export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [at, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, at * 6);
    payload.writeUInt32BE(value, at * 6 + 2);
  }
  return http2Frame(types.settings, 0, 0, payload);
}

export function fieldSection(fields: Fields): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const size: number[] = [];
  if (bytes.length < 127) {
    size.push(bytes.length);
  } else {
    size.push(127);
    let rest = bytes.length - 127;
    for (; rest >= 128; rest = Math.floor(rest / 128)) {
      size.push((rest % 128) + 128);
    }
    size.push(rest);
  }
  return Buffer.concat([Buffer.from(size), bytes]);
}

/** What asks for a websocket at `path` (RFC 8441 §5). */
export function connectFields(path = '/', more: Fields = []): Fields {
  return [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', 'https'],
    [':path', path],
    [':authority', 'localhost'],
    ['sec-websocket-version', '13'],
    ...more,
  ];
}

export function headersFrame(stream: number, fields: Fields, flags: number = endHeaders): Buffer {
  return http2Frame(types.headers, flags, stream, fieldSection(fields));
}

export function rstFrame(stream: number, code = 8): Buffer {
  return http2Frame(types.rst, 0, stream, uint32(code));
}

export class RawHttp2 {
  readonly socket: TLSSocket;
  /** All frames that came. */
  readonly frames: Http2Frame[] = [];
  hasClosed = false;
  private rest: Buffer = Buffer.alloc(0);
  private watchers: (() => void)[] = [];

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.hasClosed = true;
      this.look();
    });
  }

  /** Through TLS, and nothing said yet. */
  static async silent(port: number): Promise<RawHttp2> {
    const socket = connect({
      port,
      host: '127.0.0.1',
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
    });
    onTestFinished(() => void socket.destroy());
    const peer = new RawHttp2(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    return peer;
  }

  /** With the preface of §3.4 sent, and the server's settings seen and acknowledged. */
  static async connect(port: number, ...pairs: readonly (readonly [number, number])[]) {
    const peer = await RawHttp2.silent(port);
    peer.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', settings(...pairs));
    await peer.until(() => peer.count(types.settings) > 0);
    peer.write(http2Frame(types.settings, ack, 0));
    return peer;
  }

  write(...bytes: readonly (string | Uint8Array)[]): void {
    this.socket.write(Buffer.concat(bytes.map((some) => Buffer.from(some))));
  }

  /** How many frames of a type have come, for one stream or for all. */
  count(type: number, stream?: number): number {
    return this.of(type, stream).length;
  }

  of(type: number, stream?: number): Http2Frame[] {
    return this.frames.filter(
      (frame) => frame.type === type && (stream === undefined || frame.stream === stream),
    );
  }

  /** What came on a stream as data. */
  heard(stream: number): Buffer {
    return Buffer.concat(this.of(types.data, stream).map(({ payload }) => payload));
  }

  /** The code of the GOAWAY that came last (§6.8). */
  get goawayCode(): number | undefined {
    return this.of(types.goaway).at(-1)?.payload.readUInt32BE(4);
  }

  /** The code with which a stream was reset. */
  rstCode(stream: number): number | undefined {
    return this.of(types.rst, stream)[0]?.payload.readUInt32BE(0);
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      if (this.hasClosed) {
        throw new Error('the connection is gone');
      }
      await new Promise<void>((resolve) => this.watchers.push(resolve));
    }
  }

  async closed(): Promise<void> {
    while (!this.hasClosed) {
      await new Promise<void>((resolve) => this.watchers.push(resolve));
    }
  }

  private read(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= 9) {
      const length = this.rest.readUIntBE(0, 3);
      if (this.rest.length < 9 + length) {
        break;
      }
      this.frames.push({
        type: this.rest[3]!,
        flags: this.rest[4]!,
        stream: this.rest.readUInt32BE(5),
        payload: Buffer.from(this.rest.subarray(9, 9 + length)),
      });
      this.rest = this.rest.subarray(9 + length);
    }
    this.look();
  }

  private look(): void {
    for (const watcher of this.watchers.splice(0)) {
      watcher();
    }
  }
}
