/**
 * Options of a websocket: those of its opening handshake, of its connection, and of what it sends.
 * In: what the application chose. Out: all of it, with defaults. Fails: `OPTION_INVALID`, thrown.
 */

import {
  type ConnectionOptions,
  connectionOptions,
  type HeadLimits,
  headLimitDefaults,
  UsageError,
} from '../protocol/index.ts';
import {
  type CompressionOptions,
  type CompressionSettings,
  compressionSettings,
} from './compression.ts';

/** How much and how long a handshake may be. */
export interface HandshakeOptions extends HeadLimits {
  /**
   * Time for the opening handshake, in milliseconds. A dialler's covers looking up, connecting, the proxy and all the rest; a server's each step by
   * itself: TLS, the request's head, the application's `admit`. @default 10_000
   */
  readonly handshakeWithinMs?: number;
}

/** The defaults of `HandshakeOptions`. */
export const handshakeDefaults: Required<HandshakeOptions> = {
  handshakeWithinMs: 10_000,
  ...headLimitDefaults,
};

/** With defaults, and checked. @throws {UsageError} `OPTION_INVALID` */
export function handshakeOptions(options: HandshakeOptions): Required<HandshakeOptions> {
  const {
    handshakeWithinMs = handshakeDefaults.handshakeWithinMs,
    maxHeadBytes = handshakeDefaults.maxHeadBytes,
    maxHeaders = handshakeDefaults.maxHeaders,
  } = options;
  if (typeof handshakeWithinMs !== 'number' || !(handshakeWithinMs > 0)) {
    throw new UsageError('OPTION_INVALID', 'handshakeWithinMs must be a number above 0');
  }
  for (const [name, value] of Object.entries({ maxHeadBytes, maxHeaders })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new UsageError('OPTION_INVALID', `${name} must be a whole number above 0`);
    }
  }
  return { handshakeWithinMs, maxHeadBytes, maxHeaders };
}

/** How much may wait for a peer that reads slowly. */
export interface SendingOptions {
  /** `send` gives false while more than this waits to be taken by the system, in bytes. @default 262_144 */
  readonly highWaterBytes?: number;
  /** A peer for which more than this waits reads too slowly: closed with 1008, in bytes. @default 33_554_432 */
  readonly maxBufferedBytes?: number;
}

/** The defaults of `SendingOptions`. */
export const sendingDefaults: Required<SendingOptions> = {
  highWaterBytes: 256 * 1024,
  maxBufferedBytes: 32 * 1024 * 1024,
};

/** Whose the memory of a message is. */
export interface PayloadOptions {
  /**
   * Whose the Buffer of a `message` is. `owned`: the application's. `transient`: its memory is used again as soon as the listeners
   * have returned, which spares a copy of each message. Strings, iterations and streams are the application's either way.
   * @default 'owned'
   */
  readonly payloads?: 'owned' | 'transient';
}

/** The defaults of `PayloadOptions`. */
export const payloadDefaults: Required<PayloadOptions> = { payloads: 'owned' };

/** What an open websocket is bounded by. */
export interface WebsocketOptions extends ConnectionOptions, SendingOptions, PayloadOptions {
  /**
   * Whether messages may be compressed (permessage-deflate, RFC 7692), where the peer can. True is with the defaults of
   * `CompressionOptions`. @default false
   */
  readonly compression?: boolean | CompressionOptions;
}

/** All of them, checked. */
export interface WebsocketSettings
  extends Required<ConnectionOptions & SendingOptions & PayloadOptions> {
  readonly compression: CompressionSettings | false;
}

/** With defaults, and checked. @throws {UsageError} `OPTION_INVALID` */
export function websocketOptions(options: WebsocketOptions): WebsocketSettings {
  const {
    highWaterBytes = sendingDefaults.highWaterBytes,
    maxBufferedBytes = sendingDefaults.maxBufferedBytes,
    payloads = payloadDefaults.payloads,
  } = options;
  if (payloads !== 'owned' && payloads !== 'transient') {
    throw new UsageError('OPTION_INVALID', 'payloads must be owned or transient');
  }
  const areNumbers = typeof highWaterBytes === 'number' && typeof maxBufferedBytes === 'number';
  if (!areNumbers || !(highWaterBytes >= 0) || !(maxBufferedBytes >= highWaterBytes)) {
    throw new UsageError('OPTION_INVALID', 'maxBufferedBytes must be at least highWaterBytes');
  }
  const compression = compressionSettings(options.compression);
  return { ...connectionOptions(options), highWaterBytes, maxBufferedBytes, payloads, compression };
}
