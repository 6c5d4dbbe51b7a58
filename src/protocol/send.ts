/**
 * Messages and control frames on their way out, in either role (RFC 6455 §5.1, §5.4, §5.5).
 * In: payloads. Out: frames, in the output. Fails: throws at what is not a payload, or out of order; then nothing was put out.
 */
import type { Compression } from './deflate/codec.ts';
import { Deflater } from './deflate/deflater.ts';
import { firstByte, type Output, writeFrame, writeTextFrame } from './frame/encode.ts';
import type { KeySource } from './frame/mask-keys.ts';
import * as opcode from './frame/opcode.ts';
import { PreparedMessage } from './frame/prepared.ts';
import type { TextPort } from './message/text.ts';
import { UsageError } from './usage-error.ts';

/** Where in a message a fragment stands, and of what kind the message is. */
export interface FragmentPlace {
  readonly first: boolean;
  readonly last: boolean;
  readonly text: boolean;
}

export class Sender {
  private readonly output: Output;
  private readonly port: TextPort;
  private readonly keys: KeySource | undefined;
  private readonly deflater: Deflater | undefined;
  private isMidway = false;

  /**
   * @param keys Undefined for a server: its frames carry no mask (§5.1).
   * @param compression Undefined when none is agreed.
   */
  constructor(
    output: Output,
    port: TextPort,
    keys: KeySource | undefined,
    compression?: Compression,
  ) {
    this.output = output;
    this.port = port;
    this.keys = keys;
    this.deflater = compression && new Deflater(compression, output, keys);
  }

  /** Bytes of messages that are being compressed, or wait for one that is. */
  get waitingBytes(): number {
    return this.deflater?.waitingBytes ?? 0;
  }

  /** Frames that are being compressed, or wait for one that is. */
  get waitingFrames(): number {
    return this.deflater?.waitingFrames ?? 0;
  }

  /** Frames that did so and stand in the output now, all told. */
  get passedFrames(): number {
    return this.deflater?.passedFrames ?? 0;
  }

  text(payload: string, compress = true): void {
    if (typeof payload !== 'string') {
      throw new UsageError('PAYLOAD_INVALID', 'a text must be a string');
    }
    this.mustBeBetweenMessages();
    if (this.deflater !== undefined) {
      const length = this.port.byteLength(payload);
      if (this.deflater.wants(length, compress)) {
        const bytes = new Uint8Array(length);
        this.port.write(payload, bytes, 0, length);
        this.deflater.message(opcode.text, bytes, compress, true);
        return;
      }
    }
    const first = firstByte(opcode.text, true);
    writeTextFrame(this.output, first, payload, this.port, this.keys?.next());
  }

  bytes(payload: Uint8Array, text: boolean, compress = true): void {
    mustBeBytes(payload);
    this.mustBeBetweenMessages();
    const kind = text ? opcode.text : opcode.binary;
    if (this.deflater?.wants(payload.length, compress)) {
      this.deflater.message(kind, payload, compress, false);
    } else {
      this.frame(kind, true, payload);
    }
  }

  prepared(message: PreparedMessage, compress = true): void {
    if (!(message instanceof PreparedMessage)) {
      throw new UsageError('PAYLOAD_INVALID', 'a PreparedMessage is needed');
    }
    this.mustBeBetweenMessages();
    if (this.deflater?.wants(message.length, compress)) {
      this.deflater.prepared(message, compress);
    } else if (this.keys !== undefined) {
      this.frame(message.text ? opcode.text : opcode.binary, true, message.payload);
    } else {
      this.output.append(message.frame);
    }
  }

  fragment(payload: Uint8Array, { first, last, text }: FragmentPlace): void {
    mustBeBytes(payload);
    if (first === this.isMidway) {
      throw new UsageError(
        'FRAGMENT_OUT_OF_ORDER',
        'the first fragment begins a message, the last ends it',
      );
    }
    this.isMidway = !last;
    const kind = first ? (text ? opcode.text : opcode.binary) : opcode.continuation;
    this.inOrder(kind, last, payload);
  }

  /** May stand between the fragments of a message (§5.4). */
  control(kind: number, payload: Uint8Array): void {
    mustBeBytes(payload);
    if (payload.length > 125) {
      throw new UsageError('CONTROL_TOO_LONG', 'a control frame may carry 125 bytes at most');
    }
    // Pings and pongs may pass what waits, a Close may not.
    if (kind === opcode.close) {
      this.inOrder(kind, true, payload);
    } else {
      this.frame(kind, true, payload);
    }
  }

  /** Runs it when everything that was sent stands in the output, which may be now. */
  afterwards(run: () => void): void {
    if (this.deflater === undefined) {
      run();
    } else {
      this.deflater.afterwards(run);
    }
  }

  /** Forgets what does not stand in the output yet, except for a Close frame. */
  drop(): void {
    this.deflater?.drop();
  }

  /** Behind everything that was sent before. */
  private inOrder(kind: number, final: boolean, payload: Uint8Array): void {
    if (this.deflater?.isBusy) {
      this.deflater.frame(firstByte(kind, final), payload);
    } else {
      this.frame(kind, final, payload);
    }
  }

  private frame(kind: number, final: boolean, payload: Uint8Array): void {
    writeFrame(this.output, firstByte(kind, final), payload, this.keys?.next());
  }

  private mustBeBetweenMessages(): void {
    if (this.isMidway) {
      throw new UsageError(
        'FRAGMENT_OUT_OF_ORDER',
        'a message is being sent in fragments; end it first',
      );
    }
  }
}

/** Anything else has a `length` that is not its bytes, or none: memory that nobody filled would go out (THREATS B5). */
function mustBeBytes(payload: Uint8Array): void {
  if (!(payload instanceof Uint8Array) || (payload.length === 0 && isDetached(payload.buffer))) {
    throw new UsageError('PAYLOAD_INVALID', 'a payload must be a Uint8Array whose memory is there');
  }
}

/** Only asked of what looks empty: memory that was transferred elsewhere has no length. */
function isDetached(memory: ArrayBufferLike): boolean {
  try {
    return new Uint8Array(memory).length < 0;
  } catch {
    return true;
  }
}
