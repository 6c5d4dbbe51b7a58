/**
 * The parameters of permessage-deflate (RFC 7692 §7.1), as one side wrote them.
 * In: an element of `Sec-WebSocket-Extensions`. Out: what it says; or undefined when it says something that nobody may say, which a
 * server declines and a client refuses.
 */
import type { ExtensionOffer } from '../handshake/extensions.ts';

export const extensionName = 'permessage-deflate';

export interface DeflateParameters {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  /** 8 to 15, or undefined. */
  serverMaxWindowBits: number | undefined;
  /** 8 to 15; `any` when there was no value, which only an offer may do (§7.1.2.2). */
  clientMaxWindowBits: number | 'any' | undefined;
}

/** @param from Only a client may leave out the value of its own window. */
export function readParameters(
  { parameters }: ExtensionOffer,
  from: 'client' | 'server',
): DeflateParameters | undefined {
  const read: DeflateParameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  };
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    // "multiple extension parameters with the same name" (§7.1)
    if (seen.has(name) || !readOne(read, name, value, from)) {
      return undefined;
    }
    seen.add(name);
  }
  return read;
}

/** False for what is unknown or has no proper value. */
function readOne(
  read: DeflateParameters,
  name: string,
  value: string | undefined,
  from: 'client' | 'server',
): boolean {
  switch (name) {
    case 'server_no_context_takeover':
      read.serverNoContextTakeover = true;
      return value === undefined;
    case 'client_no_context_takeover':
      read.clientNoContextTakeover = true;
      return value === undefined;
    case 'server_max_window_bits':
      read.serverMaxWindowBits = windowBits(value);
      return read.serverMaxWindowBits !== undefined;
    case 'client_max_window_bits':
      read.clientMaxWindowBits =
        value === undefined && from === 'client' ? 'any' : windowBits(value);
      return read.clientMaxWindowBits !== undefined;
    default:
      return false;
  }
}

/** §7.1.2: "a decimal integer value without leading zeroes between 8 to 15, inclusive". */
function windowBits(value: string | undefined): number | undefined {
  const bits = widths.indexOf(value ?? '');
  return bits < 0 ? undefined : bits + 8;
}

const widths: readonly string[] = ['8', '9', '10', '11', '12', '13', '14', '15'];
