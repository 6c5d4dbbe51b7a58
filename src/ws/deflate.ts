/**
 * permessage-deflate as ws negotiates it (RFC 7692 §7.1): with its options, its offer and its answer.
 * In: `perMessageDeflate`, and the peer's field. Out: our field, and how a connection keeps to what is agreed. Fails: throws a
 * RangeError for options that DEFLATE has not; for a field that cannot be taken an Error, which the caller words.
 */
import { type AgreedCompression, compressionDefaults } from '../endpoint/index.ts';
import { format, type Params, parse } from './extension.ts';
import type { PerMessageDeflateOptions } from './types.ts';

export const extensionName = 'permessage-deflate';

/** False: not offered, or not taken from an offer that has it. */
type Bits = number | boolean | undefined;
export interface DeflateOptions
  extends Omit<PerMessageDeflateOptions, 'serverMaxWindowBits' | 'clientMaxWindowBits'> {
  readonly serverMaxWindowBits?: Bits;
  readonly clientMaxWindowBits?: Bits;
}

interface Parameters {
  server_no_context_takeover?: true;
  client_no_context_takeover?: true;
  server_max_window_bits?: number;
  /** True: without a value, which only an offer may have. */
  client_max_window_bits?: number | true;
}

export interface AgreedExtension {
  /** The value of `Sec-WebSocket-Extensions` that says so. */
  readonly field: string;
  readonly compression: AgreedCompression;
}

/** By name, as `completeUpgrade` takes them. */
export type Extensions = Readonly<Partial<Record<typeof extensionName, AgreedExtension>>>;

/** Undefined when there is to be no compression. @throws {RangeError} */
export function deflateOptions(given: unknown): DeflateOptions | undefined {
  if (!given) {
    return undefined;
  }
  const options: DeflateOptions = given === true ? {} : given;
  const { zlibDeflateOptions: zlib, serverMaxWindowBits, clientMaxWindowBits } = options;
  mustBeWithin('serverMaxWindowBits', serverMaxWindowBits, 8, 15);
  mustBeWithin('clientMaxWindowBits', clientMaxWindowBits, 8, 15);
  mustBeWithin('zlibDeflateOptions.level', zlib?.level, -1, 9);
  mustBeWithin('zlibDeflateOptions.memLevel', zlib?.memLevel, 1, 9);
  return options;
}

/** What a client says. */
export function offerFor(options: DeflateOptions): string {
  const { serverMaxWindowBits, clientMaxWindowBits } = options;
  const params = {
    ...(options.serverNoContextTakeover ? { server_no_context_takeover: true } : {}),
    ...(options.clientNoContextTakeover ? { client_no_context_takeover: true } : {}),
    ...(serverMaxWindowBits ? { server_max_window_bits: serverMaxWindowBits } : {}),
    ...(clientMaxWindowBits === false
      ? {}
      : { client_max_window_bits: clientMaxWindowBits ?? true }),
  };
  return format({ [extensionName]: params });
}

/** A server's choice; undefined when it was not offered. @throws {Error} when no offer can be taken. */
export function takeOffer(field: string, options: DeflateOptions): AgreedExtension | undefined {
  const offers = parse(field)[extensionName];
  if (offers === undefined) {
    return undefined;
  }
  const offered = offers.map((params) => read(params, 'client'));
  const taken = offered.find((params) => isTakeable(params, options));
  if (taken === undefined) {
    throw new Error('None of the extension offers can be accepted');
  }
  const { serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits } = options;
  const { client_max_window_bits: offeredBits, ...without } = taken;
  const own = typeof clientBits === 'number' ? clientBits : offeredBits;
  const isSaid = typeof own === 'number' && clientBits !== false;
  const says: Parameters = {
    ...(isSaid ? { ...taken, client_max_window_bits: own } : without),
    ...(options.serverNoContextTakeover ? { server_no_context_takeover: true } : {}),
    ...(options.clientNoContextTakeover ? { client_no_context_takeover: true } : {}),
    ...(typeof serverBits === 'number' ? { server_max_window_bits: serverBits } : {}),
  };
  return agreedOn(says, 'server', options);
}

/** A client's look at the answer; undefined when it is about another extension. @throws {Error} when it is not what was offered. */
export function takeAnswer(field: string, options: DeflateOptions): AgreedExtension | undefined {
  const answers = parse(field);
  const [name, ...others] = Object.keys(answers);
  if (name !== extensionName || others.length > 0) {
    return undefined;
  }
  const [said] = answers[extensionName]!.map((params) => read(params, 'server'));
  const { client_max_window_bits: bits, client_no_context_takeover: isWithout } = said!;
  const { clientMaxWindowBits: most, clientNoContextTakeover } = options;
  if (isWithout && clientNoContextTakeover === false) {
    throw new Error('Unexpected parameter "client_no_context_takeover"');
  }
  const isTooLarge = typeof most === 'number' && Number(bits) > most;
  if (bits !== undefined && (most === false || isTooLarge)) {
    throw new Error('Unexpected or invalid parameter "client_max_window_bits"');
  }
  const own = bits === undefined && typeof most === 'number' ? most : bits;
  const whole = own === undefined ? said! : { ...said, client_max_window_bits: own };
  return agreedOn(whole, 'client', options);
}

function isTakeable(offered: Parameters, options: DeflateOptions): boolean {
  const { serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits } = options;
  const { server_max_window_bits: mostOfServer, client_max_window_bits: mostOfClient } = offered;
  const isTakeoverRefused =
    options.serverNoContextTakeover === false && offered.server_no_context_takeover === true;
  const isServerTooLarge =
    mostOfServer !== undefined &&
    (serverBits === false || (typeof serverBits === 'number' && serverBits > mostOfServer));
  // §7.1.2.2: a client that did not offer it cannot be told.
  const isClientTooLarge =
    typeof clientBits === 'number' &&
    (mostOfClient === undefined || (mostOfClient !== true && clientBits > mostOfClient));
  return !isTakeoverRefused && !isServerTooLarge && !isClientTooLarge;
}

/** @throws {Error} for what is unknown, stands twice or has no proper value. */
function read(params: Params, from: 'client' | 'server'): Parameters {
  const parameters: Parameters = {};
  for (const [name, values] of Object.entries(params)) {
    const [value] = values;
    const isFlag = name === 'server_no_context_takeover' || name === 'client_no_context_takeover';
    const isOpen = name === 'client_max_window_bits' && from === 'client' && value === true;
    if (values.length > 1 || (isFlag && value !== true)) {
      throw new TypeError(`Invalid value for parameter "${name}"`);
    }
    if (isFlag) {
      parameters[name] = true;
    } else if (isOpen) {
      parameters.client_max_window_bits = true;
    } else if (name === 'server_max_window_bits' || name === 'client_max_window_bits') {
      parameters[name] = bitsOf(name, value);
    } else {
      throw new Error(`Unknown parameter "${name}"`);
    }
  }
  return parameters;
}

function bitsOf(name: string, value: string | true | undefined): number {
  const bits = typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(bits) || bits < 8 || bits > 15) {
    throw new TypeError(`Invalid value for parameter "${name}": ${value}`);
  }
  return bits;
}

function agreedOn(
  says: Parameters,
  role: 'client' | 'server',
  { threshold, zlibDeflateOptions: zlib }: DeflateOptions,
): AgreedExtension {
  const { client_max_window_bits: bits } = says;
  const server = {
    windowBits: says.server_max_window_bits ?? 15,
    contextTakeover: says.server_no_context_takeover !== true,
  };
  const client = {
    windowBits: typeof bits === 'number' ? bits : 15,
    contextTakeover: says.client_no_context_takeover !== true,
  };
  const [own, peer] = role === 'server' ? [server, client] : [client, server];
  const { level = -1, memLevel = compressionDefaults.memoryLevel } = zlib ?? {};
  return {
    field: format({ [extensionName]: says as Record<string, number | true> }),
    compression: {
      agreed: {
        sendWindowBits: own.windowBits,
        sendContextTakeover: own.contextTakeover,
        receiveWindowBits: peer.windowBits,
        receiveContextTakeover: peer.contextTakeover,
      },
      tuning: {
        ...compressionDefaults,
        // As with ws: what may refer back is worth compressing however small it is.
        thresholdBytes: own.contextTakeover ? 0 : (threshold ?? compressionDefaults.thresholdBytes),
        level: level === -1 ? compressionDefaults.level : level,
        memoryLevel: memLevel,
      },
    },
  };
}

function mustBeWithin(name: string, value: unknown, least: number, most: number): void {
  const isGiven = value !== undefined && value !== null && typeof value !== 'boolean';
  if (isGiven && !(Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) {
    throw new RangeError(`perMessageDeflate.${name} must be an integer from ${least} to ${most}`);
  }
}
