/**
 * The compressed frames of one prepared message: one for each size of window, made once, when the first receiver needs it.
 * In: the payload, and what a receiver agreed to. Out: a frame that is good for all receivers without context takeover. Fails never: what
 * cannot be made smaller is the frame as it was.
 */
import { firstByte, headerBytes, writeHeader } from '../frame/encode.ts';
import type { DeflateCodec, DeflateSettings } from './codec.ts';

/** RSV1: the message is compressed (§7.2.1). */
export const compressedBit = 0x40;

type Waiter = (frame: Uint8Array) => void;

export class PreparedForms {
  private readonly plain: Uint8Array;
  private readonly payload: Uint8Array;
  private readonly opcode: number;
  /** By bits of window. */
  private readonly frames: Map<number, Uint8Array> = new Map();
  private readonly waiters: Map<number, Waiter[]> = new Map();

  /** @param plain The frame without compression. */
  constructor(plain: Uint8Array, payload: Uint8Array, opcode: number) {
    this.plain = plain;
    this.payload = payload;
    this.opcode = opcode;
  }

  /** The frame, when it has been made. */
  made(windowBits: number): Uint8Array | undefined {
    return this.frames.get(windowBits);
  }

  make(codec: DeflateCodec, settings: DeflateSettings): Uint8Array {
    return this.keep(settings.windowBits, codec.deflate(this.payload, settings, undefined));
  }

  /** Many may ask for the same: it is made once. */
  makeLater(codec: DeflateCodec, settings: DeflateSettings, answer: Waiter): void {
    const { windowBits } = settings;
    const waiting = this.waiters.get(windowBits);
    if (waiting !== undefined) {
      waiting.push(answer);
      return;
    }
    const waiters = [answer];
    this.waiters.set(windowBits, waiters);
    codec.deflateLater(this.payload, settings, undefined, (deflated) => {
      this.waiters.delete(windowBits);
      const frame = this.keep(windowBits, deflated);
      for (const told of waiters) {
        told(frame);
      }
    });
  }

  private keep(windowBits: number, deflated: Uint8Array | undefined): Uint8Array {
    const isSmaller = deflated !== undefined && deflated.length < this.payload.length;
    const frame = isSmaller ? this.framed(deflated) : this.plain;
    this.frames.set(windowBits, frame);
    return frame;
  }

  private framed(deflated: Uint8Array): Uint8Array {
    const { length } = deflated;
    const frame = new Uint8Array(headerBytes(length, false) + length);
    const first = firstByte(this.opcode, true) | compressedBit;
    frame.set(deflated, writeHeader(frame, 0, first, length, undefined));
    return frame;
  }
}
