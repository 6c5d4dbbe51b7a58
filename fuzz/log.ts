/**
 * What was told, in order, as bytes: two logs are compared at once, and nothing is allocated per event.
 * In: events. Out: yes or no, and lines for a person once they differ.
 */

/** Kinds of event. Those below 16 carry the bytes of a message or a control frame and are numbered like their opcodes. */
export const kinds = {
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
  /** Room was asked for in the output. */
  owed: 16,
  closing: 17,
  shut: 18,
  abort: 19,
  /** The number is the close code times two, plus one when the end was clean; the bytes are the peer's reason. */
  closed: 20,
} as const;

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(kinds).map(([name, kind]) => [kind, name]),
);
const noBytes = new Uint8Array(0);
/** One byte of kind, four of number, four of length. */
const headBytes = 9;

export class Log {
  private bytes: Uint8Array = new Uint8Array(1024);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Where the log ends now: another place once something was told since. */
  get end(): number {
    return this.length;
  }

  /** Only what came from the peer: messages, pings and pongs. */
  heard(): Log {
    const heard = new Log();
    for (let at = 0; at < this.length; ) {
      const start = at + headBytes;
      const end = start + getNumber(this.bytes, at + 5);
      if (this.bytes[at]! < kinds.owed) {
        heard.note(this.bytes[at]!, 0, this.bytes, start, end);
      }
      at = end;
    }
    return heard;
  }

  note(
    kind: number,
    number = 0,
    from: Uint8Array = noBytes,
    start = 0,
    end: number = from.length,
  ): void {
    const carried = end - start;
    this.makeRoom(headBytes + carried);
    const { bytes, length: at } = this;
    bytes[at] = kind;
    putNumber(bytes, at + 1, number);
    putNumber(bytes, at + 5, carried);
    for (let i = 0; i < carried; i += 1) {
      bytes[at + headBytes + i] = from[start + i]!;
    }
    this.length = at + headBytes + carried;
  }

  equals(other: Log): boolean {
    return this.length === other.length && this.beginsLike(other, this.length);
  }

  /** Whether all of this log is the beginning of `other`. */
  begins(other: Log): boolean {
    return this.length <= other.length && this.beginsLike(other, this.length);
  }

  /** One line per event. */
  lines(): string[] {
    const lines: string[] = [];
    for (let at = 0; at < this.length; ) {
      const carried = getNumber(this.bytes, at + 5);
      const start = at + headBytes;
      const shown = this.bytes.subarray(start, start + Math.min(carried, 64));
      const hex = Buffer.from(shown).toString('hex');
      const more = carried > 64 ? `… (${carried} bytes)` : '';
      lines.push(
        `${names.get(this.bytes[at]!)} ${getNumber(this.bytes, at + 1)} ${hex}${more}`.trimEnd(),
      );
      at = start + carried;
    }
    return lines;
  }

  private beginsLike(other: Log, length: number): boolean {
    for (let i = 0; i < length; i += 1) {
      if (this.bytes[i] !== other.bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private makeRoom(more: number): void {
    if (this.length + more > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
  }
}

function putNumber(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function getNumber(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}
