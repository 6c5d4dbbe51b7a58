/**
 * The head of an HTTP/1.1 message: a first line and fields, up to the empty line (RFC 9112 §2, §5).
 * In: chunks, cut anywhere. Out: the head and where the bytes behind it begin. Fails: with the name of what is wrong, at the
 * limits, on line ends that are not CRLF, on folded lines. Every byte is looked at once.
 */
import { HeaderList, isFieldValue, isToken, trimBlanks } from './header-lists.ts';

/** How large a head may be: beyond it, it is refused. */
export interface HeadLimits {
  /** Most bytes of the whole head. @default 16_384 */
  readonly maxHeadBytes?: number;
  /** Most fields. @default 100 */
  readonly maxHeaders?: number;
}

/** The defaults of `HeadLimits`. */
export const headLimitDefaults: Required<HeadLimits> = { maxHeadBytes: 16_384, maxHeaders: 100 };

/** The head of one HTTP message (RFC 9112 §2.1). */
export interface Head {
  readonly startLine: string;
  readonly headers: HeaderList;
}

/** @codes What is wrong with a head. */
export type HeadFault = 'HEAD_TOO_LARGE' | 'TOO_MANY_HEADERS' | 'HEAD_MALFORMED';

/**
 * A head that is here as a whole, up to the end of its last line: each character is a byte. Undefined when a `HeadReader` would
 * refuse it; several times as fast.
 */
export function readHead(text: string, limits: Required<HeadLimits>): Head | undefined {
  const end = text.indexOf('\r\n');
  const startLine = text.slice(0, end);
  // The empty line belongs to the head, and is not in the text.
  if (end < 0 || text.length + 2 > limits.maxHeadBytes || !isFieldValue(startLine)) {
    return undefined;
  }
  const raw: string[] = [];
  for (let at = end + 2; at < text.length; ) {
    const next = text.indexOf('\r\n', at);
    if (next < 0 || raw.length >= limits.maxHeaders * 2 || !readField(text.slice(at, next), raw)) {
      return undefined;
    }
    at = next + 2;
  }
  return { startLine, headers: new HeaderList(raw) };
}

/** Adds the field of this line to `raw`, if it is one. */
function readField(line: string, raw: string[]): boolean {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  const value = trimBlanks(line.slice(colon + 1));
  if (!isToken(name) || !isFieldValue(value)) {
    return false;
  }
  raw.push(name, value);
  return true;
}

const cr = 0x0d;
const lf = 0x0a;

/** Reads one head. Done when `head` or `fault` is set. */
export class HeadReader {
  head: Head | undefined;
  fault: HeadFault | undefined;

  private readonly limits: Required<HeadLimits>;
  private readonly raw: string[] = [];
  private startLine: string | undefined;
  private line = '';
  private size = 0;
  private sawCr = false;

  constructor(limits: Required<HeadLimits>) {
    this.limits = limits;
  }

  /** Gives how many bytes of the chunk belong to the head: all, unless it ended or failed within. */
  read(chunk: Uint8Array): number {
    for (let at = 0; at < chunk.length; at += 1) {
      this.size += 1;
      if (this.size > this.limits.maxHeadBytes) {
        return this.refuse('HEAD_TOO_LARGE', at);
      }
      const byte = chunk[at]!;
      if (this.sawCr !== (byte === lf)) {
        return this.refuse('HEAD_MALFORMED', at);
      }
      if (byte === cr) {
        this.sawCr = true;
      } else if (byte === lf) {
        this.sawCr = false;
        if (this.endLine()) {
          return at + 1;
        }
      } else {
        this.line += String.fromCharCode(byte);
      }
    }
    return chunk.length;
  }

  /** True when this was the last line, or the last straw. */
  private endLine(): boolean {
    const { line } = this;
    this.line = '';
    if (this.startLine === undefined) {
      this.startLine = line;
      if (!isFieldValue(line)) {
        this.refuse('HEAD_MALFORMED', 0);
        return true;
      }
      return false;
    }
    if (line === '') {
      this.head = { startLine: this.startLine, headers: new HeaderList(this.raw) };
      return true;
    }
    if (!readField(line, this.raw)) {
      this.refuse('HEAD_MALFORMED', 0);
      return true;
    }
    if (this.raw.length > this.limits.maxHeaders * 2) {
      this.refuse('TOO_MANY_HEADERS', 0);
      return true;
    }
    return false;
  }

  private refuse(fault: HeadFault, at: number): number {
    this.fault = fault;
    return at;
  }
}
