/**
 * What a client offers besides speaking WebSocket at all, and whether the server's choice is among it (RFC 6455 §4.1).
 * In: the offers; then the fields of the answer. Out: fields of the request, whatever version of HTTP it goes in; then what was agreed,
 * or what is wrong with the choice. Fails: throws at offers that cannot be made.
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
import { type HeaderList, isToken } from './header-lists.ts';

/** What a client offers, to be held against the server's choice. */
export interface Offers {
  /** Best first. */
  readonly subprotocols?: readonly string[];
  /** On what terms to offer compression (RFC 7692). Without it none is offered. */
  readonly deflate?: DeflateTerms | undefined;
}

export interface ChoiceFault {
  /** @codes What is wrong with a choice: names that `ResponseFault` has too. */
  readonly name:
    | 'RESPONSE_SUBPROTOCOL_WRONG'
    | 'RESPONSE_EXTENSION_UNASKED'
    | 'RESPONSE_EXTENSION_WRONG';
  readonly message: string;
}

/** @throws {UsageError} `SUBPROTOCOL_INVALID` unless the offers are distinct tokens. */
export function offerFields({
  subprotocols = [],
  deflate,
}: Offers): Readonly<Record<string, string>> {
  if (new Set(subprotocols).size !== subprotocols.length || !subprotocols.every(isToken)) {
    throw new UsageError('SUBPROTOCOL_INVALID', 'subprotocols must be distinct tokens');
  }
  return {
    ...(subprotocols.length > 0 ? { 'Sec-WebSocket-Protocol': subprotocols.join(', ') } : {}),
    ...(deflate === undefined ? {} : { 'Sec-WebSocket-Extensions': offerDeflate(deflate) }),
  };
}

/** §4.1, the last two checks on an answer. */
export function checkChoice(
  headers: HeaderList,
  { subprotocols = [], deflate }: Offers,
): Agreed | ChoiceFault {
  const extensions = headers.all('sec-websocket-extensions');
  if (extensions.length > 0 && deflate === undefined) {
    return {
      name: 'RESPONSE_EXTENSION_UNASKED',
      message: 'the server uses an extension that was not offered',
    };
  }
  const agreed = extensions.length > 0 ? agreedDeflate(extensions, deflate!) : undefined;
  if (extensions.length > 0 && agreed === undefined) {
    return {
      name: 'RESPONSE_EXTENSION_WRONG',
      message: 'the server compresses in a way that was not offered',
    };
  }
  const chosen = headers.all('sec-websocket-protocol');
  if (chosen.length > 1 || (chosen.length === 1 && !subprotocols.includes(chosen[0]!))) {
    return {
      name: 'RESPONSE_SUBPROTOCOL_WRONG',
      message: 'the server chose a subprotocol that was not offered',
    };
  }
  const said = agreed && extensions.join(', ');
  return { subprotocol: chosen[0], deflate: agreed, extensions: said };
}

/** RFC 7692 §7.1: one extension, the one we offered, in a way that our offer allows. */
function agreedDeflate(
  extensions: readonly string[],
  terms: DeflateTerms,
): AgreedDeflate | undefined {
  const answers = readExtensions(extensions);
  return answers?.length === 1 ? checkDeflate(answers[0]!, terms) : undefined;
}
