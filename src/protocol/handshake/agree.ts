/**
 * What a server and a client agree on besides speaking WebSocket at all: a subprotocol, and extensions (RFC 6455 §4.2.2, §9.1).
 * In: the fields of a request, whatever version of HTTP it came in. Out: what was agreed and the fields that say so, or a refusal.
 */
import { UsageError } from '../usage-error.ts';
import { readExtensions } from './extensions.ts';
import { type HeaderList, uniqueTokens } from './header-lists.ts';
import { type Refusal, refusals } from './refusals.ts';

/** What both sides keep to for as long as the connection lasts. */
export interface Agreed {
  readonly subprotocol: string | undefined;
}

export interface AgreeOptions {
  /** Chooses one of the offered subprotocols, or undefined for none. Called only when some were offered. */
  readonly chooseSubprotocol?: (offered: readonly string[]) => string | undefined;
}

export interface Agreement {
  readonly agreed: Agreed;
  /** Fields of the answer. */
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws {UsageError} `SUBPROTOCOL_INVALID` when the choice was not offered. */
export function agree(headers: HeaderList, options: AgreeOptions): Agreement | Refusal {
  const offered = uniqueTokens(headers.all('sec-websocket-protocol'));
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
  const fields = subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol };
  return { agreed: { subprotocol }, fields };
}
