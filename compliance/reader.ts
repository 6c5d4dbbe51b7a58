/**
 * Reads what the subject sends (RFC 6455 §5), as strictly as the standard allows.
 * In: its bytes, in any pieces. Out: the events a case is judged by, and the list of rules the
 * subject itself broke. Never throws: a broken rule is an observation.
 */
import { isUtf8 } from 'node:buffer';
import { opcodes, xor } from './frames.ts';
import type { StrictInflater } from './inflate.ts';

/**
 * `still open`: the subject let a span of time pass in which a case gives it the chance to fail the
 * connection.
 */
export type EventKind = 'text' | 'binary' | 'pong' | 'still open';

export interface Event {
  readonly kind: EventKind;
  readonly payload: Buffer;
}

export interface SeenClose {
  /** Undefined when the Close frame had no body. */
  readonly code: number | undefined;
  readonly reason: string;
}

interface Header {
  readonly final: boolean;
  readonly compressed: boolean;
  readonly opcode: number;
  readonly key: number | undefined;
  readonly length: number;
}

export class FrameReader {
  readonly events: Event[] = [];
  readonly wrong: string[] = [];
  /** Payloads of pings that are to be answered. */
  readonly pings: Buffer[] = [];
  /** Every masking key that came. */
  readonly keys: number[] = [];
  close: SeenClose | undefined;
  /** Set when compression was agreed (RFC 7692). */
  inflater: StrictInflater | undefined;
  /** Messages that came compressed. */
  compressed = 0;

  private readonly expectsMask: boolean;
  private chunks: Buffer[] = [];
  private held = 0;
  private needed = 2;
  private start: Buffer | undefined;
  private header: Header | undefined;
  private message: { kind: 'text' | 'binary'; compressed: boolean; parts: Buffer[] } | undefined;

  /** @param expectsMask True when the subject is a client (§5.1). */
  constructor(expectsMask: boolean) {
    this.expectsMask = expectsMask;
  }

  feed(chunk: Buffer): void {
    if (this.close !== undefined) {
      this.wrong.push(`${chunk.length} bytes after its Close frame (§5.5.1)`);
      return;
    }
    this.chunks.push(chunk);
    this.held += chunk.length;
    while (this.held >= this.needed) {
      this.step(this.take(this.needed));
    }
  }

  private take(length: number): Buffer {
    const first = this.chunks[0] ?? Buffer.alloc(0);
    const whole = first.length >= length ? first : Buffer.concat(this.chunks);
    if (whole !== first) {
      this.chunks = [whole];
    }
    this.held -= length;
    if (whole.length === length) {
      this.chunks.shift();
    } else {
      this.chunks[0] = whole.subarray(length);
    }
    return whole.subarray(0, length);
  }

  /** A frame comes in three runs: two bytes, the rest of the header, the payload. */
  private step(bytes: Buffer): void {
    if (this.start === undefined) {
      this.start = bytes;
      const short = bytes[1]! & 127;
      const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
      this.needed = extended + (bytes[1]! > 127 ? 4 : 0);
    } else if (this.header === undefined) {
      this.header = this.parse(this.start, bytes);
      this.needed = this.header.length;
    } else {
      const header = this.header;
      this.start = undefined;
      this.header = undefined;
      this.needed = 2;
      this.frame(header, bytes);
    }
  }

  private parse(start: Buffer, rest: Buffer): Header {
    const first = start[0]!;
    const masked = start[1]! > 127;
    const short = start[1]! & 127;
    let length = short;
    if (short === 126) {
      length = rest.readUInt16BE(0);
    } else if (short === 127) {
      length = Number(rest.readBigUInt64BE(0));
    }
    const mayCompress = this.inflater !== undefined && ((first & 15) === 1 || (first & 15) === 2);
    const compressed = mayCompress && (first & 0x70) === 0x40;
    this.demand((first & 0x70) === 0 || compressed, 'a reserved bit is set (§5.2)');
    this.demand(masked === this.expectsMask, `masked: ${masked} (§5.1)`);
    this.demand(length >= (short === 126 ? 126 : short === 127 ? 65_536 : 0), 'long length (§5.2)');
    const key = masked ? rest.readUInt32BE(rest.length - 4) : undefined;
    return { final: first > 127, compressed, opcode: first & 15, key, length };
  }

  private frame({ final, compressed, opcode, key }: Header, bytes: Buffer): void {
    const payload = key === undefined ? bytes : Buffer.allocUnsafe(bytes.length);
    if (key !== undefined) {
      this.keys.push(key);
      xor(bytes, key, payload, 0);
    }
    if (opcode >= 8) {
      this.demand(final, 'a control frame in fragments (§5.5)');
      this.demand(payload.length <= 125, 'a control frame of more than 125 bytes (§5.5)');
      this.control(opcode, payload);
    } else {
      this.data(opcode, final, compressed, payload);
    }
  }

  private control(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.ping) {
      this.pings.push(payload);
    } else if (opcode === opcodes.pong) {
      this.events.push({ kind: 'pong', payload });
    } else if (opcode === opcodes.close) {
      this.demand(payload.length !== 1, 'a Close body of one byte (§5.5.1)');
      this.demand(isUtf8(payload.subarray(2)), 'a Close reason that is not UTF-8 (§5.5.1)');
      const code = payload.length < 2 ? undefined : payload.readUInt16BE(0);
      this.close = { code, reason: payload.toString('utf8', 2) };
      this.demand(this.held === 0, `${this.held} bytes after its Close frame (§5.5.1)`);
      this.needed = Number.POSITIVE_INFINITY;
    } else {
      this.wrong.push(`opcode ${opcode} (§5.2)`);
    }
  }

  private data(opcode: number, final: boolean, isCompressed: boolean, payload: Buffer): void {
    if (opcode !== opcodes.continuation) {
      this.demand(this.message === undefined, 'a message inside another (§5.4)');
      this.demand(opcode <= opcodes.binary, `opcode ${opcode} (§5.2)`);
      const kind = opcode === opcodes.text ? 'text' : 'binary';
      this.message = { kind, compressed: isCompressed, parts: [] };
    }
    if (this.message === undefined) {
      this.wrong.push('a continuation of nothing (§5.4)');
      return;
    }
    const { kind, compressed, parts } = this.message;
    parts.push(payload);
    if (final) {
      const joined = parts.length === 1 ? payload : Buffer.concat(parts);
      const whole = compressed ? this.inflated(joined) : joined;
      this.demand(kind === 'binary' || isUtf8(whole), 'a text that is not UTF-8 (§8.1)');
      this.events.push({ kind, payload: whole });
      this.message = undefined;
    }
  }

  private inflated(payload: Buffer): Buffer {
    this.compressed += 1;
    try {
      return this.inflater!.message(payload);
    } catch (error) {
      this.wrong.push(`${(error as Error).message} (RFC 7692 §7.2)`);
      return payload;
    }
  }

  private demand(isSo: boolean, otherwise: string): void {
    if (!isSo) {
      this.wrong.push(otherwise);
    }
  }
}
