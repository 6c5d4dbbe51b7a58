/**
 * Frames as the suite sends them (RFC 6455 §5.2), right or deliberately wrong.
 * In: what a frame is to say. Out: its bytes. Nothing is checked: what the standard forbids must be
 * sendable here. Written for this suite alone, so that a mistake of the subject is not repeated by
 * its judge.
 */

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** FIN. @default true */
  readonly final?: boolean;
  /** RSV1 to RSV3 as a number of three bits, RSV1 the highest. @default 0 */
  readonly reserved?: number;
  /** Masked where the role forbids it, or bare where the role demands it. @default false */
  readonly wrongMask?: boolean;
  /** Says the length in this many bits. @default The fewest that do */
  readonly lengthBits?: 7 | 16 | 64;
  /** Says this length, whatever the payload. Needs `lengthBits`. */
  readonly announced?: bigint;
}

export type Details = Omit<Frame, 'opcode' | 'payload'>;

export function frame(opcode: number, payload: string | Buffer = '', details?: Details): Frame {
  return { opcode, payload: asBytes(payload), ...details };
}

export function text(payload: string | Buffer, details?: Details): Frame {
  return frame(opcodes.text, payload, details);
}

export function binary(payload: Buffer, details?: Details): Frame {
  return frame(opcodes.binary, payload, details);
}

export function continuation(payload: string | Buffer, details?: Details): Frame {
  return frame(opcodes.continuation, payload, details);
}

export function ping(payload: string | Buffer = ''): Frame {
  return frame(opcodes.ping, payload);
}

export function pong(payload: string | Buffer = ''): Frame {
  return frame(opcodes.pong, payload);
}

/**
 * A Close frame (§5.5.1); without a code its body is the reason alone, which is wrong unless that
 * is empty.
 */
export function close(code?: number, reason: string | Buffer = ''): Frame {
  const head = code === undefined ? [] : [Buffer.from([code >> 8, code & 255])];
  return frame(opcodes.close, Buffer.concat([...head, asBytes(reason)]));
}

/** Bytes are kept by reference; a text becomes UTF-8. */
export function asBytes(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

/** One message in frames of `size` bytes at the most (§5.4). */
export function fragments(opcode: number, payload: Buffer, size: number): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const isFirst = at === 0;
    frames.push({
      opcode: isFirst ? opcode : opcodes.continuation,
      payload: payload.subarray(at, at + size),
      final: at + size >= payload.length,
    });
  }
  return frames;
}

/** `pattern` again and again until `length` bytes are full. */
export function repeat(pattern: string | Buffer, length: number): Buffer {
  return Buffer.alloc(length, pattern as string);
}

/**
 * The bytes of all frames, one after the other. `masks` is the role's rule (§5.1): true from a
 * client.
 */
export function encode(frames: readonly Frame[], masks: boolean): Buffer {
  const size = frames.reduce((sum, each) => sum + encodedSize(each, masks), 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const each of frames) {
    at = write(bytes, at, each, masks);
  }
  return bytes;
}

function encodedSize(each: Frame, masks: boolean): number {
  const extended = { 7: 0, 16: 2, 64: 8 }[bitsFor(each)];
  return 2 + extended + (isMasked(each, masks) ? 4 : 0) + each.payload.length;
}

function write(bytes: Buffer, start: number, each: Frame, masks: boolean): number {
  const { payload, opcode, final = true, reserved = 0 } = each;
  const masked = isMasked(each, masks);
  const bits = bitsFor(each);
  const length = each.announced ?? BigInt(payload.length);
  let at = start;
  bytes[at] = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  bytes[at + 1] = (masked ? 0x80 : 0) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127);
  at += 2;
  if (bits === 16) {
    at = bytes.writeUInt16BE(Number(length), at);
  } else if (bits === 64) {
    at = bytes.writeBigUInt64BE(length, at);
  }
  if (!masked) {
    bytes.set(payload, at);
    return at + payload.length;
  }
  const key = nextKey();
  at = bytes.writeUInt32BE(key, at);
  xor(payload, key, bytes, at);
  return at + payload.length;
}

/** §5.3, from `source` into `target` at `start`. */
export function xor(source: Buffer, key: number, target: Buffer, start: number): void {
  for (let i = 0; i < source.length; i += 1) {
    target[start + i] = source[i]! ^ (key >>> (24 - 8 * (i & 3)));
  }
}

function isMasked(each: Frame, masks: boolean): boolean {
  return masks !== (each.wrongMask ?? false);
}

function bitsFor({ lengthBits, payload }: Frame): 7 | 16 | 64 {
  return lengthBits ?? (payload.length < 126 ? 7 : payload.length < 65_536 ? 16 : 64);
}

let lastKey = 0x2545f491;

/** A different key for each frame, the same ones in each run. */
function nextKey(): number {
  lastKey = (Math.imul(lastKey, 1_664_525) + 1_013_904_223) >>> 0;
  return lastKey;
}
