/**
 * The opening handshake read a second time, to judge the first: patterns over the whole text, Node's own SHA-1, and nothing of
 * src/protocol in it.
 * In: the bytes of a head; then what it says. Out: its lines; whether it opens a WebSocket. Cannot fail.
 */
import { createHash } from 'node:crypto';

export interface PlainHead {
  readonly startLine: string;
  /** Name as it came, value without the blanks around it. */
  readonly fields: readonly (readonly [string, string])[];
  readonly bytes: number;
}

const token: string = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const value: string = '[\\t\\x20-\\x7e\\x80-\\xff]*';
/** RFC 9112 §2.1, §5, with line ends that are CRLF and no folded lines. */
const headPattern: RegExp = new RegExp(`^(${value})\\r\\n((?:${token}:${value}\\r\\n)*)\\r\\n`);
const tokenPattern: RegExp = new RegExp(`^${token}$`);
const blanks: string = '[ \\t]*';
/** RFC 6455 §9.1, with the blanks and the empty elements that RFC 9110 §5.6 lets stand. */
const quoted: string = `"(?:\\\\?${token.slice(0, -1)})+"`;
const parameter: string = `${blanks};${blanks}${token}(?:${blanks}=${blanks}(?:${token}|${quoted}))?`;
const extension: string = `${blanks}(?:${token}(?:${parameter})*)?${blanks}`;
const extensionsPattern: RegExp = new RegExp(`^${extension}(?:,${extension})*$`);

/** The head that `latin1` begins with, or undefined when that is none, or not one within the limits. */
export function plainHead(
  latin1: string,
  limits: { readonly maxHeadBytes: number; readonly maxHeaders: number },
): PlainHead | undefined {
  const [whole, startLine, lines] = headPattern.exec(latin1) ?? [];
  if (whole === undefined || whole.length > limits.maxHeadBytes) {
    return undefined;
  }
  const fields = lines!
    .split('\r\n')
    .slice(0, -1)
    .map((line) => [line.replace(/:.*$/, ''), trimmed(line.replace(/^[^:]*:/, ''))] as const);
  const fits = fields.length <= limits.maxHeaders;
  return fits ? { startLine: startLine!, fields, bytes: whole.length } : undefined;
}

/** Whether §4.2.1 is fulfilled, in a request whose line is `GET … HTTP/1.1` or later. */
export function isUpgradeRequest(head: PlainHead): boolean {
  const host = valuesOf(head, 'host');
  const key = valuesOf(head, 'sec-websocket-key');
  const offers = valuesOf(head, 'sec-websocket-protocol');
  const offered = offers.flatMap((offer) => offer.split(',').map(trimmed)).filter(Boolean);
  const extensions = valuesOf(head, 'sec-websocket-extensions');
  return (
    /^GET \S+ HTTP\/(?:1\.[1-9]|[2-9]\.\d)$/.test(head.startLine) &&
    host.length === 1 &&
    host[0] !== '' &&
    lists(head, 'upgrade', 'websocket') &&
    lists(head, 'connection', 'upgrade') &&
    valuesOf(head, 'sec-websocket-version').join('|') === '13' &&
    key.length === 1 &&
    /^[A-Za-z0-9+/]{22}==$/.test(key[0]!) &&
    valuesOf(head, 'transfer-encoding').length === 0 &&
    valuesOf(head, 'content-length').every((length) => length === '0') &&
    offered.every((offer) => tokenPattern.test(offer)) &&
    offers.length > 0 === offered.length > 0 &&
    extensions.every((one) => extensionsPattern.test(one)) &&
    (extensions.length === 0 || extensions.some((one) => /[^ \t,]/.test(one))) &&
    new Set(offered).size === offered.length
  );
}

/** Whether §4.1 is fulfilled by the answer to a request with `key` that offered `subprotocols`. */
export function isUpgradeResponse(
  head: PlainHead,
  key: string,
  subprotocols: readonly string[],
): boolean {
  const accepted = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const chosen = valuesOf(head, 'sec-websocket-protocol');
  return (
    /^HTTP\/1\.1 101(?: |$)/.test(head.startLine) &&
    valuesOf(head, 'upgrade').join('|').toLowerCase() === 'websocket' &&
    lists(head, 'connection', 'upgrade') &&
    valuesOf(head, 'sec-websocket-accept').join('|') === accepted.digest('base64') &&
    valuesOf(head, 'sec-websocket-extensions').length === 0 &&
    chosen.length <= 1 &&
    chosen.every((one) => subprotocols.includes(one))
  );
}

function valuesOf(head: PlainHead, name: string): string[] {
  return head.fields.filter((field) => lower(field[0]) === name).map((field) => field[1]);
}

function lists(head: PlainHead, name: string, sought: string): boolean {
  const parts = valuesOf(head, name).flatMap((one) => one.split(','));
  return parts.some((part) => lower(trimmed(part)) === sought);
}

/** RFC 9110 §5.6.3: a blank is a space or a tab, and nothing else. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

/** Letters of ASCII only. */
function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
