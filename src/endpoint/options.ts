/**
 * Options of a websocket: those of its connection, and those of what it sends.
 * In: what the application chose. Out: all of it, with defaults. Fails: `OPTION_INVALID`, thrown.
 */
import { type ConnectionOptions, connectionOptions, UsageError } from '../protocol/index.ts';

export interface SendingOptions {
  /** `send` gives false while more than this waits to be taken by the system, in bytes. @default 262_144 */
  readonly highWaterBytes?: number;
  /** A peer for which more than this waits reads too slowly: closed with 1008, in bytes. @default 33_554_432 */
  readonly maxBufferedBytes?: number;
}
export const sendingDefaults: Required<SendingOptions> = {
  highWaterBytes: 256 * 1024,
  maxBufferedBytes: 32 * 1024 * 1024,
};

/** All options of a connection and of what it sends, with defaults. @throws {UsageError} `OPTION_INVALID` */
export function websocketOptions(
  options: ConnectionOptions & SendingOptions,
): Required<ConnectionOptions & SendingOptions> {
  const {
    highWaterBytes = sendingDefaults.highWaterBytes,
    maxBufferedBytes = sendingDefaults.maxBufferedBytes,
  } = options;
  if (!(highWaterBytes >= 0) || !(maxBufferedBytes >= highWaterBytes)) {
    throw new UsageError('OPTION_INVALID', 'maxBufferedBytes must be at least highWaterBytes');
  }
  return { ...connectionOptions(options), highWaterBytes, maxBufferedBytes };
}
