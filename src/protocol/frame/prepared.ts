/**
 * A message encoded once, to be sent to many (RFC 6455 §5.1: frames of a server carry no mask, so they are alike).
 * In: a text or bytes. Out: the frame. Fails: throws at what is neither.
 */
import { PreparedForms } from '../deflate/prepared-forms.ts';
import { pureText, type TextPort } from '../message/text.ts';
import { UsageError } from '../usage-error.ts';
import { firstByte, headerBytes, writeHeader } from './encode.ts';
import * as opcode from './opcode.ts';

/** Good for any number of connections, in either role: a client masks a copy of its payload each time. */
export class PreparedMessage {
  /** The whole unmasked frame. Nobody may change it. */
  readonly frame: Uint8Array;
  readonly text: boolean;
  /** Bytes of payload. */
  readonly length: number;
  private readonly payloadAt: number;
  private compressed: PreparedForms | undefined;

  /**
   * @param message Bytes are copied: they may change afterwards.
   * @throws {UsageError} `PAYLOAD_INVALID` for what is neither a string nor a Uint8Array.
   */
  constructor(message: string | Uint8Array, port: TextPort = pureText) {
    if (typeof message !== 'string' && !(message instanceof Uint8Array)) {
      throw new UsageError('PAYLOAD_INVALID', 'a message is a string or a Uint8Array');
    }
    this.text = typeof message === 'string';
    const length = typeof message === 'string' ? port.byteLength(message) : message.length;
    this.length = length;
    this.frame = new Uint8Array(headerBytes(length, false) + length);
    const first = firstByte(this.text ? opcode.text : opcode.binary, true);
    this.payloadAt = writeHeader(this.frame, 0, first, length, undefined);
    if (typeof message === 'string') {
      port.write(message, this.frame, this.payloadAt, length);
    } else {
      this.frame.set(message, this.payloadAt);
    }
  }

  /** @internal Its compressed frames, made when they are needed. */
  get forms(): PreparedForms {
    const kind = this.text ? opcode.text : opcode.binary;
    this.compressed ??= new PreparedForms(this.frame, this.payload, kind);
    return this.compressed;
  }

  /** A view of the payload inside the frame. */
  get payload(): Uint8Array {
    return this.frame.subarray(this.payloadAt);
  }
}
