/**
 * Header fields, as they came: names in any case, repeated or not, values that are lists or not (RFC 9110 §5).
 * In: names and values. Out: values, tokens. Read by hand, once, from left to right: no pattern can be made slow, and no name a
 * client chooses becomes the key of an object.
 */

/** The fields of one head, in order. */
export class HeaderList {
  private readonly raw: readonly string[];

  /** @param raw Name, value, name, value, … as Node's `rawHeaders` has them. */
  constructor(raw: readonly string[]) {
    this.raw = raw;
  }

  get count(): number {
    return this.raw.length / 2;
  }

  /** Every value of `name`, which is given in lower case. */
  all(name: string): string[] {
    const values: string[] = [];
    for (let i = 0; i + 1 < this.raw.length; i += 2) {
      const candidate = this.raw[i]!;
      if (candidate.length === name.length && candidate.toLowerCase() === name) {
        values.push(this.raw[i + 1]!);
      }
    }
    return values;
  }

  /** The value of a field that may stand once; undefined when it is absent or repeated. */
  one(name: string): string | undefined {
    const values = this.all(name);
    return values.length === 1 ? values[0] : undefined;
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  /** Whether `token`, given in lower case, is in the list that `name` holds. Case does not matter. */
  hasToken(name: string, token: string): boolean {
    return this.all(name).some((value) =>
      value.split(',').some((part) => trimBlanks(part).toLowerCase() === token),
    );
  }
}

/**
 * The tokens of a list such as `Sec-WebSocket-Protocol` (RFC 6455 §4.1 item 10), over all lines of it.
 * Undefined when an element is no token, or stands twice, or when there is none in a field that is there. Empty elements are passed
 * over (RFC 9110 §5.6.1.2).
 */
export function uniqueTokens(values: readonly string[]): string[] | undefined {
  const tokens = new Set<string>();
  for (const value of values) {
    for (const part of value.split(',')) {
      const token = trimBlanks(part);
      if (token === '') {
        continue;
      }
      if (!isToken(token) || tokens.has(token)) {
        return undefined;
      }
      tokens.add(token);
    }
  }
  return values.length > 0 && tokens.size === 0 ? undefined : [...tokens];
}

/** Without the spaces and tabs around it: nothing else is blank in a field (RFC 9110 §5.6.3), as it is to `trim`. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) {
    start += 1;
  }
  while (end > start && isBlank(text.charCodeAt(end - 1))) {
    end -= 1;
  }
  return text.slice(start, end);
}

/** Fields that a handshake sets itself, in either direction, or that would change where its head ends. */
export const ownFields: ReadonlySet<string> = new Set([
  'host',
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-accept',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
  'content-length',
  'transfer-encoding',
]);

/** Whether `text` is a token: one or more of the characters that RFC 9110 §5.6.2 names. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (!isTokenCode(text.charCodeAt(i))) {
      return false;
    }
  }
  return text.length > 0;
}

/** Whether `text` may be a field's value: visible characters, Latin-1, spaces and tabs (RFC 9110 §5.5). No line ends. */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isVisible = (code >= 0x20 && code !== 0x7f && code <= 0xff) || code === 0x09;
    if (!isVisible) {
      return false;
    }
  }
  return true;
}

const tokenMarks: ReadonlySet<number> = new Set(
  Array.from("!#$%&'*+-.^_`|~", (mark) => mark.charCodeAt(0)),
);

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isTokenCode(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isDigit || isLetter || tokenMarks.has(code);
}
