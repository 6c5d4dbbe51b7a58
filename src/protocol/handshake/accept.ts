/**
 * The server's half of the opening handshake (RFC 6455 §4.2).
 * In: a request head. Out: the head of a 101, or a refusal that ends the transport. Never throws because of a request.
 */

import { UsageError } from '../usage-error.ts';
import { readExtensions } from './extensions.ts';
import { type HeaderList, isFieldValue, isToken, ownFields, uniqueTokens } from './header-lists.ts';
import { acceptFor, isKey } from './key.ts';

export interface UpgradeRequest {
  readonly method: string;
  /** Path and query, or whatever else stood in the request line. */
  readonly target: string;
  /** Such as `1.1`. */
  readonly httpVersion: string;
  readonly headers: HeaderList;
}

/** @codes Why a request was refused. */
export type RefusalName =
  | 'METHOD_NOT_GET'
  | 'HTTP_TOO_OLD'
  | 'HOST_INVALID'
  | 'UPGRADE_MISSING'
  | 'KEY_INVALID'
  | 'VERSION_UNSUPPORTED'
  | 'BODY_UNEXPECTED'
  | 'SUBPROTOCOLS_INVALID'
  | 'EXTENSIONS_INVALID'
  | 'ORIGIN_REFUSED'
  | 'PATH_UNKNOWN'
  | 'REFUSED'
  | 'UNAVAILABLE';

/** Why a request becomes no WebSocket. The transport ends with the answer: nothing that follows on it is read. */
export interface Refusal {
  readonly name: RefusalName;
  readonly status: number;
  /** One sentence for the peer, sent as the body. */
  readonly message: string;
  /** Fields of the answer besides the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Acceptance {
  readonly subprotocol: string | undefined;
  /** The whole head of the 101, as it is to be sent: each character is a byte (Latin-1). */
  readonly response: string;
}

export interface AcceptOptions {
  /** Chooses one of the offered subprotocols, or undefined for none. Called only when some were offered. */
  readonly chooseSubprotocol?: (offered: readonly string[]) => string | undefined;
  /** Fields of the 101 besides the handshake's own, which cannot be replaced. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Decides on a request.
 * @throws {UsageError} `SUBPROTOCOL_INVALID` when the choice was not offered, `HEADER_INVALID` for a field that cannot be sent
 * or is the handshake's own.
 */
export function accept(request: UpgradeRequest, options: AcceptOptions = {}): Acceptance | Refusal {
  const refusal = refuse(request);
  if (refusal !== undefined) {
    return refusal;
  }
  const { headers } = request;
  const offers = headers.all('sec-websocket-protocol');
  const offered = uniqueTokens(offers);
  if (offered === undefined) {
    return refusals.SUBPROTOCOLS_INVALID;
  }
  // §9.1: none is spoken here, and an offer that cannot be read fails the handshake all the same.
  if (readExtensions(headers.all('sec-websocket-extensions')) === undefined) {
    return refusals.EXTENSIONS_INVALID;
  }
  const subprotocol = offered.length > 0 ? options.chooseSubprotocol?.(offered) : undefined;
  if (subprotocol !== undefined && !offered.includes(subprotocol)) {
    throw new UsageError('SUBPROTOCOL_INVALID', `the client did not offer ${subprotocol}`);
  }
  const fields = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': acceptFor(headers.one('sec-websocket-key')!),
    ...(subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
  };
  const own = fieldLines(fields);
  const added = fieldLines(options.headers ?? {}, ownFields);
  return { subprotocol, response: `HTTP/1.1 101 Switching Protocols\r\n${own}${added}\r\n` };
}

/**
 * The whole answer to a refused request, each character a byte (Latin-1): `Connection: close` and a body, so that nothing is
 * left open.
 * @throws {UsageError} `HEADER_INVALID` for a field that cannot be sent, or that would leave the connection open.
 */
export function refusalResponse(refusal: Refusal): string {
  const reason = reasons.get(refusal.status) ?? 'Refused';
  const body = toBytes(`${refusal.message}\n`);
  const fields = {
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(body.length),
  };
  const own = fieldLines(fields);
  const added = fieldLines(refusal.headers ?? {}, refusalFields);
  return `HTTP/1.1 ${refusal.status} ${reason}\r\n${own}${added}\r\n${body}`;
}

/** The refusals that the protocol itself knows. */
export const refusals: Readonly<Record<Exclude<RefusalName, 'REFUSED' | 'UNAVAILABLE'>, Refusal>> =
  {
    METHOD_NOT_GET: {
      name: 'METHOD_NOT_GET',
      status: 405,
      message: 'A WebSocket is opened with GET.',
      headers: { Allow: 'GET' },
    },
    HTTP_TOO_OLD: { name: 'HTTP_TOO_OLD', status: 505, message: 'A WebSocket needs HTTP/1.1.' },
    HOST_INVALID: {
      name: 'HOST_INVALID',
      status: 400,
      message: 'Exactly one Host field is needed.',
    },
    UPGRADE_MISSING: {
      name: 'UPGRADE_MISSING',
      status: 426,
      message:
        'This address speaks WebSocket: Upgrade: websocket and Connection: Upgrade are needed.',
      headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
    },
    KEY_INVALID: {
      name: 'KEY_INVALID',
      status: 400,
      message: 'Exactly one Sec-WebSocket-Key of 16 bytes in base64 is needed.',
    },
    VERSION_UNSUPPORTED: {
      name: 'VERSION_UNSUPPORTED',
      status: 426,
      message: 'Only version 13 of the protocol is spoken here.',
      headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
    },
    BODY_UNEXPECTED: { name: 'BODY_UNEXPECTED', status: 400, message: 'A handshake has no body.' },
    SUBPROTOCOLS_INVALID: {
      name: 'SUBPROTOCOLS_INVALID',
      status: 400,
      message: 'Sec-WebSocket-Protocol must be a list of distinct tokens.',
    },
    EXTENSIONS_INVALID: {
      name: 'EXTENSIONS_INVALID',
      status: 400,
      message: 'Sec-WebSocket-Extensions does not follow its grammar.',
    },
    ORIGIN_REFUSED: {
      name: 'ORIGIN_REFUSED',
      status: 403,
      message: 'This origin is not allowed here.',
    },
    PATH_UNKNOWN: {
      name: 'PATH_UNKNOWN',
      status: 404,
      message: 'There is no WebSocket at this path.',
    },
  };

const reasons: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [426, 'Upgrade Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
  [505, 'HTTP Version Not Supported'],
]);

/** §4.2.1, item by item. */
function refuse({ method, httpVersion, headers }: UpgradeRequest): Refusal | undefined {
  if (method !== 'GET') return refusals.METHOD_NOT_GET;
  if (!isAtLeast11(httpVersion)) return refusals.HTTP_TOO_OLD;
  if (!headers.one('host')) return refusals.HOST_INVALID;
  if (!headers.hasToken('upgrade', 'websocket')) return refusals.UPGRADE_MISSING;
  if (!headers.hasToken('connection', 'upgrade')) return refusals.UPGRADE_MISSING;
  if (headers.one('sec-websocket-version') !== '13') return refusals.VERSION_UNSUPPORTED;
  if (!isKey(headers.one('sec-websocket-key') ?? '')) return refusals.KEY_INVALID;
  const length = headers.all('content-length');
  const hasBody = headers.has('transfer-encoding') || length.some((value) => value !== '0');
  return hasBody ? refusals.BODY_UNEXPECTED : undefined;
}

function isAtLeast11(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === 1 ? minor! >= 1 : major! > 1;
}

const refusalFields: ReadonlySet<string> = new Set([
  'connection',
  'content-type',
  'content-length',
  'transfer-encoding',
]);

/** @param refused Names that are set already, in lower case. */
function fieldLines(
  fields: Readonly<Record<string, string>>,
  refused?: ReadonlySet<string>,
): string {
  let lines = '';
  for (const [name, value] of Object.entries(fields)) {
    if (!isToken(name) || !isFieldValue(value) || refused?.has(name.toLowerCase())) {
      throw new UsageError('HEADER_INVALID', `the field ${JSON.stringify(name)} cannot be sent`);
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** UTF-8, with one character for each byte. */
function toBytes(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) {
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}
