/**
 * `Sec-WebSocket-Extensions`: what a client offers (RFC 6455 §9.1).
 * In: the values of the field. Out: the offers, in order; or undefined when they do not follow the grammar, which fails the
 * handshake. Read by hand, from left to right, once.
 */
import { isToken, trimBlanks } from './header-lists.ts';

export interface ExtensionOffer {
  readonly name: string;
  /** Names and values in order; a parameter without a value has undefined. */
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[];
}

export function readExtensions(values: readonly string[]): readonly ExtensionOffer[] | undefined {
  if (values.length === 0) {
    return [];
  }
  const offers: ExtensionOffer[] = [];
  for (const value of values) {
    for (const element of splitOutsideQuotes(value, ',')) {
      // RFC 9110 §5.6.1.2: empty elements of a list are passed over.
      if (trimBlanks(element) !== '') {
        const offer = readOffer(splitOutsideQuotes(element, ';'));
        if (offer === undefined) {
          return undefined;
        }
        offers.push(offer);
      }
    }
  }
  return offers.length === 0 ? undefined : offers;
}

function readOffer([first = '', ...rest]: readonly string[]): ExtensionOffer | undefined {
  const name = trimBlanks(first);
  const parameters: (readonly [string, string | undefined])[] = [];
  for (const part of rest) {
    const equals = part.indexOf('=');
    const key = trimBlanks(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? undefined : unquoted(trimBlanks(part.slice(equals + 1)));
    // "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
    if (!isToken(key) || (equals >= 0 && (value === undefined || !isToken(value)))) {
      return undefined;
    }
    parameters.push([key, value]);
  }
  return isToken(name) ? { name, parameters } : undefined;
}

/** The parts of `text` between separators. What stands in quotation marks is one part, whatever it holds. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === '"') {
      isQuoted = !isQuoted;
    } else if (isQuoted && mark === '\\') {
      at += 1;
    } else if (!isQuoted && mark === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** A token as it is, a quoted string without its quotation marks and escapes; undefined when the marks do not match. */
function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) {
    return text;
  }
  let plain = '';
  for (let at = 1; at < text.length; at += 1) {
    const mark = text[at]!;
    if (mark === '"') {
      return at === text.length - 1 ? plain : undefined;
    }
    at += mark === '\\' ? 1 : 0;
    plain += text[at] ?? '';
  }
  return undefined;
}
