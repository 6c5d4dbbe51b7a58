/**
 * The server's half of the opening handshake over HTTP/1.1 (RFC 6455 §4.2).
 * In: a request head. Out: the head of a 101, or a refusal that ends the transport. Never throws because of a request.
 */
import { type Agreed, type AgreeOptions, agree } from './agree.ts';
import { fieldLines } from './field-lines.ts';
import { type HeaderList, ownFields } from './header-lists.ts';
import { acceptFor, isKey } from './key.ts';
import { type Refusal, refusals } from './refusals.ts';

/** The request as it came: its method, its target and its fields. */
export interface UpgradeRequest {
  readonly method: string;
  /** Path and query, or whatever else stood in the request line. */
  readonly target: string;
  /** Such as `1.1`. */
  readonly httpVersion: string;
  readonly headers: HeaderList;
}

/** A request that is accepted, and the answer to it. */
export interface Acceptance {
  readonly agreed: Agreed;
  /** The whole head of the 101, as it is to be sent: each character is a byte (Latin-1). */
  readonly response: string;
}

/** What a server chooses when it accepts a request of HTTP/1.1. */
export interface AcceptOptions extends AgreeOptions {
  /** SHA-1 of Latin-1 text, in base64: a platform may have a faster one. @default this package's own */
  readonly sha1?: (latin1: string) => string;
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
  const agreement = agree(headers, options);
  if ('name' in agreement) {
    return agreement;
  }
  const answer = acceptFor(headers.one('sec-websocket-key')!, options.sha1);
  const own = fieldLines(agreement.fields);
  const added = options.headers === undefined ? '' : fieldLines(options.headers, ownFields);
  const response = `${switching}Sec-WebSocket-Accept: ${answer}\r\n${own}${added}\r\n`;
  return { agreed: agreement.agreed, response };
}

const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';

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
  if (version === '1.1') {
    return true;
  }
  const [major, minor] = version.split('.').map(Number);
  return major === 1 ? minor! >= 1 : major! > 1;
}
