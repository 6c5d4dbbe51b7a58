/**
 * Frames on their way out (RFC 6455 §5.2).
 * In: an opcode, a payload, and the role. Out: bytes, written straight to where they leave from.
 */
import type { TextPort } from '../message/text.ts';
import { mask } from './mask.ts';

/** Where a connection puts the bytes that it owes its peer. They leave in the order in which they were put there. */
export interface Output {
  /** Where `reserve` made room. May be another one after the next call. */
  readonly buffer: Uint8Array;
  /** Makes room for exactly `bytes` bytes and gives where in `buffer` it begins. The caller fills all of it at once. */
  reserve(bytes: number): number;
  /** Bytes that are finished, and that nobody will change until they have left. Kept by reference. */
  append(bytes: Uint8Array): void;
  /** The transport takes nothing at the moment: what is put here waits. */
  readonly isBlocked: boolean;
}

/** From this size on a server's payload is handed over by reference instead of copied behind its header. */
const copyBelow = 16_384;

/** Up to this size a loop is done before the platform has begun to copy. */
const loopedBytes = 48;

/** Bytes of header before a payload of `length` bytes. */
export function headerBytes(length: number, masked: boolean): number {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  return masked ? size + 4 : size;
}

/** Writes a header, and gives where the payload begins. `key` undefined: no mask. */
export function writeHeader(
  into: Uint8Array,
  at: number,
  first: number,
  length: number,
  key: number | undefined,
): number {
  const maskBit = key === undefined ? 0 : 0x80;
  let next = at + 2;
  into[at] = first;
  if (length < 126) {
    into[at + 1] = maskBit | length;
  } else if (length < 65_536) {
    into[at + 1] = maskBit | 126;
    into[at + 2] = length >>> 8;
    into[at + 3] = length & 0xff;
    next = at + 4;
  } else {
    into[at + 1] = maskBit | 127;
    writeUint32(into, at + 2, Math.floor(length / 2 ** 32));
    writeUint32(into, at + 6, length >>> 0);
    next = at + 10;
  }
  if (key === undefined) {
    return next;
  }
  into[next] = key & 0xff;
  into[next + 1] = (key >>> 8) & 0xff;
  into[next + 2] = (key >>> 16) & 0xff;
  into[next + 3] = key >>> 24;
  return next + 4;
}

/** The first byte of a frame: FIN, no reserved bits, the opcode. */
export function firstByte(opcode: number, final: boolean): number {
  return final ? 0x80 | opcode : opcode;
}

/** One frame around bytes. `key` undefined: a server's frame, which carries no mask (§5.1). */
export function writeFrame(
  output: Output,
  first: number,
  payload: Uint8Array,
  key: number | undefined,
): void {
  const length = payload.length;
  const head = headerBytes(length, key !== undefined);
  if (key === undefined && length >= copyBelow) {
    const at = output.reserve(head);
    writeHeader(output.buffer, at, first, length, key);
    output.append(payload);
    return;
  }
  const at = output.reserve(head + length);
  const into = output.buffer;
  const start = writeHeader(into, at, first, length, key);
  if (length <= loopedBytes) {
    for (let i = 0; i < length; i += 1) {
      into[start + i] = payload[i]!;
    }
  } else {
    into.set(payload, start);
  }
  if (key !== undefined) {
    mask(into, start, start + length, key);
  }
}

/** One frame around a string, which is encoded where it leaves from: no bytes in between. */
export function writeTextFrame(
  output: Output,
  first: number,
  payload: string,
  port: TextPort,
  key: number | undefined,
): void {
  const length = port.byteLength(payload);
  const at = output.reserve(headerBytes(length, key !== undefined) + length);
  const into = output.buffer;
  const start = writeHeader(into, at, first, length, key);
  port.write(payload, into, start, length);
  if (key !== undefined) {
    mask(into, start, start + length, key);
  }
}

function writeUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = (value >>> 16) & 0xff;
  into[at + 2] = (value >>> 8) & 0xff;
  into[at + 3] = value & 0xff;
}
