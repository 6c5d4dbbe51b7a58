/**
 * The server's half of the opening handshake over HTTP/2 (RFC 8441 §5): a stream, opened by CONNECT with a `:protocol`.
 * In: a request's fields. Out: the status and the fields that open the stream, or a refusal. Never throws because of a request.
 */
import { type Agreed, type AgreeOptions, agree } from './agree.ts';
import { fieldLines } from './field-lines.ts';
import type { FieldSection } from './field-section.ts';
import { acceptFor, isKey } from './key.ts';
import { type Refusal, refusalFields, refusals } from './refusals.ts';

/** A stream of HTTP/2 that is accepted: the fields of its answer (RFC 8441 §5). */
export interface ExtendedAcceptance {
  readonly agreed: Agreed;
  readonly status: 200;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Decides on a request.
 * @throws {UsageError} `SUBPROTOCOL_INVALID` when the choice was not offered.
 */
export function acceptExtended(
  request: FieldSection,
  options: AgreeOptions = {},
): ExtendedAcceptance | Refusal {
  const refusal = refuse(request);
  if (refusal !== undefined) {
    return refusal;
  }
  const { headers } = request;
  const agreement = agree(headers, options);
  if ('name' in agreement) {
    return agreement;
  }
  // §5: Key and Accept "are not used". Some clients send a key all the same, and insist on the answer.
  const key = headers.one('sec-websocket-key') ?? '';
  const answer = isKey(key) ? { 'Sec-WebSocket-Accept': acceptFor(key) } : {};
  return { agreed: agreement.agreed, status: 200, fields: { ...answer, ...agreement.fields } };
}

function refuse({ method, protocol, scheme, target, headers }: FieldSection): Refusal | undefined {
  if (method !== 'CONNECT') return refusals.METHOD_NOT_CONNECT;
  if (protocol !== 'websocket') return refusals.PROTOCOL_UNKNOWN;
  // §5: "https" is wss and "http" is ws. What it came over is for the transport to say.
  if (scheme !== 'https' && scheme !== 'http') return refusals.TARGET_INVALID;
  if (!target.startsWith('/')) return refusals.TARGET_INVALID;
  if (!headers.one('host')) return refusals.HOST_INVALID;
  if (headers.one('sec-websocket-version') !== '13') return refusals.VERSION_UNSUPPORTED;
  return headers.has('content-length') ? refusals.BODY_UNEXPECTED : undefined;
}

/**
 * The fields of the answer to a refused request; `refusal.message` is its body.
 * @throws {UsageError} `HEADER_INVALID` for a field that cannot be sent, or that says how the answer ends.
 */
export function refusalSection({ headers = {} }: Refusal): Record<string, string> {
  fieldLines(headers, refusalFields);
  const sent = Object.entries(headers).filter(([name]) => !ofHttp1.has(name.toLowerCase()));
  return Object.fromEntries([...sent, ['content-type', 'text/plain; charset=utf-8']]);
}

/** RFC 9113 §8.2.2: fields that a refusal may have, and that make a message of HTTP/2 malformed. */
const ofHttp1: ReadonlySet<string> = new Set([
  'upgrade',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
  'te',
]);
