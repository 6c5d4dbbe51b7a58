/**
 * What the tests of compression share: a codec whose late answers come when the test says so, and compression that uses it.
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { zlibCodec } from '../../../src/endpoint/zlib-codec.ts';
import type {
  AgreedDeflate,
  Compression,
  DeflateCodec,
  DeflateTuning,
} from '../../../src/protocol/index.ts';

/** Node's zlib, with what is done elsewhere done by `finish`. */
export class HandCodec implements DeflateCodec {
  /** What was asked for, in order. */
  readonly calls: string[] = [];
  private later: (() => void)[] = [];

  get waiting(): number {
    return this.later.length;
  }

  readonly deflate: DeflateCodec['deflate'] = (payload, settings, before) => {
    this.calls.push(`deflate ${payload.length}`);
    return zlibCodec.deflate(payload, settings, before);
  };

  readonly inflate: DeflateCodec['inflate'] = (payload, maxBytes, before) => {
    this.calls.push(`inflate ${payload.length}`);
    return zlibCodec.inflate(payload, maxBytes, before);
  };

  readonly deflateLater: DeflateCodec['deflateLater'] = (payload, settings, before, answer) => {
    this.calls.push(`deflate later ${payload.length}`);
    return this.enter(() => answer(zlibCodec.deflate(payload, settings, before)));
  };

  readonly inflateLater: DeflateCodec['inflateLater'] = (payload, maxBytes, before, answer) => {
    this.calls.push(`inflate later ${payload.length}`);
    return this.enter(() => answer(zlibCodec.inflate(payload, maxBytes, before)));
  };

  /** The oldest job is done. */
  finish(): void {
    this.later.shift()!();
  }

  private enter(job: () => void): () => void {
    this.later.push(job);
    return () => {
      this.later = this.later.filter((other) => other !== job);
    };
  }
}

export const withoutTakeover: AgreedDeflate = {
  sendWindowBits: 15,
  sendContextTakeover: false,
  receiveWindowBits: 15,
  receiveContextTakeover: false,
};

export const withTakeover: AgreedDeflate = {
  ...withoutTakeover,
  sendContextTakeover: true,
  receiveContextTakeover: true,
};

const tuning: DeflateTuning = {
  thresholdBytes: 100,
  offloadBytes: 10_000,
  maxRatio: Number.POSITIVE_INFINITY,
  level: 6,
  memoryLevel: 8,
};

export interface TestCompression extends Compression {
  readonly codec: HandCodec;
  /** How often the peer was told to wait. */
  waits: number;
  /** How often a late answer caused something. */
  turns: number;
  nowMs: number;
}

export function compression(
  agreed: AgreedDeflate = withoutTakeover,
  changes: Partial<DeflateTuning> = {},
): TestCompression {
  const made: TestCompression = {
    agreed,
    tuning: { ...tuning, ...changes },
    codec: new HandCodec(),
    waits: 0,
    turns: 0,
    nowMs: 0,
    wait: () => {
      made.waits += 1;
    },
    turn: (work) => {
      made.turns += 1;
      work(made.nowMs);
    },
  };
  return made;
}

/** A payload as any peer makes it (RFC 7692 §7.2.1). */
export function deflated(plain: Uint8Array | string): Uint8Array {
  return deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** Text that can be made smaller, but not to nothing. */
export function prose(length: number): string {
  let text = '';
  for (let i = 0; text.length < length; i += 1) {
    text += `${(i * 7919) % 1009} lines of ${(i * 31) % 97}; `;
  }
  return text.slice(0, length);
}

export interface SentFrame {
  readonly opcode: number;
  readonly final: boolean;
  readonly compressed: boolean;
  /** Unmasked, not inflated. */
  readonly payload: Buffer;
}

/** The frames in an output, in either role. */
export function sentFrames(output: Uint8Array): SentFrame[] {
  const bytes = Buffer.from(output);
  const frames: SentFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [first, second] = [bytes[at]!, bytes[at + 1]!];
    const short = second & 127;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length =
      wide === 0
        ? short
        : wide === 2
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + 2 + wide + (second > 127 ? 4 : 0);
    const payload = Buffer.from(bytes.subarray(start, start + length));
    for (let i = 0; second > 127 && i < length; i += 1) {
      payload[i]! ^= bytes[start - 4 + (i & 3)]!;
    }
    frames.push({
      opcode: first & 15,
      final: first > 127,
      compressed: (first & 0x40) !== 0,
      payload,
    });
    at = start + length;
  }
  return frames;
}

/** What a peer reads: one line a frame, `~` before what came compressed. */
export function readBack(output: Uint8Array): string[] {
  return sentFrames(output).map(({ opcode, compressed, payload }) => {
    const plain = compressed
      ? inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH })
      : payload;
    const name = ['continuation', 'text', 'binary'][opcode] ?? `control ${opcode}`;
    return `${compressed ? '~' : ''}${name} ${plain.length}`;
  });
}

/** Bytes that look like chance: with 8 bits each they cannot be made smaller. */
export function noise(length: number, bits = 8): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 20) & (2 ** bits - 1);
  });
}
