/**
 * The client's half of the opening handshake as a stream of HTTP/2 (RFC 8441 §5).
 * In: where to and what to offer; then the answer. Out: the request's fields, with the pseudo-fields first; then what was agreed, or
 * what is wrong. Fails: throws at what cannot be sent.
 */
import { UsageError } from '../usage-error.ts';
import type { Agreed } from './agree.ts';
import { type HeaderList, isFieldValue, isToken, ownFields } from './header-lists.ts';
import { checkChoice, type Offers, offerFields } from './offers.ts';
import { type HandshakeRequest, mustBeVisible, type ResponseFault } from './request.ts';

/** No key: nothing has to show that it is no HTTP/1.1 server that answers. */
export type ExtendedRequest = Omit<HandshakeRequest, 'key'> & {
  readonly scheme: 'http' | 'https';
};

/** What a server answered to an extended CONNECT. */
export interface ExtendedResponse {
  readonly status: number;
  readonly headers: HeaderList;
}

/**
 * The fields of the request, names in lower case.
 * @throws {UsageError} as `requestHead`; `HEADER_INVALID` also for a field that HTTP/2 does not have (RFC 9113 §8.2.2), or that is given
 * twice.
 */
export function extendedRequest(request: ExtendedRequest): Readonly<Record<string, string>> {
  mustBeVisible(request);
  const fields = new Map<string, string>([
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', request.scheme],
    [':path', request.target],
    [':authority', request.host],
    ['sec-websocket-version', '13'],
  ]);
  for (const [name, value] of Object.entries(offerFields(request))) {
    fields.set(name.toLowerCase(), value);
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const lower = name.toLowerCase();
    const isRefused = ownFields.has(lower) || connectionFields.has(lower) || fields.has(lower);
    if (!isToken(name) || !isFieldValue(value) || isRefused) {
      throw new UsageError('HEADER_INVALID', `the field ${JSON.stringify(name)} cannot be sent`);
    }
    fields.set(lower, value);
  }
  return Object.fromEntries(fields);
}

/** Any 2xx opens (RFC 9110 §9.3.6); the choice is checked as in RFC 6455 §4.1. */
export function checkExtendedResponse(
  { status, headers }: ExtendedResponse,
  offers: Offers,
): Agreed | ResponseFault {
  if (status < 200 || status > 299) {
    return { name: 'RESPONSE_NOT_200', status, message: `the server answered ${status}` };
  }
  const choice = checkChoice(headers, offers);
  return 'name' in choice ? { ...choice, status } : choice;
}

/** RFC 9113 §8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields." */
const connectionFields: ReadonlySet<string> = new Set([
  'keep-alive',
  'proxy-connection',
  'te',
  'http2-settings',
]);
