/**
 * Calls written as bytes, so that a fuzzer can change them: one byte says which, and whether it is made at once or from inside
 * the next thing that the application is told; its arguments follow.
 * In: any bytes. Out: calls. Cannot fail: what is cut short is left out.
 */
import { someFrame } from '../frames.ts';
import { mutate } from '../mutate.ts';
import type { Random } from '../random.ts';

/** Bytes of argument of each call. `receive` has one more for the number of bytes that follow. */
const argumentBytes = {
  receive: 0,
  sendText: 1,
  sendBytes: 1,
  sendFragment: 2,
  sendPrepared: 1,
  ping: 1,
  pong: 1,
  close: 2,
  suspend: 0,
  resume: 0,
  wait: 1,
  block: 0,
  drain: 0,
  fail: 1,
  endOfInput: 0,
  end: 0,
  flood: 0,
} as const;

export type CallName = keyof typeof argumentBytes;
const callNames = Object.keys(argumentBytes) as CallName[];

export interface Call {
  readonly name: CallName;
  readonly isInside: boolean;
  /** As many as the call has, or the bytes to receive. */
  readonly bytes: Uint8Array;
}

export function readProgram(bytes: Uint8Array): Call[] {
  const program: Call[] = [];
  for (let at = 0; at < bytes.length; ) {
    const name = callNames[(bytes[at]! & 0x7f) % callNames.length]!;
    const start = name === 'receive' ? at + 2 : at + 1;
    const length = name === 'receive' ? (bytes[at + 1] ?? 0) : argumentBytes[name];
    const end = start + length;
    if (end > bytes.length) {
      break;
    }
    program.push({ name, isInside: bytes[at]! >= 0x80, bytes: bytes.slice(start, end) });
    at = end;
  }
  return program;
}

export function writeProgram(program: readonly Call[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, isInside, bytes } of program) {
    const first = callNames.indexOf(name) | (isInside ? 0x80 : 0);
    parts.push(Uint8Array.of(first, ...(name === 'receive' ? [bytes.length] : [])), bytes);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** Changes a program by whole calls. `masked`: what is received has to be masked. */
export function reshapeProgram(bytes: Uint8Array, masked: boolean, random: Random): Uint8Array {
  const program = readProgram(bytes);
  for (let left = random.small(1, 4); left > 0; left -= 1) {
    const at = random.below(program.length + 1);
    const call = program[at];
    const choice = random.below(6);
    if (call === undefined || choice < 3) {
      program.splice(at, 0, makeCall(masked, random));
    } else if (choice === 3) {
      program.splice(at, 1);
    } else if (choice === 4) {
      program.splice(random.below(program.length + 1), 0, call);
    } else {
      program.splice(at, 1, changed(call, random));
    }
  }
  return writeProgram(program);
}

function makeCall(masked: boolean, random: Random): Call {
  const name = random.once(3) ? 'receive' : random.pick(callNames);
  const bytes = name === 'receive' ? pieces(masked, random) : random.bytes(argumentBytes[name]);
  return { name, isInside: random.once(5), bytes };
}

/** One frame or two, often cut short, so that the next call comes in the middle of a frame. */
function pieces(masked: boolean, random: Random): Uint8Array {
  const frames = [someFrame(masked, random), random.once(3) ? someFrame(masked, random) : nothing];
  const bytes = Uint8Array.from(Buffer.concat(frames)).subarray(0, 255);
  return random.once(3) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

const nothing: Uint8Array = new Uint8Array(0);

function changed(call: Call, random: Random): Call {
  if (call.name !== 'receive') {
    const { length } = call.bytes;
    return { ...call, bytes: random.bytes(length), isInside: call.isInside !== random.once(3) };
  }
  return { ...call, bytes: mutate(call.bytes, nothing, random, { words: [], maxBytes: 255 }) };
}
