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
    for (let at = this.find(name, 0); at >= 0; at = this.find(name, at + 2)) {
      values.push(this.raw[at + 1]!);
    }
    return values;
  }

  /** The value of a field that may stand once; undefined when it is absent or repeated. */
  one(name: string): string | undefined {
    const at = this.find(name, 0);
    const isAlone = at >= 0 && this.find(name, at + 2) < 0;
    return isAlone ? this.raw[at + 1] : undefined;
  }

  has(name: string): boolean {
    return this.find(name, 0) >= 0;
  }

  /** Whether `token`, given in lower case, is in the list that `name` holds. Case does not matter. */
  hasToken(name: string, token: string): boolean {
    for (let at = this.find(name, 0); at >= 0; at = this.find(name, at + 2)) {
      if (listHas(this.raw[at + 1]!, token)) {
        return true;
      }
    }
    return false;
  }

  /** Where the next field of that name stands, from the field at `from` on; -1 when there is none. */
  private find(name: string, from: number): number {
    for (let i = from; i + 1 < this.raw.length; i += 2) {
      const candidate = this.raw[i]!;
      // Most names differ in length, and the others cost a string each.
      if (candidate.length === name.length && candidate.toLowerCase() === name) {
        return i;
      }
    }
    return -1;
  }
}

function listHas(value: string, token: string): boolean {
  // Nearly always the token is all there is.
  return (
    value.toLowerCase() === token ||
    value.split(',').some((part) => trimBlanks(part).toLowerCase() === token)
  );
}

/**
 * The tokens of a list such as `Sec-WebSocket-Protocol` (RFC 6455 §4.1 item 10), over all lines of it.
 * Undefined when an element is no token, or stands twice, or when there is none in a field that is there. Empty elements are passed
 * over (RFC 9110 §5.6.1.2).
 */
export function uniqueTokens(values: readonly string[]): string[] | undefined {
  if (values.length === 0) {
    return [];
  }
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
  return tokens.size === 0 ? undefined : [...tokens];
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
    if (tokenCodes[text.charCodeAt(i)] !== 1) {
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

/** A 1 for each character of a token: heads are looked at character by character. */
const tokenCodes: Uint8Array = new Uint8Array(128);
for (const mark of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  tokenCodes[mark.charCodeAt(0)] = 1;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
