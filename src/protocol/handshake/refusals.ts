/**
 * Why a request becomes no WebSocket, and how its peer is told (RFC 6455 §4.2.2, RFC 9110 §15).
 * In: a refusal. Out: the whole answer, in HTTP/1.1. Fails: throws at a field that cannot be sent.
 */
import { fieldLines } from './field-lines.ts';

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
  | 'HOST_REFUSED'
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
    HOST_REFUSED: {
      name: 'HOST_REFUSED',
      status: 403,
      message: 'Nothing is served by this name here.',
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

const refusalFields: ReadonlySet<string> = new Set([
  'connection',
  'content-type',
  'content-length',
  'transfer-encoding',
]);

/** UTF-8, with one character for each byte. */
function toBytes(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) {
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}
