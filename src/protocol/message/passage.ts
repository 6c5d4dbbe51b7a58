/**
 * A message that is told in pieces and never held (RFC 6455 §5.4).
 * In: what its frames announce, and their payload. Out: whether it may go on. Fails: with a fault at the limit, or at the first byte
 * that cannot be UTF-8. Keeps no byte: what a piece carries may be told at once, and no limit on memory is needed.
 */
import type { Fault } from '../closing.ts';
import { faults } from '../faults.ts';
import type { TextPort } from './text.ts';
import { Utf8Check } from './utf8.ts';

export class Passage {
  /** Between the first frame of a message and its last byte. */
  isOpen = false;
  text = false;
  /** Nothing of the message was told yet. */
  isFirst = false;

  private maxBytes: number = Number.MAX_SAFE_INTEGER;
  private readonly utf8: Utf8Check;
  private announced = 0;

  constructor(port: TextPort) {
    this.utf8 = new Utf8Check((bytes, start, end) => port.isValid(bytes, start, end));
  }

  /** Largest message, in bytes. Where a payload ends is not exact beyond 2^53, so that is the most. */
  limit(maxBytes: number): void {
    this.maxBytes = Math.min(maxBytes, Number.MAX_SAFE_INTEGER);
  }

  begin(text: boolean): void {
    this.isOpen = true;
    this.isFirst = true;
    this.text = text;
    this.announced = 0;
    this.utf8.reset();
  }

  /** A frame announces `length` bytes: of this message, or of a new one. */
  beginFrame(text: boolean, length: number): Fault | undefined {
    if (!this.isOpen) {
      this.begin(text);
    }
    return this.expect(length);
  }

  /** A frame of this message announces `length` bytes. */
  expect(length: number): Fault | undefined {
    this.announced += length;
    return this.announced > this.maxBytes ? faults.MESSAGE_TOO_BIG : undefined;
  }

  /** Looks at a stretch of the payload, unmasked. `last`: the message ends with it. */
  pass(bytes: Uint8Array, start: number, end: number, last: boolean): Fault | undefined {
    if (this.text && !(this.utf8.push(bytes, start, end) && (!last || this.utf8.isComplete))) {
      return faults.INVALID_UTF8;
    }
    this.isOpen = !last;
    return undefined;
  }
}
