/**
 * Bytes of a peer become messages and control frames (RFC 6455 §5).
 * In: chunks, cut anywhere. Out: calls on an inbox, in order, during `read`. Fails: `inbox.fault`, once, as soon as the header
 * is wrong or a byte cannot be UTF-8; what follows is ignored. Whatever the chunks, the same bytes give the same calls.
 */
import type { Fault } from './closing.ts';
import { faults } from './faults.ts';
import { FrameHeader } from './frame/header.ts';
import { mask, rotateKey } from './frame/mask.ts';
import * as opcode from './frame/opcode.ts';
import { HeldBytes } from './held-bytes.ts';
import type { FrameRules, Inbox, ReceiverPorts } from './inbox.ts';
import { Assembler } from './message/assemble.ts';
import { isWorthKeeping } from './message/keeping.ts';
import type { MessageMemory } from './message/memory.ts';
import { Passage } from './message/passage.ts';
import type { TextPort } from './message/text.ts';
import type { LimitOptions } from './options.ts';

export class Receiver {
  /** The first two bytes of the header that was read last, as one number; what is not here yet counts as 0. */
  lastHeader = 0;
  private readonly header: FrameHeader;
  private readonly limits: Required<LimitOptions>;
  private readonly port: TextPort;
  private readonly inbox: Inbox;
  private readonly memory: MessageMemory | undefined;
  /** Made when the first message comes in pieces: an idle connection does without. */
  private assembler: Assembler | undefined;
  /** Since `tellPieces`. */
  private passage: Passage | undefined;
  /** A header, or the payload of a control frame, of which a part is here. */
  private partial: Uint8Array | undefined;
  private partialLength = 0;
  /** Bytes of the current frame's payload that are still to come; -1 between frames. */
  private remaining = -1;
  private stopped = false;
  private ended = false;
  private held: HeldBytes | undefined;
  /** The present chunk is ours, and may be kept or handed on. */
  private isGiven = false;

  constructor(
    { expectsMask, mayCompress }: FrameRules,
    limits: Required<LimitOptions>,
    { text, memory }: ReceiverPorts,
    inbox: Inbox,
  ) {
    this.memory = memory;
    this.header = new FrameHeader(expectsMask, mayCompress);
    this.limits = limits;
    this.port = text;
    this.inbox = inbox;
  }

  /** A frame or a message has begun and not ended. */
  get isMidway(): boolean {
    return this.remaining >= 0 || this.partialLength > 0 || this.isMessageOpen;
  }

  /**
   * From the next message on, messages are told in pieces, as they come, and only `maxBytes` limits them. One that has begun is
   * still told whole.
   */
  tellPieces(maxBytes: number): void {
    this.passage ??= new Passage(this.port);
    this.passage.limit(maxBytes);
  }

  private get isMessageOpen(): boolean {
    return (this.assembler?.isOpen ?? false) || (this.passage?.isOpen ?? false);
  }

  /** Bytes that were read but not looked at, because `stop` was called. */
  get heldBytes(): number {
    return this.held?.length ?? 0;
  }

  /** Takes the chunk, which is unmasked in place. Nothing of it is kept after the call, unless it `isGiven`. */
  read(chunk: Uint8Array, isGiven: boolean): void {
    this.isGiven = isGiven;
    const at = this.readUntilStopped(chunk, 0, chunk.length);
    this.isGiven = false;
    if (at < chunk.length && !this.ended) {
      this.held ??= new HeldBytes();
      this.held.add(chunk, at);
    }
  }

  /** Nothing more is told until `resume`; also from inside a call on the inbox. */
  stop(): void {
    this.stopped = true;
  }

  resume(): void {
    if (this.ended) {
      return;
    }
    this.stopped = false;
    const { held } = this;
    if (held === undefined) {
      return;
    }
    // Out of sight meanwhile: who is told may stop and resume in one go.
    this.held = undefined;
    held.start = this.readUntilStopped(held.bytes, held.start, held.end);
    if (held.length > 0 && !this.ended) {
      this.held = held;
    }
  }

  /** Lets go of everything and ignores what follows. */
  end(): void {
    this.stopped = true;
    this.held = undefined;
    this.assembler = undefined;
    this.passage = undefined;
    this.partial = undefined;
    this.partialLength = 0;
    this.remaining = -1;
    this.ended = true;
  }

  /** Gives where it stopped: `end`, unless `stop` was called. */
  private readUntilStopped(chunk: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.stopped) {
      at = this.remaining < 0 ? this.readHeader(chunk, at, end) : this.readPayload(chunk, at, end);
    }
    return at;
  }

  private readHeader(chunk: Uint8Array, at: number, end: number): number {
    if (this.partialLength > 0) {
      return this.readSplitHeader(chunk, at, end);
    }
    const size = this.header.read(chunk, at, end);
    this.lastHeader = (chunk[at]! << 8) | (at + 1 < end ? chunk[at + 1]! : 0);
    if (size === 0) {
      this.partial ??= new Uint8Array(125);
      this.partial.set(chunk.subarray(at, end));
      this.partialLength = end - at;
      return end;
    }
    return size < 0 ? this.refuse(this.header.fault!, end) : this.beginFrame(chunk, at + size, end);
  }

  /** A header that came in several chunks is put together byte by byte: fourteen of them at the most. */
  private readSplitHeader(chunk: Uint8Array, at: number, end: number): number {
    const partial = this.partial!;
    partial[this.partialLength] = chunk[at]!;
    this.partialLength += 1;
    this.lastHeader = (partial[0]! << 8) | (this.partialLength > 1 ? partial[1]! : 0);
    const size = this.header.read(partial, 0, this.partialLength);
    if (size === 0) {
      return at + 1;
    }
    this.partialLength = 0;
    return size < 0 ? this.refuse(this.header.fault!, end) : this.beginFrame(chunk, at + 1, end);
  }

  private beginFrame(chunk: Uint8Array, at: number, end: number): number {
    const { header } = this;
    if (!opcode.isControl(header.opcode)) {
      const refused = this.beginData(end - at >= header.length);
      if (refused !== undefined) {
        return this.refuse(refused, end);
      }
    }
    this.remaining = header.length;
    return header.length === 0 || at < end ? this.readPayload(chunk, at, end) : at;
  }

  /** A message that is whole in this chunk needs no assembler. */
  private beginData(isHere: boolean): Fault | undefined {
    const { header, limits, passage } = this;
    const isOpen = this.isMessageOpen;
    if (isOpen !== (header.opcode === opcode.continuation)) {
      return isOpen ? faults.CONTINUATION_EXPECTED : faults.CONTINUATION_UNEXPECTED;
    }
    // What is compressed is told when it is whole.
    if (passage !== undefined && passage.isOpen === isOpen && !header.compressed) {
      return passage.beginFrame(header.opcode === opcode.text, header.length);
    }
    // Beyond 2^53 a length is not exact, so where the payload ends, and its key turns, could not be known.
    if (header.length > Math.min(limits.maxFrameBytes, Number.MAX_SAFE_INTEGER)) {
      return faults.FRAME_TOO_BIG;
    }
    if (!isOpen) {
      if (header.length > limits.maxMessageBytes) {
        return faults.MESSAGE_TOO_BIG;
      }
      if (header.final && isHere) {
        return undefined;
      }
      this.assembler ??= new Assembler(limits, this.port, this.memory);
      this.assembler.begin(header.opcode === opcode.text, header.compressed);
    }
    return this.assembler!.expect(header.length);
  }

  private readPayload(chunk: Uint8Array, at: number, end: number): number {
    const { header } = this;
    const stop = Math.min(end, at + this.remaining);
    const offset = header.length - this.remaining;
    if (header.masked) {
      mask(chunk, at, stop, rotateKey(header.key, offset));
    }
    this.remaining -= stop - at;
    if (opcode.isControl(header.opcode)) {
      this.control(chunk, at, stop, offset);
    } else if (this.assembler?.isOpen ?? false) {
      this.piece(this.assembler!, chunk, at, stop);
    } else if (this.passage?.isOpen ?? false) {
      this.pass(this.passage!, chunk, at, stop);
    } else {
      this.whole(chunk, at, stop);
    }
    return this.ended ? end : stop;
  }

  private whole(chunk: Uint8Array, at: number, stop: number): void {
    this.remaining = -1;
    const text = this.header.opcode === opcode.text;
    if (this.header.compressed) {
      this.inbox.deflated(chunk, at, stop, text, false);
      return;
    }
    if (text && !this.port.isValid(chunk, at, stop)) {
      this.refuse(faults.INVALID_UTF8, stop);
      return;
    }
    this.inbox.data(chunk, at, stop, text, this.isGiven && isWorthKeeping(chunk, at, stop));
  }

  private piece(assembler: Assembler, chunk: Uint8Array, at: number, stop: number): void {
    const isLast = this.remaining === 0;
    let refused = assembler.push(chunk, at, stop, this.remaining, this.isGiven);
    if (refused === undefined && isLast) {
      this.remaining = -1;
      if (!this.header.final) {
        return;
      }
      refused = assembler.finish();
    }
    if (refused !== undefined) {
      this.refuse(refused, stop);
    } else if (isLast) {
      const { bytes, length, text, compressed, isLent } = assembler;
      assembler.release();
      if (compressed) {
        this.inbox.deflated(bytes, 0, length, text, !isLent);
      } else {
        this.inbox.data(bytes, 0, length, text, !isLent);
      }
      if (isLent) {
        assembler.giveBack(bytes);
      }
    }
  }

  private pass(passage: Passage, chunk: Uint8Array, at: number, stop: number): void {
    const isFrameOver = this.remaining === 0;
    if (isFrameOver) {
      this.remaining = -1;
    }
    const isLast = isFrameOver && this.header.final;
    const { text, isFirst } = passage;
    const refused = passage.pass(chunk, at, stop, isLast);
    if (refused !== undefined) {
      this.refuse(refused, stop);
    } else if (stop > at || isFirst || isLast) {
      passage.isFirst = false;
      this.inbox.piece(chunk, at, stop, text, isFirst, isLast);
    }
  }

  private control(chunk: Uint8Array, at: number, stop: number, offset: number): void {
    const { header } = this;
    if (offset === 0 && this.remaining === 0) {
      this.remaining = -1;
      this.inbox.control(header.opcode, chunk, at, stop);
      return;
    }
    this.partial ??= new Uint8Array(125);
    this.partial.set(chunk.subarray(at, stop), offset);
    if (this.remaining === 0) {
      this.remaining = -1;
      this.inbox.control(header.opcode, this.partial, 0, header.length);
    }
  }

  private refuse(fault: Fault, end: number): number {
    this.end();
    this.inbox.fault(fault);
    return end;
  }
}
