/**
 * What a server and a client agree on besides speaking WebSocket at all: a subprotocol, and extensions (RFC 6455 §4.2.2, §9.1).
 * In: the fields of a request, whatever version of HTTP it came in. Out: what was agreed and the fields that say so, or a refusal.
 */
import { type AgreedDeflate, chooseDeflate, type DeflateTerms } from '../deflate/negotiate.ts';
import { UsageError } from '../usage-error.ts';
import { readExtensions } from './extensions.ts';
import { type HeaderList, uniqueTokens } from './header-lists.ts';
import { type Refusal, refusals } from './refusals.ts';

/** What both sides keep to for as long as the connection lasts. */
export interface Agreed {
  readonly subprotocol: string | undefined;
  /** How messages may be compressed (RFC 7692); undefined when they may not. */
  readonly deflate: AgreedDeflate | undefined;
  /** The server's `Sec-WebSocket-Extensions`, if it has one. */
  readonly extensions: string | undefined;
}

/** What a server chooses among the client's offers, by whatever version of HTTP it came. */
export interface AgreeOptions {
  /** Chooses one of the offered subprotocols, or undefined for none. Called only when some were offered. */
  readonly chooseSubprotocol?: (offered: readonly string[]) => string | undefined;
  /** On what terms messages may be compressed, when the client offers it. Without it they may not. */
  readonly deflate?: DeflateTerms;
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
  // §9.1: an offer that cannot be read fails the handshake, whatever is spoken here.
  const offers = readExtensions(headers.all('sec-websocket-extensions'));
  if (offers === undefined) {
    return refusals.EXTENSIONS_INVALID;
  }
  const subprotocol = offered.length > 0 ? options.chooseSubprotocol?.(offered) : undefined;
  if (subprotocol !== undefined && !offered.includes(subprotocol)) {
    throw new UsageError('SUBPROTOCOL_INVALID', `the client did not offer ${subprotocol}`);
  }
  const choice = options.deflate && chooseDeflate(offers, options.deflate);
  const fields = {
    ...(subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
    ...(choice === undefined ? {} : { 'Sec-WebSocket-Extensions': choice.field }),
  };
  const agreed = { subprotocol, deflate: choice?.agreed, extensions: choice?.field };
  return { agreed, fields };
}
