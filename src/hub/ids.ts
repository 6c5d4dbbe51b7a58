/**
 * Names that are never given twice, such as the ids of publications, which are the fence (wire/vocabulary).
 * In: the time of day and random bytes. Out: 26 characters: ten of time, then sixteen that carry 80 random bits. They sort by time,
 * to the millisecond. Fails as the source of bytes does.
 */
import type { Clock } from '../ground/clock.ts';

/** Fills the array it is given with bytes that nobody can foresee. */
export type RandomBytes = (into: Uint8Array<ArrayBuffer>) => void;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeCharacters = 10;
const randomCharacters = 16;

export const platformRandom: RandomBytes = (into) => {
  crypto.getRandomValues(into);
};

/** Asking the source costs more than an id, so bytes for many are fetched at once. Each is used once. */
export class Ids {
  private readonly clock: Clock;
  private readonly random: RandomBytes;
  private readonly pool = new Uint8Array(randomCharacters * 64);
  private at: number = this.pool.length;
  private lastMs = 0;

  constructor(clock: Clock, random: RandomBytes) {
    this.clock = clock;
    this.random = random;
  }

  next(): string {
    // The time of day may jump back; what sorts by it must not.
    this.lastMs = Math.max(this.lastMs, this.clock.wallMs());
    return timeText(this.lastMs) + this.randomText();
  }

  /** What nobody guesses: 160 random bits in 32 characters. */
  secret(): string {
    return this.randomText() + this.randomText();
  }

  /** A number from 0 up to, not including, 1. */
  chance(): number {
    const bytes = this.take(4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
    return view.getUint32(0) / 2 ** 32;
  }

  private randomText(): string {
    let text = '';
    // Five bits of each byte: simpler than packing, and bytes are cheap here.
    for (const byte of this.take(randomCharacters)) {
      text += alphabet[byte & 31]!;
    }
    return text;
  }

  private take(bytes: number): Uint8Array {
    if (this.at + bytes > this.pool.length) {
      this.random(this.pool);
      this.at = 0;
    }
    this.at += bytes;
    return this.pool.subarray(this.at - bytes, this.at);
  }
}

function timeText(wallMs: number): string {
  let text = '';
  let rest = Math.floor(wallMs);
  for (let i = 0; i < timeCharacters; i += 1) {
    text = alphabet[rest % 32]! + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
