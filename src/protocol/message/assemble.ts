/**
 * A message in pieces becomes one (RFC 6455 §5.4).
 * In: stretches of payload, as they arrive. Out: one run of bytes that nobody else holds. Fails: with a fault at the limit, or
 * at the first byte that cannot be UTF-8.
 * Small pieces are copied together, so that none keeps a large read alive, and however many there are cost what they carry. Of a
 * large message each byte is moved once, when the last is here.
 */
import type { Fault } from '../closing.ts';
import { faults } from '../faults.ts';
import type { LimitOptions } from '../options.ts';
import type { MessageMemory } from './memory.ts';
import type { TextPort } from './text.ts';
import { Utf8Check } from './utf8.ts';

/** Memory grows with what has arrived, in steps of this size at the most. */
const blockBytes = 65_536;
const leastBytes = 256;

/** Below this size what arrived is copied next to its neighbours, also where its chunk could be kept. */
const keptBytes = 4096;

export class Assembler {
  /** Between the first frame of a message and its last byte. */
  isOpen = false;
  text = false;
  /** What is collected is compressed: whether it is UTF-8 is seen later. */
  compressed = false;
  /** What is being filled; after `finish` the whole message, from its first byte on. */
  bytes: Uint8Array = empty;
  /** What stands before `bytes`. */
  parts: Uint8Array[] = none;
  /** Of the message, so far. */
  length = 0;

  private readonly limits: Required<LimitOptions>;
  private readonly utf8: Utf8Check;
  private readonly memory: MessageMemory | undefined;
  /** How long `parts` are. */
  private partsLength = 0;
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
    return undefined;
  }

  /**
   * Takes a stretch of the announced bytes, unmasked. `ahead` is how many of this frame are still to come. `isGiven`: the memory of
   * `bytes` may be kept, and is where it is worth it.
   */
  push(
    bytes: Uint8Array,
    start: number,
    end: number,
    ahead: number,
    isGiven = false,
  ): Fault | undefined {
    const length = end - start;
    if (this.text && !this.compressed && !this.utf8.push(bytes, start, end)) {
      return faults.INVALID_UTF8;
    }
    // Half of what is kept is payload at the least.
    if (isGiven && length >= keptBytes && 2 * length >= bytes.length && !this.isLent) {
      this.setAside();
      this.keep(bytes.subarray(start, end));
    } else {
      this.add(bytes, start, end, ahead);
    }
    this.length += length;
    return undefined;
  }

  /** The last frame is whole. The bytes stay until `release`. */
  finish(): Fault | undefined {
    if (this.text && !this.compressed && !this.utf8.isComplete) {
      return faults.INVALID_UTF8;
    }
    if (this.parts !== none) {
      this.join();
    }
    return undefined;
  }

  /** Lets go of the bytes: whoever was handed them owns them now. */
  release(): void {
    this.isOpen = false;
    this.bytes = empty;
    this.length = 0;
    this.parts = none;
    this.partsLength = 0;
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

  private add(bytes: Uint8Array, start: number, end: number, ahead: number): void {
    let at = start;
    while (at < end) {
      const filled = this.length + (at - start) - this.partsLength;
      const now = Math.min(end - at, this.reserve(filled, end - at, end - at + ahead));
      copy(bytes, at, at + now, this.bytes, filled);
      at += now;
      if (filled + now === blockBytes && !this.isLent) {
        this.keep(this.bytes);
        this.bytes = empty;
      }
    }
  }

  /** Makes room for `now` more bytes behind the `filled` that are in `bytes`, or for some of them. Gives how many. */
  private reserve(filled: number, now: number, expected: number): number {
    const needed = filled + now;
    if (needed > this.bytes.length && (this.bytes.length < blockBytes || this.isLent)) {
      this.grow(filled, needed, filled + expected);
    }
    return this.bytes.length - filled;
  }

  /**
   * When `bytes` must grow, it doubles, and what stands in it is copied: up to a block, of which then as many follow as are
   * needed. Within a first frame never past what that announced.
   */
  private grow(filled: number, needed: number, expected: number): void {
    const most = this.fragments > 1 ? this.limits.maxMessageBytes : expected;
    const doubled = Math.min(most, Math.max(this.bytes.length * 2, leastBytes));
    const { isLent } = this;
    const lent = isLent ? this.memory?.take(needed, expected) : undefined;
    const size = Math.max(needed, doubled, Math.min(expected, blockBytes));
    const grown = lent ?? this.make(isLent ? size : Math.min(size, blockBytes));
    copy(this.bytes, 0, filled, grown, 0);
    if (isLent) {
      this.giveBack(this.bytes);
    }
    this.bytes = grown;
  }

  private make(bytes: number): Uint8Array {
    return this.memory?.make(bytes) ?? new Uint8Array(bytes);
  }

  private keep(part: Uint8Array): void {
    if (this.parts === none) {
      this.parts = [];
    }
    this.parts.push(part);
    this.partsLength += part.length;
  }

  /** What was filled so far becomes a part; of memory of its own size, where little of the present one was used. */
  private setAside(): void {
    const filled = this.length - this.partsLength;
    if (filled > 0) {
      const isWorth = 2 * filled >= this.bytes.length;
      this.keep(isWorth ? this.bytes.subarray(0, filled) : this.bytes.slice(0, filled));
      this.bytes = empty;
    }
  }

  private join(): void {
    this.setAside();
    const [first] = this.parts;
    this.bytes = this.parts.length === 1 ? first! : this.make(this.length);
    if (this.parts.length > 1) {
      let at = 0;
      for (const part of this.parts) {
        this.bytes.set(part, at);
        at += part.length;
      }
    }
    this.parts = none;
    this.partsLength = 0;
  }
}

const empty: Uint8Array = new Uint8Array(0);
/** What a message has that is in one piece. Never changed. */
const none: Uint8Array[] = [];

function copy(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void {
  if (end - start < 32) {
    for (let i = start; i < end; i += 1) {
      into[at + i - start] = from[i]!;
    }
  } else {
    into.set(from.subarray(start, end), at);
  }
}
