/**
 * A request to upgrade, judged as ws judges it, and refused as ws refuses (RFC 6455 §4.2).
 * In: Node's request. Out: what a 101 needs, or a refusal; refusals are written to the socket. Cannot fail.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type DeflateOptions, type Extensions, extensionName, takeOffer } from './deflate.ts';
import { parse } from './subprotocol.ts';

export interface Upgrade {
  readonly key: string;
  readonly version: number;
  /** In the client's order. */
  readonly protocols: Set<string>;
  /** Those that were chosen. */
  readonly extensions: Extensions;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const keyForm = /^[+/0-9A-Za-z]{22}==$/;

/** @param deflate Undefined when compression is not to be taken. */
export function readUpgrade(request: IncomingMessage, deflate?: DeflateOptions): Upgrade | Refusal {
  const { headers, method } = request;
  const key = headers['sec-websocket-key'];
  const version = Number(headers['sec-websocket-version']);
  if (method !== 'GET') {
    return { status: 405, message: 'Invalid HTTP method' };
  }
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    return { status: 400, message: 'Invalid Upgrade header' };
  }
  if (key === undefined || !keyForm.test(key)) {
    return { status: 400, message: 'Missing or invalid Sec-WebSocket-Key header' };
  }
  if (version !== 13 && version !== 8) {
    const message = 'Missing or invalid Sec-WebSocket-Version header';
    return { status: 400, message, headers: { 'Sec-WebSocket-Version': '13, 8' } };
  }
  const offered = headers['sec-websocket-protocol'];
  let protocols: Set<string>;
  try {
    protocols = offered === undefined ? new Set() : parse(offered);
  } catch {
    return { status: 400, message: 'Invalid Sec-WebSocket-Protocol header' };
  }
  try {
    const extensions = chooseExtensions(headers['sec-websocket-extensions'], deflate);
    return { key, version, protocols, extensions };
  } catch {
    const message = 'Invalid or unacceptable Sec-WebSocket-Extensions header';
    return { status: 400, message };
  }
}

/** @throws {Error} */
function chooseExtensions(
  offered: string | undefined,
  deflate: DeflateOptions | undefined,
): Extensions {
  const taken = offered && deflate ? takeOffer(offered, deflate) : undefined;
  return taken === undefined ? {} : { [extensionName]: taken };
}

/** Answers, and ends the connection when the answer has left. */
export function refuse(
  socket: Duplex,
  status: number,
  message: string | undefined,
  headers: object = {},
): void {
  const body = message ?? STATUS_CODES[status] ?? '';
  const fields = {
    Connection: 'close',
    'Content-Type': 'text/html',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}`);
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
  );
}
