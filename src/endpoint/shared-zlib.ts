/**
 * DEFLATE of small messages by handles that all connections share, reset between messages: making one for each message costs more
 * than its work, three times over (docs/decisions/0009).
 * In: payloads. Out: payloads, or undefined: then zlib's documented calls are to decide, which also know every way to fail.
 * Node has no documented call for this. So it is done only where it was tried, after it has shown on itself that it works.
 */
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import type { DeflateSettings } from '../protocol/index.ts';

/** Of Node, first and last. A later one may take other arguments, and would end the process. */
const triedVersions = [20, 26] as const;
/** Most of input. What is larger goes to the thread pool soon anyway. */
const roomBytes = 65_536;
/** Of output: one byte more than is ever made at once, so that what fills it is too much. Nothing is garbage then but the message. */
const outputBytes = 262_145;
/** One for each way to compress: an application has one or two. */
const mostDeflaters = 16;
/** What stands behind a payload, for the decoder to see that it is whole: what was left off (RFC 7692 §7.2.2), and a last block. */
const ending: Buffer = Buffer.from('0000ffff010000ffff', 'hex');

/** What a stream of zlib has inside. */
interface Inside {
  readonly _handle: {
    onerror: (message: string, errno: number, code: string) => void;
    writeSync(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputLength: number,
      output: Uint8Array,
      outputAt: number,
      outputLength: number,
    ): void;
    reset(): void;
  };
  /** What is left after a write: of the room for output, of the input. */
  readonly _writeState: Uint32Array;
}

const input: Buffer = Buffer.allocUnsafeSlow(roomBytes);
const output: Buffer = Buffer.allocUnsafeSlow(outputBytes);

class SharedHandle {
  private readonly inside: Inside;
  private hasFailed = false;

  constructor(stream: unknown) {
    this.inside = stream as Inside;
    this.inside._handle.onerror = () => {
      this.hasFailed = true;
    };
  }

  /**
   * What the first bytes of `input` become; `tooBig` when there was not room for it; undefined when input was left, or anything was
   * wrong. Nothing but our own memory is ever passed on: at what is no Buffer the process would end.
   */
  run(flush: number, length: number): Buffer | 'tooBig' | undefined {
    const { _handle: handle, _writeState: left } = this.inside;
    this.hasFailed = false;
    handle.writeSync(flush, input, 0, length, output, 0, outputBytes);
    const isFull = !this.hasFailed && left[0] === 0;
    const isWhole = !this.hasFailed && !isFull && left[1] === 0;
    const made = isWhole ? Buffer.from(output.subarray(0, outputBytes - left[0]!)) : undefined;
    handle.reset();
    return isFull ? 'tooBig' : made;
  }
}

/** Undefined until first use, false where it does not work. */
let isSound: boolean | undefined;
let inflater: SharedHandle | undefined;
const deflaters = new Map<string, SharedHandle>();

/** With the tail of a sync flush. */
export function deflateShared(
  payload: Uint8Array,
  settings: DeflateSettings,
): Uint8Array | undefined {
  isSound ??= isTried() && worksAtAll();
  return isSound ? deflate(payload, settings) : undefined;
}

/** A whole payload, in one stream. */
export function inflateShared(
  payload: Uint8Array,
  maxBytes: number,
): Buffer | 'tooBig' | undefined {
  isSound ??= isTried() && worksAtAll();
  const inflated = isSound ? inflate(payload) : undefined;
  if (inflated === 'tooBig') {
    return maxBytes < outputBytes ? inflated : undefined;
  }
  return inflated !== undefined && inflated.length > maxBytes ? 'tooBig' : inflated;
}

function deflate(payload: Uint8Array, settings: DeflateSettings): Buffer | undefined {
  const { length } = payload;
  if (!(length > 0) || length > roomBytes) {
    return undefined;
  }
  input.set(payload);
  const made = deflaterFor(settings)?.run(constants.Z_SYNC_FLUSH, length);
  return made === 'tooBig' ? undefined : made;
}

function inflate(payload: Uint8Array): Buffer | 'tooBig' | undefined {
  const length = payload.length + ending.length;
  if (!(payload.length > 0) || length > roomBytes) {
    return undefined;
  }
  input.set(payload);
  input.set(ending, payload.length);
  inflater ??= new SharedHandle(createInflateRaw());
  return inflater.run(constants.Z_FINISH, length);
}

function deflaterFor({
  windowBits,
  level,
  memoryLevel,
}: DeflateSettings): SharedHandle | undefined {
  const key = `${windowBits} ${level} ${memoryLevel}`;
  const found = deflaters.get(key);
  if (found !== undefined || deflaters.size === mostDeflaters) {
    return found;
  }
  // zlib has no window of 8 bits: see deflateOptions in zlib-codec.ts.
  const bits = Math.max(9, windowBits);
  const stream = createDeflateRaw({ windowBits: bits, level, memLevel: memoryLevel });
  const made = new SharedHandle(stream);
  deflaters.set(key, made);
  return made;
}

function isTried(): boolean {
  const major = Number.parseInt(process.versions.node, 10);
  const isNode = !('bun' in process.versions) && !('deno' in process.versions);
  return isNode && major >= triedVersions[0] && major <= triedVersions[1];
}

function worksAtAll(): boolean {
  try {
    const text = Buffer.from('to be, or not to be: that is the question; '.repeat(4));
    const deflated = deflate(text, { windowBits: 15, level: 6, memoryLevel: 8 });
    const isRefused = inflate(Buffer.from([7, 7, 7])) === undefined;
    const inflated = inflate((deflated ?? text).subarray(0, -4));
    return isRefused && typeof inflated === 'object' && inflated.equals(text);
  } catch {
    return false;
  }
}
