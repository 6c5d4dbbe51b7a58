/**
 * Messages and control frames on their way out, in either role (RFC 6455 §5.1, §5.4, §5.5).
 * In: payloads. Out: frames, in the output. Fails: throws at what is not a payload, or out of order; then nothing was put out.
 */
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
  private isMidway = false;

  /** @param keys Undefined for a server: its frames carry no mask (§5.1). */
  constructor(output: Output, port: TextPort, keys: KeySource | undefined) {
    this.output = output;
    this.port = port;
    this.keys = keys;
  }

  text(payload: string): void {
    if (typeof payload !== 'string') {
      throw new UsageError('PAYLOAD_INVALID', 'a text must be a string');
    }
    this.mustBeBetweenMessages();
    const first = firstByte(opcode.text, true);
    writeTextFrame(this.output, first, payload, this.port, this.keys?.next());
  }

  bytes(payload: Uint8Array, text: boolean): void {
    mustBeBytes(payload);
    this.mustBeBetweenMessages();
    this.frame(text ? opcode.text : opcode.binary, true, payload);
  }

  prepared(message: PreparedMessage): void {
    if (!(message instanceof PreparedMessage)) {
      throw new UsageError('PAYLOAD_INVALID', 'a PreparedMessage is needed');
    }
    if (this.keys !== undefined) {
      this.bytes(message.payload, message.text);
      return;
    }
    this.mustBeBetweenMessages();
    this.output.append(message.frame);
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
    this.frame(kind, last, payload);
  }

  /** May stand between the fragments of a message (§5.4). */
  control(kind: number, payload: Uint8Array): void {
    mustBeBytes(payload);
    if (payload.length > 125) {
      throw new UsageError('CONTROL_TOO_LONG', 'a control frame may carry 125 bytes at most');
    }
    this.frame(kind, true, payload);
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
