/**
 * What waits for one client between its requests: events, numbered from 1, each kept until the client says that it has come.
 * In: events. Out: those after a number. Fails: a number that was never given is said to be none.
 */
import { payloadLines } from '../ground/payload-events.ts';
import type { Payload } from '../ports/index.ts';

/** The lines of an event, without its number. Made once for all mailboxes that it goes to. */
export interface Letter {
  readonly lines: string;
  readonly bytes: number;
}

export function letterOf(payload: Payload): Letter {
  return letter(payloadLines(payload));
}

export function letter(lines: string): Letter {
  return { lines, bytes: Buffer.byteLength(lines) };
}

/** What is to be sent, and the number of its last event. */
export interface Post {
  readonly text: string;
  readonly last: number;
}

export class Mailbox {
  /** Of all that is kept. */
  bytes = 0;
  private letters: Letter[] = [];
  /** The number of the last letter that was taken out. */
  private gone = 0;

  /** The number of the last letter that was put in; 0 before the first. */
  get last(): number {
    return this.gone + this.letters.length;
  }

  put(one: Letter): void {
    this.letters.push(one);
    this.bytes += one.bytes;
  }

  /** Everything up to this number has come. False: no such letter was ever put in. */
  acknowledge(number: number): boolean {
    if (number > this.last) {
      return false;
    }
    const count = number - this.gone;
    if (count > 0) {
      for (const { bytes } of this.letters.splice(0, count)) {
        this.bytes -= bytes;
      }
      this.gone = number;
    }
    return true;
  }

  /** As many letters after this number as have room, one at least; undefined when there is none. */
  after(number: number, maxBytes: number): Post | undefined {
    const first = Math.max(number, this.gone) - this.gone;
    let text = '';
    let bytes = 0;
    let at = first;
    for (; at < this.letters.length; at += 1) {
      const one = this.letters[at]!;
      if (at > first && bytes + one.bytes > maxBytes) {
        break;
      }
      bytes += one.bytes;
      text += `id: ${this.gone + at + 1}\n${one.lines}\n`;
    }
    return at === first ? undefined : { text, last: this.gone + at };
  }
}
