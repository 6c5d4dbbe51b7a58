/**
 * Whether messages may be compressed, and how (RFC 7692 §5, §7.1).
 * In: what we want, and what the peer offered or answered. Out: what is agreed, and the field that says so. A server passes over
 * offers that it cannot take; a client refuses an answer that its offer does not allow.
 */
import type { ExtensionOffer } from '../handshake/extensions.ts';
import { type DeflateParameters, extensionName, readParameters } from './parameters.ts';

/** What one side wants. Windows are in bits, 8 to 15: of 256 bytes to 32 KiB. */
export interface DeflateTerms {
  /** What we send may refer back to our earlier messages, unless the peer forbids it. */
  readonly contextTakeover: boolean;
  /** What the peer sends may do so: then its latest window is kept between messages. */
  readonly peerContextTakeover: boolean;
  /** How far back we refer at the most. */
  readonly windowBits: number;
  /** How far back the peer may refer. */
  readonly peerWindowBits: number;
}

/** What both sides keep to, seen from ours. */
export interface AgreedDeflate {
  readonly sendWindowBits: number;
  readonly sendContextTakeover: boolean;
  readonly receiveWindowBits: number;
  readonly receiveContextTakeover: boolean;
}

export interface DeflateChoice {
  readonly agreed: AgreedDeflate;
  /** The value of `Sec-WebSocket-Extensions` in the answer. */
  readonly field: string;
}

/** A server's choice: the first of the offers that it can take (§5.1); undefined to speak without compression. */
export function chooseDeflate(
  offers: readonly ExtensionOffer[],
  terms: DeflateTerms,
): DeflateChoice | undefined {
  for (const offer of offers) {
    const asked = offer.name === extensionName ? readParameters(offer, 'client') : undefined;
    if (asked !== undefined) {
      return accepted(asked, terms);
    }
  }
  return undefined;
}

function accepted(asked: DeflateParameters, terms: DeflateTerms): DeflateChoice {
  const clientBits = asked.clientMaxWindowBits;
  // §7.1.2.2: a client that did not offer it cannot be told how large its window may be. Without takeover none is kept.
  const isBeyond = clientBits === undefined && terms.peerWindowBits < 15;
  const agreed: AgreedDeflate = {
    sendWindowBits: Math.min(terms.windowBits, asked.serverMaxWindowBits ?? 15),
    sendContextTakeover: terms.contextTakeover && !asked.serverNoContextTakeover,
    receiveWindowBits:
      clientBits === undefined
        ? 15
        : Math.min(terms.peerWindowBits, clientBits === 'any' ? 15 : clientBits),
    receiveContextTakeover:
      terms.peerContextTakeover && !asked.clientNoContextTakeover && !isBeyond,
  };
  const serverSaysBits = asked.serverMaxWindowBits !== undefined || agreed.sendWindowBits < 15;
  const clientSaysBits = typeof clientBits === 'number' || agreed.receiveWindowBits < 15;
  const field = [
    extensionName,
    ...(agreed.sendContextTakeover ? [] : ['server_no_context_takeover']),
    ...(agreed.receiveContextTakeover ? [] : ['client_no_context_takeover']),
    ...(serverSaysBits ? [`server_max_window_bits=${agreed.sendWindowBits}`] : []),
    ...(clientSaysBits ? [`client_max_window_bits=${agreed.receiveWindowBits}`] : []),
  ].join('; ');
  return { agreed, field };
}

/**
 * What a client offers: what it wants, and as a second offer the extension alone, for a server that cannot do it (§5.2). With
 * that, our wishes for the peer's side are wishes.
 */
export function offerDeflate(terms: DeflateTerms): string {
  const wanted = [
    extensionName,
    ...(terms.contextTakeover ? [] : ['client_no_context_takeover']),
    ...(terms.peerContextTakeover ? [] : ['server_no_context_takeover']),
    ...(terms.peerWindowBits < 15 ? [`server_max_window_bits=${terms.peerWindowBits}`] : []),
    terms.windowBits < 15 ? `client_max_window_bits=${terms.windowBits}` : 'client_max_window_bits',
  ].join('; ');
  return `${wanted}, ${extensionName}`;
}

/**
 * A client's look at the answer to `offerDeflate(terms)`. Gives undefined when it fits neither of the offers: then the handshake
 * must fail (§7.1).
 */
export function checkDeflate(
  answer: ExtensionOffer,
  terms: DeflateTerms,
): AgreedDeflate | undefined {
  const said = answer.name === extensionName ? readParameters(answer, 'server') : undefined;
  if (said === undefined || !(fitsWanted(said, terms) || fitsBare(said))) {
    return undefined;
  }
  const { serverMaxWindowBits = 15, clientMaxWindowBits: most } = said;
  return {
    sendWindowBits: Math.min(terms.windowBits, typeof most === 'number' ? most : 15),
    sendContextTakeover: terms.contextTakeover && !said.clientNoContextTakeover,
    receiveWindowBits: serverMaxWindowBits,
    receiveContextTakeover: !said.serverNoContextTakeover,
  };
}

/** §7.1.1.1, §7.1.2.1: what was asked of the server must be confirmed; §7.1.2.2: and ours may only be made smaller. */
function fitsWanted(said: DeflateParameters, terms: DeflateTerms): boolean {
  const { peerWindowBits, windowBits, peerContextTakeover } = terms;
  const { serverMaxWindowBits, clientMaxWindowBits = windowBits } = said;
  return (
    (peerContextTakeover || said.serverNoContextTakeover) &&
    (peerWindowBits === 15 || (serverMaxWindowBits ?? 16) <= peerWindowBits) &&
    typeof clientMaxWindowBits === 'number' &&
    clientMaxWindowBits <= windowBits
  );
}

/** §7.1.2.2: to an offer without `client_max_window_bits` the answer must not have it. */
function fitsBare(said: DeflateParameters): boolean {
  return said.clientMaxWindowBits === undefined;
}
