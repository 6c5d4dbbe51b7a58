/**
 * RFC 6455 read a second time, to judge the first: slow, the whole stream at once, no state between calls, and nothing of
 * src/protocol in it.
 * In: all the bytes of a peer. Out: what a connection has to tell and to answer. Cannot fail.
 */
import { isUtf8 } from 'node:buffer';
import { kinds, type Log } from './log.ts';

export interface OracleLimits {
  readonly maxMessageBytes: number;
  readonly maxFrameBytes: number;
  readonly maxFragments: number;
  readonly fragmentChargeBytes: number;
}

export interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  /** As declared. `payload` is shorter when the stream ends inside of it. */
  readonly length: number;
  readonly payload: Uint8Array;
  /** Where the next frame begins. */
  readonly next: number;
}

/** What reading a frame comes to: the frame, the close code for what is wrong with it, or nothing for want of bytes. */
export type Reading = Frame | number | undefined;

/** One frame at `at` (§5.2), whose sender has to mask it or must not. */
export function readFrame(stream: Uint8Array, at: number, mustMask: boolean): Reading {
  const bytes = stream.subarray(at);
  if (bytes.length < 1) return undefined;
  const opcode = bytes[0]! % 16;
  const reserved = Math.floor(bytes[0]! / 16) % 8;
  const final = bytes[0]! >= 128;
  if (reserved !== 0 || ![0, 1, 2, 8, 9, 10].includes(opcode)) return 1002;
  if (opcode >= 8 && !final) return 1002;
  if (bytes.length < 2) return undefined;
  if (bytes[1]! >= 128 !== mustMask) return 1002;
  const short = bytes[1]! % 128;
  if (opcode >= 8 && short > 125) return 1002;
  let size = 2;
  let length = BigInt(short);
  if (short > 125) {
    const wide = short === 126 ? 2 : 8;
    size += wide;
    if (bytes.length < size) return undefined;
    length = BigInt(`0x${Buffer.from(bytes.subarray(2, size)).toString('hex')}`);
    const least = short === 126 ? 126n : 65_536n;
    if (length < least || length >= 2n ** 63n) return 1002;
  }
  const keyAt = size;
  size += mustMask ? 4 : 0;
  if (bytes.length < size) return undefined;
  const end = Math.min(bytes.length, size + Number(length));
  const payload = bytes.slice(size, end);
  for (let i = 0; mustMask && i < payload.length; i += 1) {
    payload[i]! ^= bytes[keyAt + (i % 4)]!;
  }
  return { opcode, final, length: Number(length), payload, next: at + end };
}

export type Role = 'server' | 'client';

/** What a connection has to do: tell its sink, and answer its peer. */
export interface Verdict {
  readonly log: Log;
  readonly answers: Log;
}

/** Fills `verdict` with all that is due when the peer of `role` sends `stream` and its transport then ends. */
export function judge(
  stream: Uint8Array,
  role: Role,
  limits: OracleLimits,
  verdict: Verdict,
): void {
  const code = read(stream, role, limits, verdict);
  if (code !== undefined) {
    fail(verdict, code);
  }
}

/** Gives the close code for what the peer did wrong, or nothing when all is said. */
function read(
  stream: Uint8Array,
  role: Role,
  limits: OracleLimits,
  verdict: Verdict,
): number | undefined {
  const { log, answers } = verdict;
  let text = false;
  let parts: Uint8Array[] = [];
  let announced = 0;
  for (let at = 0; ; ) {
    const frame = readFrame(stream, at, role === 'server');
    if (frame === undefined) {
      log.note(kinds.closing);
      log.note(kinds.closed, 1006 * 2);
      return undefined;
    }
    if (typeof frame === 'number') return frame;
    const { opcode, payload, final } = frame;
    const isWhole = payload.length === frame.length;
    at = frame.next;
    if (opcode >= 8) {
      if (!isWhole) continue;
      if (opcode === 8) return receiveClose(verdict, payload, role);
      if (opcode === 9) {
        answers.note(kinds.pong, 0, payload);
        log.note(kinds.owed);
      }
      log.note(opcode, 0, payload);
      continue;
    }
    // §5.4: a message begins with its kind and goes on with continuations, and nothing else.
    if ((opcode === 0) !== parts.length > 0) return 1002;
    const mostBytes = Math.min(limits.maxFrameBytes, 2 ** 53 - 1);
    if (frame.length > mostBytes) return 1009;
    announced += frame.length;
    const charged = parts.length * limits.fragmentChargeBytes;
    const isTooMany = parts.length + 1 > limits.maxFragments || charged > limits.maxMessageBytes;
    if (isTooMany) return 1008;
    if (announced > limits.maxMessageBytes) return 1009;
    text = opcode === 0 ? text : opcode === 1;
    parts.push(payload);
    const message = Buffer.concat(parts);
    const ends = isWhole && final;
    if (text && !(ends ? isUtf8(message) : mayBecomeUtf8(message))) return 1007;
    if (ends) {
      log.note(text ? kinds.text : kinds.binary, 0, message);
      parts = [];
      announced = 0;
    }
  }
}

/** Whether some bytes after these would make valid UTF-8: tries every way in which a character can be unfinished. */
export function mayBecomeUtf8(bytes: Uint8Array): boolean {
  return endings.some((ending) => isUtf8(Buffer.concat([bytes, ending])));
}

const endings: readonly Uint8Array[] = ['', '80', '8080', '808080', 'a080', '908080'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/** §5.5.1, §7.4. */
function receiveClose(verdict: Verdict, body: Uint8Array, role: Role): number | undefined {
  const { log, answers } = verdict;
  const code = body.length >= 2 ? body[0]! * 256 + body[1]! : 1005;
  const isRegistered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  const mayStand = isRegistered || (code >= 3000 && code <= 4999);
  if (body.length === 1 || (body.length >= 2 && !mayStand)) return 1002;
  if (!isUtf8(body.subarray(2))) return 1007;
  answers.note(kinds.close, body.length >= 2 ? code : 0);
  log.note(kinds.owed);
  log.note(kinds.closing);
  if (role === 'server') log.note(kinds.shut);
  log.note(kinds.closed, code * 2 + 1, body.subarray(2));
  return undefined;
}

/** §7.1.7. */
function fail({ log, answers }: Verdict, code: number): void {
  answers.note(kinds.close, code);
  log.note(kinds.owed);
  log.note(kinds.closing);
  log.note(kinds.shut);
  log.note(kinds.closed, code * 2);
}

/**
 * Reads what a connection of `role` put out, as its peer would: pongs with their payload, a Close with its code (0 when it has
 * none), anything else as it is. Gives what is wrong with it, if anything is.
 */
export function readAnswers(output: Uint8Array, role: Role, answers: Log): string | undefined {
  let isClosed = false;
  for (let at = 0; at < output.length; ) {
    const frame = readFrame(output, at, role === 'client');
    if (frame === undefined || typeof frame === 'number' || frame.payload.length < frame.length) {
      return `what is put out at ${at} is no frame`;
    }
    if (isClosed) {
      return 'a frame follows the Close frame';
    }
    isClosed = frame.opcode === kinds.close;
    const [high = 0, low = 0] = isClosed ? frame.payload : [];
    answers.note(frame.opcode, high * 256 + low, isClosed ? undefined : frame.payload);
    at = frame.next;
  }
  return undefined;
}
