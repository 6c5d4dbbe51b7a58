/**
 * Chance that can be had again: the same seed gives the same numbers.
 * In: a seed. Out: numbers. Cannot fail.
 */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
    // Neighbouring seeds begin alike: a few steps part them.
    this.next();
    this.next();
  }

  /** From 0 up to, not including, 1 (mulberry32, by Tommy Ettinger, public domain). */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<Thing>(things: readonly Thing[]): Thing {
    return things[this.between(0, things.length - 1)]!;
  }

  /** Chance of its own for one actor: what others ask for changes nothing in it. */
  fork(): Chance {
    return new Chance(this.next() * 2 ** 32);
  }

  readonly fill = (into: Uint8Array<ArrayBuffer>): void => {
    for (let at = 0; at < into.length; at += 1) {
      into[at] = this.next() * 256;
    }
  };

  hex(characters: number): string {
    let text = '';
    while (text.length < characters) {
      text += (this.next() * 2 ** 32).toString(16).padStart(8, '0');
    }
    return text.slice(0, characters);
  }
}
