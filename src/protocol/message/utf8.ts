/**
 * UTF-8 checked as it arrives, so that a wrong byte is refused at once and not at the end of its message (RFC 6455 §8.1,
 * RFC 3629).
 * In: stretches of bytes. Out: whether they can still be valid. Cannot fail.
 */

/** Checks one whole range. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  return step(start_, bytes, start, end) === start_;
}

/** Checks a text that arrives in pieces, which may split a character anywhere. */
export class Utf8Check {
  private state = start_;
  private readonly isValid: (bytes: Uint8Array, start: number, end: number) => boolean;

  /** @param isValid A fast check of whole ranges, for the bulk of large pieces. */
  constructor(isValid: (bytes: Uint8Array, start: number, end: number) => boolean) {
    this.isValid = isValid;
  }

  /** False as soon as no continuation could make the text valid. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && this.state !== start_) {
      this.state = step(this.state, bytes, at, at + 1);
      at += 1;
      if (this.state === wrong) {
        return false;
      }
    }
    const whole = lastBoundary(bytes, at, end);
    if (whole > at && !this.isValid(bytes, at, whole)) {
      return false;
    }
    this.state = step(this.state, bytes, Math.max(at, whole), end);
    return this.state !== wrong;
  }

  /** Whether the text may end here: no character is half told. */
  get isComplete(): boolean {
    return this.state === start_;
  }

  reset(): void {
    this.state = start_;
  }
}

// The states are what may come next: how many continuation bytes, and what the first of them must be (RFC 3629 §4).
const start_ = 0;
const wrong = 1;
const one = 2;
const two = 3;
const three = 4;
const afterE0 = 5; // A0 to BF: anything less would be an overlong form
const afterEd = 6; // 80 to 9F: anything more would be a surrogate
const afterF0 = 7; // 90 to BF: anything less would be an overlong form
const afterF4 = 8; // 80 to 8F: anything more would be past U+10FFFF

function step(from: number, bytes: Uint8Array, start: number, end: number): number {
  let state = from;
  for (let at = start; at < end && state !== wrong; at += 1) {
    const byte = bytes[at]!;
    if (state === start_) {
      state = byte < 0x80 ? start_ : lead(byte);
    } else {
      state = follow(state, byte);
    }
  }
  return state;
}

function lead(byte: number): number {
  if (byte >= 0xc2 && byte <= 0xdf) return one;
  if (byte === 0xe0) return afterE0;
  if (byte === 0xed) return afterEd;
  if (byte >= 0xe1 && byte <= 0xef) return two;
  if (byte === 0xf0) return afterF0;
  if (byte >= 0xf1 && byte <= 0xf3) return three;
  if (byte === 0xf4) return afterF4;
  return wrong;
}

function follow(state: number, byte: number): number {
  if (byte < 0x80 || byte > 0xbf) return wrong;
  if (state === one) return start_;
  if (state === two) return one;
  if (state === three) return two;
  if (state === afterE0) return byte >= 0xa0 ? one : wrong;
  if (state === afterEd) return byte <= 0x9f ? one : wrong;
  if (state === afterF0) return byte >= 0x90 ? two : wrong;
  return byte <= 0x8f ? two : wrong;
}

/** Where the last character that may be incomplete begins: at most three bytes before `end`, never before `start`. */
function lastBoundary(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back += 1) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) {
      return end;
    }
    if (byte >= 0xc0) {
      return end - back;
    }
  }
  return end;
}
