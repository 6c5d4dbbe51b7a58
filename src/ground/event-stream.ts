/**
 * `text/event-stream` (WHATWG HTML §9.2), both ways.
 * In: names and data; or bytes, however they are cut. Out: the lines of an event; or events. Fails: data of any content is safe, names
 * are letters only; an event beyond the limit ends the reading (THREATS D16).
 */

/** The lines that name an event and hold its data. Whoever sends puts `id:` before them, and an empty line behind. */
export function eventLines(name: string, data: string): string {
  if (!/^[a-z]*$/.test(name)) {
    throw new RangeError('the name of an event is letters from a to z');
  }
  // §9.2.5: each of the three ends a line, and what is behind it would be a field of its own.
  const lines = `data: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n`;
  return name === '' ? lines : `event: ${name}\n${lines}`;
}

export interface StreamEvent {
  /** The last that the stream gave, with this event or before it; empty when it gave none. */
  readonly id: string;
  /** Empty for an event without a name. */
  readonly name: string;
  /** Lines are joined by a line feed, whatever ended them. */
  readonly data: string;
}

/** Reads one stream, from its first byte on. */
export class EventStreamReader {
  private readonly maxLength: number;
  private readonly tell: (event: StreamEvent) => void;
  /** Takes a byte order mark off the beginning, and puts U+FFFD for what is no UTF-8, as §9.2.6 says. */
  private readonly decoder = new TextDecoder();
  private rest = '';
  private endedWithReturn = false;
  private id = '';
  private name = '';
  private data = '';

  /** @param maxLength Of one event, in characters, with the names of its fields. */
  constructor(maxLength: number, tell: (event: StreamEvent) => void) {
    this.maxLength = maxLength;
    this.tell = tell;
  }

  /** False: an event is too long, and there is no going on. What stands at the end without an empty line is no event. */
  read(chunk: Uint8Array): boolean {
    let text = this.decoder.decode(chunk, { stream: true });
    if (this.endedWithReturn && text !== '') {
      this.endedWithReturn = false;
      text = text.startsWith('\n') ? text.slice(1) : text;
    }
    let from = 0;
    for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) {
      const line = this.rest + text.slice(from, index);
      from = index + end.length;
      this.rest = '';
      this.endedWithReturn = end === '\r' && from === text.length;
      if (line.length + this.data.length > this.maxLength) {
        return false;
      }
      this.readLine(line);
    }
    this.rest += text.slice(from);
    return this.rest.length + this.data.length <= this.maxLength;
  }

  private readLine(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const after = colon < 0 ? '' : line.slice(colon + 1);
    const value = after.startsWith(' ') ? after.slice(1) : after;
    if (field === 'data') {
      this.data += `${value}\n`;
    } else if (field === 'event') {
      this.name = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this.id = value;
    }
  }

  private dispatch(): void {
    const { id, name, data } = this;
    this.name = '';
    this.data = '';
    if (data !== '') {
      this.tell({ id, name, data: data.slice(0, -1) });
    }
  }
}
