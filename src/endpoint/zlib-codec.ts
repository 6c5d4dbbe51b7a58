/**
 * DEFLATE by Node's zlib (RFC 7692 §7.2): small messages by shared handles where those work, everything else by documented calls.
 * In: payloads, and the plain bytes before them as zlib's `dictionary`. Out: payloads. Fails: by its answer. Whatever zlib throws, at
 * whatever values, is such an answer (THREATS C2). docs/decisions/0009 says why no connection has a handle.
 */
import { kMaxLength } from 'node:buffer';
import {
  constants,
  deflateRaw,
  deflateRawSync,
  inflateRaw,
  inflateRawSync,
  type ZlibOptions,
} from 'node:zlib';
import type { Cancel, DeflateCodec, DeflateSettings, Inflated } from '../protocol/index.ts';
import { JobLine } from './job-line.ts';
import { deflateShared, inflateShared } from './shared-zlib.ts';

/**
 * Jobs on the thread pool at once, of the whole process (THREATS C3): half of the pool as it is by default, so that files and names of
 * hosts are still looked up.
 */
const mostJobs = 2;
const line = new JobLine(mostJobs);

/** Streams that end with BFINAL, and have another behind them, in one message: each costs as much as a small message. */
const mostStreams = 1024;
const mostStreamsAtOnce = 64;

/**
 * What stands behind every payload: the four bytes that were left off (§7.2.2), and a last block without data. With it zlib tells a
 * payload that was cut short from one that is whole.
 */
const ending: Buffer = Buffer.from('0000ffff010000ffff', 'hex');
const largestChunk = 65_536;
const nothing: Uint8Array = new Uint8Array(0);

export const zlibCodec: DeflateCodec = {
  deflate(payload, settings, before) {
    try {
      const shared = before === undefined ? deflateShared(payload, settings) : undefined;
      if (shared !== undefined) {
        return withoutTail(shared);
      }
      return withoutTail(deflateRawSync(payload, deflateOptions(payload, settings, before)));
    } catch {
      return undefined;
    }
  },

  inflate(payload, maxBytes, before) {
    const shared = before === undefined ? inflateShared(payload, maxBytes) : undefined;
    if (shared !== undefined) {
      return shared;
    }
    const reading = new Reading(payload, maxBytes, before);
    for (let streams = 0; streams < mostStreamsAtOnce; streams += 1) {
      try {
        reading.add(inflateRawSync(reading.rest, reading.options(1024)) as unknown as Step);
      } catch (error) {
        return reading.failure(error);
      }
      if (reading.isOver) {
        return reading.result();
      }
    }
    return 'tooMany';
  },

  deflateLater(payload, settings, before, answer) {
    return line.enter((done) => {
      const settle = (deflated: Uint8Array | undefined): void => {
        done();
        answer(deflated);
      };
      try {
        deflateRaw(payload, deflateOptions(payload, settings, before), (error, deflated) =>
          settle(error === null ? withoutTail(deflated) : undefined),
        );
      } catch {
        setImmediate(settle, undefined);
      }
    });
  },

  inflateLater(payload, maxBytes, before, answer): Cancel {
    return line.enter((done) => {
      const reading = new Reading(payload, maxBytes, before);
      const settle = (inflated: Inflated): void => {
        done();
        answer(inflated);
      };
      const goOn = (streams: number): void => {
        try {
          inflateRaw(reading.rest, reading.options(largestChunk), (error, step) => {
            if (error !== null) {
              settle(reading.failure(error));
              return;
            }
            reading.add(step as unknown as Step);
            if (reading.isOver) {
              settle(reading.result());
            } else if (streams === mostStreams) {
              settle('tooMany');
            } else {
              goOn(streams + 1);
            }
          });
        } catch (error) {
          setImmediate(settle, reading.failure(error));
        }
      };
      goOn(1);
    });
  },
};

/** What zlib gives with `info`: its output, and how much of the input it took. */
interface Step {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** One payload, stream by stream: most have one, and BFINAL ends one before the payload does (§7.2.3.4). */
class Reading {
  rest: Uint8Array;
  isOver = false;
  private readonly maxBytes: number;
  /** What the next stream may refer to. */
  private before: Uint8Array | undefined;
  private readonly parts: Buffer[] = [];
  private length = 0;

  constructor(payload: Uint8Array, maxBytes: number, before: Uint8Array | undefined) {
    this.maxBytes = maxBytes;
    this.before = before;
    // An empty payload is no DEFLATE, but some send it for an empty message.
    this.rest = payload.length === 0 ? ending.subarray(4) : Buffer.concat([payload, ending]);
  }

  /** @param leastChunk Each chunk of output is a job of its own on the thread pool, and memory that is set aside here. */
  options(leastChunk: number): ZlibOptions & { info: true } {
    // At least 1, and 1 too much is seen in `result`.
    const most = Math.max(1, Math.min(this.maxBytes - this.length, kMaxLength));
    return {
      info: true,
      maxOutputLength: most,
      chunkSize: within(leastChunk, this.rest.length * 4, largestChunk),
      ...(this.before === undefined ? {} : { dictionary: this.before }),
    };
  }

  add({ buffer, engine }: Step): void {
    this.parts.push(buffer);
    this.length += buffer.length;
    this.rest = this.rest.subarray(engine.bytesWritten);
    // Some leave off the empty block behind a last one (§7.2.3.4 asks for it): then all of the ending is left.
    this.isOver = this.rest.length === 0 || this.rest.length === ending.length;
    if (!this.isOver && buffer.length > 0) {
      this.before = Buffer.concat([this.before ?? nothing, buffer]).subarray(-32_768);
    }
  }

  result(): Inflated {
    if (this.length > this.maxBytes) {
      return 'tooBig';
    }
    return this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
  }

  failure(error: unknown): Inflated {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return 'tooBig';
    }
    return code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR' ? 'corrupt' : 'failed';
  }
}

/**
 * As little memory as will do: a window that holds all there is to refer to compresses as well as a larger one.
 * zlib has no window of 8 bits, and takes 9 instead; but it refers back 262 bytes less than its window has, so that nothing reaches
 * beyond the 256 that were agreed (test/endpoint/zlib-codec.test.ts).
 */
function deflateOptions(
  payload: Uint8Array,
  { windowBits, level, memoryLevel }: DeflateSettings,
  before: Uint8Array | undefined,
): ZlibOptions {
  const bits = Math.ceil(Math.log2((before?.length ?? 0) + payload.length + 262));
  const wanted = within(9, bits, windowBits === 8 ? 9 : windowBits);
  return {
    finishFlush: constants.Z_SYNC_FLUSH,
    windowBits: wanted,
    memLevel: Math.min(memoryLevel, wanted - 6),
    level,
    // What comes out is rarely longer than what went in.
    chunkSize: within(64, payload.length + 64, 262_144),
    ...(before === undefined ? {} : { dictionary: before }),
  };
}

/** The last four bytes of a sync flush are left off (§7.2.1). */
function withoutTail(flushed: Uint8Array): Uint8Array {
  return flushed.subarray(0, -4);
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}
