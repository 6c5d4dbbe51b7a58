/**
 * Fields into bytes, by a layout.
 * In: an object that has what its layout says. Out: bytes. Fails as JSON.stringify does, for values that JSON has no word for.
 */
import { type Kind, type Layout, planOf } from './layouts.ts';

/** What a `value` is, in the byte before it. */
export const asJson = 0;
export const asBytes = 1;

/** Bytes of the longest length: more than any memory holds. */
const mostPrefix = 8;
/** Its length is one byte. */
const shortText = 0x80;

const encoder = new TextEncoder();

export class Writer {
  private bytes = new Uint8Array(512);
  private length = mostPrefix;

  /** All that was written, with its length before it. */
  framed(): Uint8Array {
    const end = this.length;
    const prefix = prefixLength(end - mostPrefix);
    // Room was left for it, and the rest of that room is left out.
    this.length = mostPrefix - prefix;
    this.whole(end - mostPrefix);
    return this.bytes.slice(mostPrefix - prefix, end);
  }

  byte(value: number): void {
    this.makeRoom(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  /** Seven bits in each byte, the lowest first; the eighth says that there is another byte. */
  whole(value: number): void {
    let rest = value;
    // By division: the operators on bits end at 32 of them.
    while (rest >= 0x80) {
      this.byte((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  record(values: object, layout: Layout): void {
    const from = values as Readonly<Record<string, unknown>>;
    const { fields, optional } = planOf(layout);
    if (optional.length > 0) {
      this.byte(bitsOf(optional, from));
    }
    for (const { name, kind, isOptional } of fields) {
      const value = from[name];
      if (!isOptional || value !== undefined) {
        this.field(value, kind);
      }
    }
  }

  private field(value: unknown, kind: Kind): void {
    if (typeof kind === 'object') {
      this.nested(value, kind);
      return;
    }
    switch (kind) {
      case 'whole':
        this.whole(value as number);
        break;
      case 'number':
        this.number(value as number);
        break;
      case 'text':
        this.text(value as string);
        break;
      case 'flag':
        this.byte(value === true ? 1 : 0);
        break;
      case 'value':
        this.value(value);
        break;
      case 'json':
        this.block(jsonOf(value));
        break;
      case 'mark':
        break;
    }
  }

  private nested(value: unknown, kind: Exclude<Kind, string>): void {
    if ('record' in kind) {
      this.record(value as object, kind.record);
      return;
    }
    const items = value as readonly unknown[];
    this.whole(items.length);
    for (const item of items) {
      this.field(item, kind.list);
    }
  }

  /** With their length before them. */
  private block(bytes: Uint8Array): void {
    this.whole(bytes.length);
    this.makeRoom(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Most are short, and of characters that are a byte each: then asking the encoder would cost more than it does. */
  private text(text: string): void {
    const start = this.length;
    if (text.length < shortText) {
      this.makeRoom(text.length + 1);
      this.byte(text.length);
      let at = 0;
      while (at < text.length && text.charCodeAt(at) < 0x80) {
        this.bytes[this.length + at] = text.charCodeAt(at);
        at += 1;
      }
      this.length += at;
      if (at === text.length) {
        return;
      }
    }
    this.length = start;
    this.block(encoder.encode(text));
  }

  /** As IEEE 754 has it, in 8 bytes, the highest first. */
  private number(value: number): void {
    this.makeRoom(8);
    new DataView(this.bytes.buffer).setFloat64(this.length, value);
    this.length += 8;
  }

  private value(value: unknown): void {
    const isBytes = value instanceof Uint8Array;
    this.byte(isBytes ? asBytes : asJson);
    this.block(isBytes ? value : jsonOf(value));
  }

  private makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed > this.bytes.length) {
      const wider = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      wider.set(this.bytes.subarray(0, this.length));
      this.bytes = wider;
    }
  }
}

/** What JSON has no word for, such as a function, is written as nothing, and refused where it is read. */
function jsonOf(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** The first is the lowest bit. */
function bitsOf(names: readonly string[], values: Readonly<Record<string, unknown>>): number {
  let bits = 0;
  for (const [place, name] of names.entries()) {
    bits += values[name] === undefined ? 0 : 2 ** place;
  }
  return bits;
}

function prefixLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    length += 1;
  }
  return length;
}
