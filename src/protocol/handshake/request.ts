/**
 * The client's half of the opening handshake (RFC 6455 §4.1).
 * In: where to and what to offer; then the head of the answer. Out: the request's head; then what was agreed, or what is wrong.
 */
import {
  type AgreedDeflate,
  checkDeflate,
  type DeflateTerms,
  offerDeflate,
} from '../deflate/negotiate.ts';
import { UsageError } from '../usage-error.ts';
import type { Agreed } from './agree.ts';
import { readExtensions } from './extensions.ts';
import { fieldLines } from './field-lines.ts';
import type { Head } from './head.ts';
import { isToken, ownFields } from './header-lists.ts';
import { acceptFor } from './key.ts';

export interface HandshakeRequest {
  /** Host, with the port unless it is the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  /** From `makeKey`, new for each handshake. */
  readonly key: string;
  readonly subprotocols?: readonly string[];
  /** On what terms to offer compression (RFC 7692). Without it none is offered. */
  readonly deflate?: DeflateTerms | undefined;
  /** Fields besides the handshake's own, which cannot be replaced. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is wrong with an answer. `status` is that of the answer, where it had one. */
export interface ResponseFault {
  /** @codes Which rule of §4.1 was broken. */
  readonly name:
    | 'RESPONSE_MALFORMED'
    | 'RESPONSE_NOT_101'
    | 'RESPONSE_NOT_UPGRADED'
    | 'RESPONSE_ACCEPT_WRONG'
    | 'RESPONSE_SUBPROTOCOL_WRONG'
    | 'RESPONSE_EXTENSION_UNASKED'
    | 'RESPONSE_EXTENSION_WRONG';
  readonly status: number | undefined;
  readonly message: string;
}

/**
 * The whole head of the request.
 * @throws {UsageError} `SUBPROTOCOL_INVALID` unless the offers are distinct tokens; `HEADER_INVALID` for a field that cannot be
 * sent or is the handshake's own; `URL_INVALID` for a host or target with spaces or line ends.
 */
export function requestHead(request: HandshakeRequest): string {
  const { host, target, subprotocols = [] } = request;
  if (!isVisible(host) || !isVisible(target) || !target.startsWith('/')) {
    throw new UsageError(
      'URL_INVALID',
      'host and target must be visible ASCII, the target from / on',
    );
  }
  if (new Set(subprotocols).size !== subprotocols.length || !subprotocols.every(isToken)) {
    throw new UsageError('SUBPROTOCOL_INVALID', 'subprotocols must be distinct tokens');
  }
  let text = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
  text += `Sec-WebSocket-Key: ${request.key}\r\nSec-WebSocket-Version: 13\r\n`;
  if (subprotocols.length > 0) {
    text += `Sec-WebSocket-Protocol: ${subprotocols.join(', ')}\r\n`;
  }
  if (request.deflate !== undefined) {
    text += `Sec-WebSocket-Extensions: ${offerDeflate(request.deflate)}\r\n`;
  }
  text += fieldLines(request.headers ?? {}, ownFields);
  return `${text}\r\n`;
}

/** §4.1, the six checks on the answer, and the status line before them. */
export function checkResponse(
  { startLine, headers }: Head,
  { key, subprotocols = [], deflate }: HandshakeRequest,
): Agreed | ResponseFault {
  const status = statusOf(startLine);
  const wrong = (name: ResponseFault['name'], message: string): ResponseFault => ({
    name,
    status,
    message,
  });
  if (status === undefined) {
    return wrong('RESPONSE_MALFORMED', 'the answer is not HTTP/1.1');
  }
  if (status !== 101) {
    return wrong('RESPONSE_NOT_101', `the server answered ${startLine.slice(9, 100)}`);
  }
  if (headers.one('upgrade')?.toLowerCase() !== 'websocket') {
    return wrong('RESPONSE_NOT_UPGRADED', 'the answer has no Upgrade: websocket');
  }
  if (!headers.hasToken('connection', 'upgrade')) {
    return wrong('RESPONSE_NOT_UPGRADED', 'the answer has no Connection: Upgrade');
  }
  if (headers.one('sec-websocket-accept') !== acceptFor(key)) {
    return wrong('RESPONSE_ACCEPT_WRONG', 'Sec-WebSocket-Accept does not answer our key');
  }
  const extensions = headers.all('sec-websocket-extensions');
  if (extensions.length > 0 && deflate === undefined) {
    return wrong('RESPONSE_EXTENSION_UNASKED', 'the server uses an extension that was not offered');
  }
  const agreed = extensions.length > 0 ? agreedDeflate(extensions, deflate!) : undefined;
  if (extensions.length > 0 && agreed === undefined) {
    return wrong('RESPONSE_EXTENSION_WRONG', 'the server compresses in a way that was not offered');
  }
  const chosen = headers.all('sec-websocket-protocol');
  if (chosen.length > 1 || (chosen.length === 1 && !subprotocols.includes(chosen[0]!))) {
    return wrong(
      'RESPONSE_SUBPROTOCOL_WRONG',
      'the server chose a subprotocol that was not offered',
    );
  }
  return { subprotocol: chosen[0], deflate: agreed };
}

/** RFC 7692 §7.1: one extension, the one we offered, in a way that our offer allows. */
function agreedDeflate(
  extensions: readonly string[],
  terms: DeflateTerms,
): AgreedDeflate | undefined {
  const answers = readExtensions(extensions);
  return answers?.length === 1 ? checkDeflate(answers[0]!, terms) : undefined;
}

/** Whether this head only says that the answer is still to come: 100, or 102 to 199 (RFC 9110 §15.2). */
export function isInterim({ startLine }: Head): boolean {
  const status = statusOf(startLine);
  return status !== undefined && status < 200 && status !== 101;
}

/** The status of `HTTP/1.1 NNN …`, or undefined. */
function statusOf(startLine: string): number | undefined {
  const status = startLine.slice(9, 12);
  const isStatus = status.length === 3 && isWithin(status, '0', '9');
  const ends = startLine.length === 12 || startLine[12] === ' ';
  return startLine.startsWith('HTTP/1.1 ') && isStatus && ends ? Number(status) : undefined;
}

function isVisible(text: string): boolean {
  return text.length > 0 && isWithin(text, '!', '~');
}

function isWithin(text: string, first: string, last: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (text[i]! < first || text[i]! > last) {
      return false;
    }
  }
  return true;
}
