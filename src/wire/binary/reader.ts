/**
 * Bytes into fields, by a layout. Nothing that the bytes declare is believed: every length and count is held against what is left.
 * In: bytes from outside. Out: values. Never throws: the first wrong thing is named in `problem`, and what was returned in its place is
 * a stand-in that nobody may use.
 */
import { copyOf } from '../../ground/bytes.ts';
import { isDeeperThan } from '../json.ts';
import { type Kind, type Layout, planOf } from './layouts.ts';
import { asBytes, asJson } from './writer.ts';

/** Seven bits each: more than 53 are no safe number. */
const longestWhole = 8;
/** Up to this length, in bytes, asking the decoder costs more than it does. */
const shortText = 64;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Reader {
  /** What is wrong first. It repeats nothing of what came. */
  problem: string | undefined;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) {
      this.note('the message ends too early');
      return 0;
    }
    this.at += 1;
    return byte;
  }

  whole(): number {
    let value = 0;
    for (let place = 0; place < longestWhole; place += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) {
        if (byte === 0 && place > 0) {
          this.note('a number is longer than it need be');
        }
        return this.safe(value);
      }
    }
    this.note('a number is too large');
    return 0;
  }

  /** The bytes after their length: not a copy. */
  block(): Uint8Array {
    const length = this.whole();
    if (length > this.left) {
      this.note('a length goes beyond the end');
      return new Uint8Array(0);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** `room`: how deep objects and lists may stand in each other in a value of this record. */
  record(layout: Layout, room: number): Record<string, unknown> {
    const { fields, optional } = planOf(layout);
    let bits = optional.length > 0 ? this.byte() : 0;
    if (bits >= 2 ** optional.length) {
      this.note('there is a field that this version does not have');
    }
    const values: Record<string, unknown> = {};
    for (const { name, kind, isOptional } of fields) {
      if (!isOptional || bits % 2 === 1) {
        values[name] = this.field(kind, room);
      }
      bits = isOptional ? Math.floor(bits / 2) : bits;
    }
    return values;
  }

  private field(kind: Kind, room: number): unknown {
    if (typeof kind === 'object') {
      return 'record' in kind ? this.record(kind.record, room - 1) : this.list(kind.list, room - 1);
    }
    switch (kind) {
      case 'whole':
        return this.whole();
      case 'number':
        return this.number();
      case 'text':
        return this.text(this.block());
      case 'flag':
        return this.flag();
      case 'value':
        return this.value(room);
      case 'json':
        return this.json(room);
      case 'mark':
        return true;
    }
  }

  private list(kind: Kind, room: number): unknown[] {
    const count = this.whole();
    // No item is shorter than a byte.
    if (count > this.left) {
      this.note('a count goes beyond the end');
    }
    const items: unknown[] = [];
    while (items.length < count && this.problem === undefined) {
      items.push(this.field(kind, room));
    }
    return items;
  }

  private number(): number {
    const { buffer, byteOffset } = this.bytes;
    if (this.left < 8) {
      this.note('the message ends too early');
      return 0;
    }
    this.at += 8;
    return new DataView(buffer, byteOffset).getFloat64(this.at - 8);
  }

  private flag(): boolean {
    const byte = this.byte();
    if (byte > 1) {
      this.note('a flag is neither 0 nor 1');
    }
    return byte === 1;
  }

  private value(room: number): unknown {
    const tag = this.byte();
    if (tag === asBytes) {
      return copyOf(this.block());
    }
    if (tag !== asJson) {
      this.note('a value is neither JSON nor bytes');
    }
    return this.json(room);
  }

  private json(room: number): unknown {
    const text = this.text(this.block());
    if (isDeeperThan(room, text)) {
      this.note('a value is nested too deep');
      return null;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      this.note('a value is not JSON');
      return null;
    }
  }

  private text(bytes: Uint8Array): string {
    const short = bytes.length <= shortText ? plainText(bytes) : undefined;
    if (short !== undefined) {
      return short;
    }
    try {
      return decoder.decode(bytes);
    } catch {
      this.note('a text is not UTF-8');
      return '';
    }
  }

  private safe(value: number): number {
    if (Number.isSafeInteger(value)) {
      return value;
    }
    this.note('a number is too large');
    return 0;
  }

  private note(problem: string): void {
    this.problem ??= problem;
  }
}

/** Of bytes that are a character each; undefined if one is not. */
function plainText(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x80) {
      return undefined;
    }
    text += String.fromCharCode(byte);
  }
  return text;
}
