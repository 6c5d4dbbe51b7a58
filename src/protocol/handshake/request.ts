/**
 * The client's half of the opening handshake (RFC 6455 §4.1).
 * In: where to and what to offer; then the head of the answer. Out: the request's head; then what was agreed, or what is wrong.
 */
import { UsageError } from '../usage-error.ts';
import type { Agreed } from './agree.ts';
import { fieldLines } from './field-lines.ts';
import type { Head } from './head.ts';
import { ownFields } from './header-lists.ts';
import { acceptFor } from './key.ts';
import { checkChoice, type Offers, offerFields } from './offers.ts';

/** A request for a WebSocket, as a client makes it (RFC 6455 §4.1). */
export interface HandshakeRequest extends Offers {
  /** Host, with the port unless it is the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  /** From `makeKey`, new for each handshake. */
  readonly key: string;
  /** Fields besides the handshake's own, which cannot be replaced. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is wrong with an answer. `status` is that of the answer, where it had one. */
export interface ResponseFault {
  /** @codes Which rule of §4.1 was broken, or of RFC 8441 §5. */
  readonly name:
    | 'RESPONSE_MALFORMED'
    | 'RESPONSE_NOT_101'
    | 'RESPONSE_NOT_200'
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
  mustBeVisible(request);
  const { host, target } = request;
  let text = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
  text += `Sec-WebSocket-Key: ${request.key}\r\nSec-WebSocket-Version: 13\r\n`;
  text += fieldLines(offerFields(request));
  text += fieldLines(request.headers ?? {}, ownFields);
  return `${text}\r\n`;
}

/** §4.1, the six checks on the answer, and the status line before them. */
export function checkResponse(
  { startLine, headers }: Head,
  request: HandshakeRequest,
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
  if (headers.one('sec-websocket-accept') !== acceptFor(request.key)) {
    return wrong('RESPONSE_ACCEPT_WRONG', 'Sec-WebSocket-Accept does not answer our key');
  }
  const choice = checkChoice(headers, request);
  return 'name' in choice ? wrong(choice.name, choice.message) : choice;
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

/** @throws {UsageError} `URL_INVALID` for a host or target with spaces or line ends. */
export function mustBeVisible({ host, target }: Pick<HandshakeRequest, 'host' | 'target'>): void {
  if (!isVisible(host) || !isVisible(target) || !target.startsWith('/')) {
    throw new UsageError(
      'URL_INVALID',
      'host and target must be visible ASCII, the target from / on',
    );
  }
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
