/**
 * The header of a frame: two to fourteen bytes before the payload (RFC 6455 §5.2).
 * In: bytes. Out: the fields, or the fault, as soon as the field that is wrong is here. Knows no message and no role but
 * whether frames must be masked.
 */
import type { Fault } from '../closing.ts';
import { faults } from '../faults.ts';
import { binary, isControl, isReserved, text } from './opcode.ts';

/** Longest header: two bytes, eight of length, four of key. */
export const maxHeaderBytes = 14;

/** One header, read into again and again: nothing is allocated per frame. */
export class FrameHeader {
  final = false;
  opcode = 0;
  /** RSV1, where it may be: on the first frame of a message, when that was agreed (RFC 7692 §6). */
  compressed = false;
  /** Bytes of payload. Exact up to 2^53; whatever is larger is only known to be too large. */
  length = 0;
  masked = false;
  /** The masking key as a little-endian number: its lowest byte is for the first byte of payload. */
  key = 0;
  /** Set when `read` gave -1. */
  fault: Fault | undefined;

  private readonly expectsMask: boolean;
  private readonly mayCompress: boolean;

  /**
   * @param expectsMask §5.1: a server refuses frames without a mask, a client refuses frames with one.
   * @param mayCompress RSV1 has a meaning.
   */
  constructor(expectsMask: boolean, mayCompress = false) {
    this.expectsMask = expectsMask;
    this.mayCompress = mayCompress;
  }

  /**
   * Reads a header that begins at `at`.
   * Gives its length in bytes, 0 when more bytes are needed first, or -1 when `fault` says why it is refused. The answer
   * depends on the bytes alone, never on how many came at once.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) {
      return 0;
    }
    const first = bytes[at]!;
    const reserved = first & 0x70;
    if (reserved !== 0 && !this.isCompressed(first)) {
      return this.refuse(faults.RESERVED_BITS);
    }
    const opcode = first & 0x0f;
    if (isReserved(opcode)) {
      return this.refuse(faults.RESERVED_OPCODE);
    }
    const final = first >= 0x80;
    if (!final && isControl(opcode)) {
      return this.refuse(faults.CONTROL_FRAGMENTED);
    }
    this.compressed = reserved !== 0;
    this.final = final;
    this.opcode = opcode;
    if (at + 1 >= end) {
      return 0;
    }
    return this.readLength(bytes, at + 1, end);
  }

  private readLength(bytes: Uint8Array, at: number, end: number): number {
    const second = bytes[at]!;
    const masked = second >= 0x80;
    if (masked !== this.expectsMask) {
      return this.refuse(masked ? faults.MASK_UNEXPECTED : faults.MASK_MISSING);
    }
    this.masked = masked;
    const short = second & 0x7f;
    if (short > 125 && isControl(this.opcode)) {
      return this.refuse(faults.CONTROL_TOO_LONG);
    }
    let size = 2;
    if (short < 126) {
      this.length = short;
    } else if (short === 126) {
      size = 4;
      if (at + 3 > end) {
        return 0;
      }
      this.length = (bytes[at + 1]! << 8) | bytes[at + 2]!;
      if (this.length < 126) {
        return this.refuse(faults.LENGTH_NOT_MINIMAL);
      }
    } else {
      size = 10;
      if (at + 9 > end) {
        return 0;
      }
      if (bytes[at + 1]! >= 0x80) {
        return this.refuse(faults.LENGTH_OVERFLOW);
      }
      this.length = readUint32(bytes, at + 1) * 2 ** 32 + readUint32(bytes, at + 5);
      if (this.length < 65_536) {
        return this.refuse(faults.LENGTH_NOT_MINIMAL);
      }
    }
    if (!masked) {
      return size;
    }
    const key = at - 1 + size;
    if (key + 4 > end) {
      return 0;
    }
    this.key =
      bytes[key]! | (bytes[key + 1]! << 8) | (bytes[key + 2]! << 16) | (bytes[key + 3]! << 24);
    return size + 4;
  }

  /** RSV1 alone, on what begins a message. */
  private isCompressed(first: number): boolean {
    const kind = first & 0x0f;
    return this.mayCompress && (first & 0x70) === 0x40 && (kind === text || kind === binary);
  }

  private refuse(fault: Fault): -1 {
    this.fault = fault;
    return -1;
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return bytes[at]! * 2 ** 24 + low;
}
