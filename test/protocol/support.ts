/**
 * What the protocol's tests share: a connection over a sink that writes everything down, and a peer that makes and reads frames
 * by itself: nothing here uses the encoder or the decoder of src.
 */
import { createHash } from 'node:crypto';
import {
  type Closing,
  Connection,
  type ConnectionOptions,
  type ConnectionPorts,
  type ConnectionSink,
  connectionOptions,
  type Role,
} from '../../src/protocol/index.ts';

export const roles: readonly Role[] = ['server', 'client'];
export const feedings = ['whole', 'byte by byte'] as const;
export type Feeding = (typeof feedings)[number];

const names = new Map([
  [0, 'continuation'],
  [1, 'text'],
  [2, 'binary'],
  [8, 'close'],
  [9, 'ping'],
  [10, 'pong'],
]);
export type OpcodeName = 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';

export interface PeerFrame {
  readonly opcode?: OpcodeName | number;
  readonly payload?: Uint8Array | string;
  readonly final?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  readonly reserved?: number;
  /** Else as the peer of this role has to. */
  readonly masked?: boolean;
  readonly key?: readonly [number, number, number, number];
  /** What the header says; else the length of the payload. */
  readonly declared?: number | bigint;
  /** Bytes of extended length; else as few as possible. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** One frame as the peer of a connection in `role` sends it. */
export function fromPeer(role: Role, frame: PeerFrame): Uint8Array {
  const { opcode = 'binary', final = true, reserved = 0, masked = role === 'server' } = frame;
  const payload = toBytes(frame.payload ?? '');
  const declared = BigInt(frame.declared ?? payload.length);
  const least = declared < 126n ? 0 : declared < 65_536n ? 2 : 8;
  const lengthBytes = frame.lengthBytes ?? least;
  const number = typeof opcode === 'number' ? opcode : opcodeOf(opcode);
  const short = lengthBytes === 0 ? Number(declared) : lengthBytes === 2 ? 126 : 127;
  const head = [(final ? 128 : 0) + reserved * 16 + number, (masked ? 128 : 0) + short];
  for (let i = lengthBytes - 1; i >= 0; i -= 1) {
    head.push(Number((declared >> BigInt(i * 8)) & 255n));
  }
  const key = frame.key ?? [0x12, 0xf3, 0x84, 0x0d];
  const bytes = new Uint8Array(head.length + (masked ? 4 : 0) + payload.length);
  bytes.set(masked ? [...head, ...key] : head);
  const start = bytes.length - payload.length;
  for (let i = 0; i < payload.length; i += 1) {
    bytes[start + i] = masked ? payload[i]! ^ key[i % 4]! : payload[i]!;
  }
  return bytes;
}

export function streamOf(role: Role, frames: readonly PeerFrame[]): Uint8Array {
  return join(frames.map((frame) => fromPeer(role, frame)));
}

/** Every kind of frame, whole messages and fragments, with empty ones at either end. */
export const mixture: readonly PeerFrame[] = [
  { opcode: 'text', payload: 'one' },
  { opcode: 'ping', payload: 'two' },
  { payload: '' },
  { opcode: 'text', payload: 'thr', final: false },
  { opcode: 'pong', payload: 'x' },
  { opcode: 'continuation', payload: 'ee' },
  { opcode: 'text', payload: 'é'.repeat(100) },
  { opcode: 'ping' },
  { payload: '' },
];

/** Not a Buffer, whose `slice` is a view. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The body of a Close frame. */
export function closeBody(code: number, reason: Uint8Array | string = ''): Uint8Array {
  return join([Uint8Array.of(code >> 8, code & 255), toBytes(reason)]);
}

export function bytes(length: number, fill?: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => fill ?? (i * 7 + 1) % 256);
}

export function toBytes(payload: Uint8Array | string): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

export function toText(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}

/** The same bytes, `count` times. */
export function times(count: number, part: Uint8Array): Uint8Array[] {
  return Array.from({ length: count }, () => part);
}

/** Bytes as a line: hexadecimal, or for many their number and digest. */
export function show(payload: Uint8Array): string {
  if (payload.length <= 130) {
    return Buffer.from(payload).toString('hex');
  }
  return `${payload.length} bytes ${createHash('sha1').update(payload).digest('hex')}`;
}

function opcodeOf(name: OpcodeName): number {
  return [...names].find(([, other]) => other === name)![0];
}

export interface Told {
  /** A copy. */
  readonly payload: Uint8Array;
  readonly text: boolean;
  readonly owned: boolean;
}

/** Writes down every call, in order, one line for each. */
export class RecordingSink implements ConnectionSink {
  buffer: Uint8Array = new Uint8Array(64);
  isBlocked = false;
  readonly events: string[] = [];
  readonly messages: Told[] = [];
  why: Closing | undefined;
  /** Arrays that were handed over by reference. */
  readonly appended: Uint8Array[] = [];
  /** Called after each event; what it does counts as done inside the call. */
  whenTold: (event: string) => void = () => {};
  private length = 0;

  /** All that is owed to the peer. */
  get output(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  reserve(count: number): number {
    const at = this.length;
    this.length += count;
    const grown = new Uint8Array(Math.max(this.length, this.buffer.length)).fill(0xee);
    grown.set(this.buffer.subarray(0, at));
    this.buffer = this.length > this.buffer.length ? grown : this.buffer.fill(0xee, at);
    return at;
  }

  append(finished: Uint8Array): void {
    this.appended.push(finished);
    const at = this.reserve(finished.length);
    this.buffer.set(finished, at);
  }

  message(from: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    const payload = from.slice(start, end);
    this.messages.push({ payload, text, owned });
    this.tell(
      text && payload.length < 100
        ? `text ${toText(payload)}`
        : `${text ? 'text' : 'binary'} ${show(payload)}`,
    );
  }

  piece(
    from: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void {
    const kind = `${first ? '' : '...'}${text ? 'text' : 'binary'}${last ? '' : '...'}`;
    this.tell(`piece ${kind} ${show(from.slice(start, end))}`.trim());
  }

  ping(from: Uint8Array, start: number, end: number): void {
    this.tell(`ping ${show(from.slice(start, end))}`);
  }

  pong(from: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void {
    this.tell(`pong ${show(from.slice(start, end))} ${roundTripMs}`);
  }

  closing(): void {
    this.tell('closing');
  }

  shut(): void {
    this.tell('shut');
  }

  abort(): void {
    this.tell('abort');
  }

  closed(why: Closing): void {
    this.why = why;
    const how = why.clean ? 'clean' : (why.fault?.name ?? 'lost');
    this.tell(`closed ${why.code} ${how}${why.clean ? ` ${why.reason}` : ''}`.trim());
  }

  private tell(event: string): void {
    this.events.push(event);
    this.whenTold(event);
  }
}

/** What stands in `output`, one line a frame. Throws unless all of it is whole frames, masked as `role` has to. */
export function readFrames(output: Uint8Array, role: Role): string[] {
  const frames: string[] = [];
  for (let at = 0; at < output.length; ) {
    const view = new DataView(output.buffer, output.byteOffset + at, output.length - at);
    const [first, second] = [view.getUint8(0), view.getUint8(1)];
    const masked = second >= 128;
    const short = second % 128;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length =
      wide === 2 ? view.getUint16(2) : wide === 8 ? Number(view.getBigUint64(2)) : short;
    const start = at + 2 + wide + (masked ? 4 : 0);
    const payload = output.slice(start, start + length);
    const isWhole = payload.length === length && (first & 0x70) === 0;
    const isMinimal = wide === (length < 126 ? 0 : length < 65_536 ? 2 : 8);
    if (!isWhole || !isMinimal || masked !== (role === 'client')) {
      throw new Error(`no frame of a ${role} at ${at}`);
    }
    for (let i = 0; masked && i < length; i += 1) {
      payload[i]! ^= output[start - 4 + (i % 4)]!;
    }
    frames.push(lineOf(first, payload));
    at = start + length;
  }
  return frames;
}

function lineOf(first: number, payload: Uint8Array): string {
  const name = names.get(first % 16) ?? 'reserved';
  const kind = first >= 128 ? name : `${name}...`;
  if (name === 'close' && payload.length >= 2) {
    return `close ${payload[0]! * 256 + payload[1]!} ${toText(payload.subarray(2))}`.trim();
  }
  const isShortText = name === 'text' && payload.length < 100;
  return `${kind} ${isShortText ? toText(payload) : show(payload)}`.trim();
}

export interface Opened {
  readonly connection: Connection;
  readonly sink: RecordingSink;
  /** What was put out, one line a frame. */
  readonly sent: () => string[];
}

export interface Opening {
  readonly role: Role;
  readonly options?: ConnectionOptions;
  readonly ports?: ConnectionPorts;
  readonly nowMs?: number;
}

export function openConnection({ role, options = {}, ports = {}, nowMs = 0 }: Opening): Opened {
  const sink = new RecordingSink();
  const connection = new Connection(role, sink, connectionOptions(options), nowMs, ports);
  return { connection, sink, sent: () => readFrames(sink.output, role) };
}

/** Gives a copy to the connection: it unmasks in place. */
export function feed(connection: Connection, stream: Uint8Array, how: Feeding, nowMs = 0): void {
  if (how === 'whole') {
    connection.receive(new Uint8Array(stream), nowMs);
    return;
  }
  for (const byte of stream) {
    connection.receive(Uint8Array.of(byte), nowMs);
  }
}

export interface Heard {
  readonly events: string[];
  readonly sent: string[];
}

/** All that comes of a peer's stream, whose transport ends after it. */
export function hear(
  role: Role,
  stream: Uint8Array,
  { how = 'whole', options = {} }: { how?: Feeding; options?: ConnectionOptions } = {},
): Heard {
  const { connection, sink, sent } = openConnection({ role, options });
  feed(connection, stream, how);
  connection.end(0);
  return { events: sink.events, sent: sent() };
}

/** What is told when a connection fails with this fault, and what is sent. */
export function failure(code: number, name: string, message: string): Heard {
  return {
    events: ['closing', 'shut', `closed ${code} ${name}`],
    sent: [`close ${code} ${message}`],
  };
}
