/**
 * A message in pieces becomes one (RFC 6455 §5.4).
 * In: stretches of payload, as they arrive. Out: one run of bytes that nobody else holds. Fails: with a fault at the limit, or
 * at the first byte that cannot be UTF-8.
 * Pieces are copied together, so that no small piece keeps a large read alive, and however many there are cost what they carry.
 */
import type { Fault } from '../closing.ts';
import { faults } from '../faults.ts';
import type { LimitOptions } from '../options.ts';
import type { MessageMemory } from './memory.ts';
import type { TextPort } from './text.ts';
import { Utf8Check } from './utf8.ts';

/** Below this size a frame's whole declared length is set aside at once; above, memory grows with what has arrived. */
const trustedBytes = 65_536;

export class Assembler {
  /** Between the first frame of a message and its last byte. */
  isOpen = false;
  text = false;
  /** What is collected is compressed: whether it is UTF-8 is seen later. */
  compressed = false;
  bytes: Uint8Array = empty;
  length = 0;

  private readonly limits: Required<LimitOptions>;
  private readonly utf8: Utf8Check;
  private readonly memory: MessageMemory | undefined;
  private fragments = 0;
  /** Bytes of payload that were announced so far. */
  private announced = 0;

  constructor(limits: Required<LimitOptions>, port: TextPort, memory?: MessageMemory) {
    this.memory = memory;
    this.limits = limits;
    this.utf8 = new Utf8Check((bytes, start, end) => port.isValid(bytes, start, end));
  }

  begin(text: boolean, compressed = false): void {
    this.isOpen = true;
    this.text = text;
    this.compressed = compressed;
    this.length = 0;
    this.fragments = 0;
    this.announced = 0;
    this.utf8.reset();
  }

  /** A frame of this message announces `length` bytes. Refused before anything is set aside for it. */
  expect(length: number): Fault | undefined {
    const { maxFragments, fragmentChargeBytes, maxMessageBytes } = this.limits;
    // The frames after the first, what they cost besides what they carry.
    const charged = this.fragments * fragmentChargeBytes;
    this.fragments += 1;
    this.announced += length;
    if (this.fragments > maxFragments || charged > maxMessageBytes) {
      return faults.TOO_MANY_FRAGMENTS;
    }
    if (this.announced > maxMessageBytes) {
      return faults.MESSAGE_TOO_BIG;
    }
    this.reserve(Math.min(length, trustedBytes), length);
    return undefined;
  }

  /** Takes a stretch of the announced bytes, unmasked. `ahead` is how many of this frame are still to come. */
  push(bytes: Uint8Array, start: number, end: number, ahead: number): Fault | undefined {
    const length = end - start;
    if (this.text && !this.compressed && !this.utf8.push(bytes, start, end)) {
      return faults.INVALID_UTF8;
    }
    this.reserve(length, length + ahead);
    copy(bytes, start, end, this.bytes, this.length);
    this.length += length;
    return undefined;
  }

  /** The last frame is whole. The bytes stay until `release`. */
  finish(): Fault | undefined {
    return this.text && !this.compressed && !this.utf8.isComplete ? faults.INVALID_UTF8 : undefined;
  }

  /** Lets go of the bytes: whoever was handed them owns them now. */
  release(): void {
    this.isOpen = false;
    this.bytes = empty;
    this.length = 0;
  }

  /** The memory of the present message is only lent to whoever is told of it. */
  get isLent(): boolean {
    return this.memory?.lends(this.text) ?? false;
  }

  /** The bytes of a message that was told and that was lent. */
  giveBack(bytes: Uint8Array): void {
    if (bytes !== empty) {
      this.memory?.give(bytes);
    }
  }

  /**
   * Room for `now` more bytes; when the buffer must grow, it doubles: within a first frame never past what that announced,
   * after it never past the limit. Growing by what a frame announces would copy the whole message once per fragment.
   */
  private reserve(now: number, expected: number): void {
    const needed = this.length + now;
    if (needed <= this.bytes.length) {
      return;
    }
    const most = this.fragments > 1 ? this.limits.maxMessageBytes : this.length + expected;
    const doubled = Math.min(most, Math.max(this.bytes.length * 2, 256));
    const lent = this.isLent ? this.memory?.take(needed, this.length + expected) : undefined;
    // What is used again is there already: then there is no need to grow in steps.
    const size = Math.max(needed, doubled);
    const grown = lent ?? this.memory?.make(size) ?? new Uint8Array(size);
    copy(this.bytes, 0, this.length, grown, 0);
    if (this.isLent) {
      this.giveBack(this.bytes);
    }
    this.bytes = grown;
  }
}

const empty: Uint8Array = new Uint8Array(0);

function copy(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void {
  if (end - start < 32) {
    for (let i = start; i < end; i += 1) {
      into[at + i - start] = from[i]!;
    }
  } else {
    into.set(from.subarray(start, end), at);
  }
}
