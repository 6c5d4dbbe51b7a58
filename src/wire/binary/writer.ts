/**
 * Fields into bytes, by a layout.
 * In: an object that has what its layout says. Out: bytes. Fails as JSON.stringify does, for values that JSON has no word for.
 */
import { isMaybe, type Kind, type Layout } from './layouts.ts';

/** What a `value` is, in the byte before it. */
export const asJson = 0;
export const asBytes = 1;

const encoder = new TextEncoder();

export class Writer {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** A copy of all that was written. */
  taken(): Uint8Array {
    return this.bytes.slice(0, this.length);
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

  /** With their length before them. */
  block(bytes: Uint8Array): void {
    this.whole(bytes.length);
    this.makeRoom(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  record(values: object, layout: Layout): void {
    const from = values as Readonly<Record<string, unknown>>;
    const fields = Object.entries(layout);
    const optional = fields.filter(([, kind]) => isMaybe(kind));
    if (optional.length > 0) {
      this.byte(bitsOf(optional.map(([name]) => from[name] !== undefined)));
    }
    for (const [name, kind] of fields) {
      if (!isMaybe(kind)) {
        this.field(from[name], kind);
      } else if (from[name] !== undefined) {
        this.field(from[name], kind.maybe);
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
        this.block(encoder.encode(value as string));
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
function bitsOf(flags: readonly boolean[]): number {
  return flags.reduce((bits, flag, at) => (flag ? bits + 2 ** at : bits), 0);
}
