/**
 * Messages on their way out of a connection that agreed on compression (RFC 7692 §7.2.1).
 * In: messages, and frames that must not overtake them. Out: frames, in the output, in the order in which they came. Fails never: what
 * cannot be made smaller goes out as it is (§6: "An endpoint MAY send uncompressed messages").
 * Large messages are compressed elsewhere; what comes behind one waits here, and nothing but pings and pongs passes it.
 */
import { firstByte, type Output, writeFrame } from '../frame/encode.ts';
import type { KeySource } from '../frame/mask-keys.ts';
import * as opcode from '../frame/opcode.ts';
import type { PreparedMessage } from '../frame/prepared.ts';
import type { Cancel, Compression, DeflateSettings } from './codec.ts';
import { compressedBit } from './prepared-forms.ts';
import { Window } from './window.ts';

/** What waits. With `message` its shared frame is wanted; without `isCompressible` it is a frame as it stands. */
interface Waiting {
  readonly first: number;
  readonly payload: Uint8Array;
  readonly isCompressible: boolean;
  readonly message: PreparedMessage | undefined;
}

/** From this size on payloads are kept by reference while they wait, as they are in the output. */
const copyBelow = 16_384;

export class Deflater {
  /** Bytes of what waits. */
  waitingBytes = 0;
  /** Frames that waited and stand in the output now, all told. */
  passedFrames = 0;

  private readonly compression: Compression;
  private readonly settings: DeflateSettings;
  private readonly output: Output;
  private readonly keys: KeySource | undefined;
  private readonly window: Window | undefined;
  /** What waits, from `at` on; the first of them is being compressed. */
  private waiting: Waiting[] = [];
  private at = 0;
  private cancel: Cancel | undefined;
  private whenIdle: (() => void) | undefined;

  /** @param keys Undefined for a server. */
  constructor(compression: Compression, output: Output, keys: KeySource | undefined) {
    const { agreed, tuning } = compression;
    this.compression = compression;
    this.output = output;
    this.keys = keys;
    this.settings = {
      windowBits: agreed.sendWindowBits,
      level: tuning.level,
      memoryLevel: tuning.memoryLevel,
    };
    this.window = agreed.sendContextTakeover ? new Window(agreed.sendWindowBits) : undefined;
  }

  /** Something waits: what is sent now must wait behind it. */
  get isBusy(): boolean {
    return this.at < this.waiting.length;
  }

  get waitingFrames(): number {
    return this.waiting.length - this.at;
  }

  /** Whether a message of `length` bytes has to come here, or may leave as it is. */
  wants(length: number, compress: boolean): boolean {
    return this.isBusy || (compress && length >= this.compression.tuning.thresholdBytes);
  }

  /** @param owned The payload is nobody else's. */
  message(kind: number, payload: Uint8Array, compress: boolean, owned: boolean): void {
    const { tuning } = this.compression;
    const { length } = payload;
    const isCompressible = compress && length >= tuning.thresholdBytes;
    const first = firstByte(kind, true);
    if (!this.isBusy && !(isCompressible && length >= tuning.offloadBytes)) {
      this.send(first, payload, isCompressible);
      return;
    }
    const kept = owned || length >= copyBelow ? payload : payload.slice();
    this.push({ first, payload: kept, isCompressible, message: undefined });
  }

  prepared(message: PreparedMessage, compress: boolean): void {
    const { payload } = message;
    const kind = message.text ? opcode.text : opcode.binary;
    // A mask or a context of its own makes every frame unlike the others.
    if (this.keys !== undefined || this.window !== undefined) {
      this.message(kind, payload, compress, true);
      return;
    }
    const { codec, tuning } = this.compression;
    const isCompressible = compress && payload.length >= tuning.thresholdBytes;
    const made = isCompressible ? message.forms.made(this.settings.windowBits) : message.frame;
    if (this.isBusy || (made === undefined && payload.length >= tuning.offloadBytes)) {
      this.push({ first: firstByte(kind, true), payload, isCompressible, message });
    } else {
      this.output.append(made ?? message.forms.make(codec, this.settings));
    }
  }

  /** A frame that must not pass what waits: of a message in fragments, or a Close. */
  frame(first: number, payload: Uint8Array): void {
    const kept = payload.length >= copyBelow ? payload : payload.slice();
    this.push({ first, payload: kept, isCompressible: false, message: undefined });
  }

  /** Runs it when nothing waits, which may be now. Only the latest is kept. */
  afterwards(run: () => void): void {
    if (this.isBusy) {
      this.whenIdle = run;
    } else {
      run();
    }
  }

  /** Forgets what waits, except for a Close frame, which leaves now. */
  drop(): void {
    const last = this.isBusy ? this.waiting.at(-1) : undefined;
    this.cancel?.();
    this.cancel = undefined;
    this.waiting = [];
    this.at = 0;
    this.waitingBytes = 0;
    this.whenIdle = undefined;
    if (last !== undefined && last.first === firstByte(opcode.close, true)) {
      this.send(last.first, last.payload, false);
    }
  }

  private push(waiting: Waiting): void {
    const wasBusy = this.isBusy;
    this.waiting.push(waiting);
    this.waitingBytes += waiting.payload.length;
    if (!wasBusy) {
      this.goOn();
    }
  }

  /** Sends from the front on, until one has to be compressed elsewhere. */
  private goOn(): void {
    while (this.isBusy) {
      const next = this.waiting[this.at]!;
      if (this.begin(next)) {
        return;
      }
      this.forget(next);
      if (next.message !== undefined) {
        this.output.append(this.frameOf(next, next.message));
      } else {
        this.send(next.first, next.payload, next.isCompressible);
      }
      this.passedFrames += 1;
    }
    const run = this.whenIdle;
    this.whenIdle = undefined;
    run?.();
  }

  /** Whether its end is to be waited for. */
  private begin(next: Waiting): boolean {
    const { codec, tuning } = this.compression;
    const { payload, message } = next;
    if (!next.isCompressible || payload.length < tuning.offloadBytes) {
      return false;
    }
    if (message === undefined) {
      this.cancel = codec.deflateLater(payload, this.settings, this.window?.view, (deflated) =>
        this.answered(next, () => this.sendSmaller(next.first, payload, deflated)),
      );
      return true;
    }
    if (message.forms.made(this.settings.windowBits) !== undefined) {
      return false;
    }
    message.forms.makeLater(codec, this.settings, (frame) =>
      this.answered(next, () => this.output.append(frame)),
    );
    return true;
  }

  private answered(next: Waiting, send: () => void): void {
    // What was dropped meanwhile is not at the front any more.
    if (this.waiting[this.at] !== next) {
      return;
    }
    this.compression.turn(() => {
      this.cancel = undefined;
      this.forget(next);
      send();
      this.passedFrames += 1;
      this.goOn();
    });
  }

  private forget(first: Waiting): void {
    this.waitingBytes -= first.payload.length;
    this.at += 1;
    if (this.at * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.at);
      this.at = 0;
    }
  }

  private frameOf({ isCompressible }: Waiting, message: PreparedMessage): Uint8Array {
    const { forms, frame } = message;
    const { windowBits } = this.settings;
    return isCompressible
      ? (forms.made(windowBits) ?? forms.make(this.compression.codec, this.settings))
      : frame;
  }

  private send(first: number, payload: Uint8Array, isCompressible: boolean): void {
    const deflated = isCompressible
      ? this.compression.codec.deflate(payload, this.settings, this.window?.view)
      : undefined;
    this.sendSmaller(first, payload, deflated);
  }

  private sendSmaller(first: number, payload: Uint8Array, deflated: Uint8Array | undefined): void {
    if (deflated === undefined || deflated.length >= payload.length) {
      writeFrame(this.output, first, payload, this.keys?.next());
      return;
    }
    writeFrame(this.output, first | compressedBit, deflated, this.keys?.next());
    // Only what was compressed is in the peer's window too (§7.2.3.2).
    this.window?.add(payload);
  }
}
