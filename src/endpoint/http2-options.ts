/**
 * Options of HTTP/2, for servers that the endpoint makes itself.
 * In: what the application chose. Out: all of it, with defaults. Fails: `OPTION_INVALID`, thrown.
 */
import { UsageError } from '../protocol/index.ts';

/** What a server of HTTP/2 is given: its limits and its windows (RFC 9113). */
export interface Http2Options {
  /** Most streams of one connection at a time, and with them its websockets. @default 100 */
  readonly maxStreams?: number;
  /**
   * What a peer may send on one stream before the application has taken it, in bytes: so much each websocket that is paused can hold.
   * Its rate is at most this for each round trip. @default 1_048_576
   */
  readonly streamWindowBytes?: number;
  /** What may be under way on all streams of one connection together, in bytes. @default 4_194_304 */
  readonly sessionWindowBytes?: number;
  /** Time that a connection is kept on which no stream is open, in milliseconds. @default 60_000 */
  readonly idleSessionMs?: number;
}

/** The defaults of `Http2Options`. */
export const http2Defaults: Required<Http2Options> = {
  maxStreams: 100,
  streamWindowBytes: 1024 * 1024,
  sessionWindowBytes: 4 * 1024 * 1024,
  idleSessionMs: 60_000,
};

/** RFC 9113 §6.9.2: a window begins with this, and that of a session can only grow. */
const leastWindow = 65_535;
/** §6.9.1: a window cannot be larger. */
const mostWindow = 2 ** 31 - 1;

/** With defaults, and checked. @throws {UsageError} `OPTION_INVALID` */
export function http2Options(options: Http2Options): Required<Http2Options> {
  const {
    maxStreams = http2Defaults.maxStreams,
    streamWindowBytes = http2Defaults.streamWindowBytes,
    sessionWindowBytes = http2Defaults.sessionWindowBytes,
    idleSessionMs = http2Defaults.idleSessionMs,
  } = options;
  mustBeWithin({ maxStreams }, 1, 2 ** 31 - 1);
  mustBeWithin({ streamWindowBytes, sessionWindowBytes }, leastWindow, mostWindow);
  if (typeof idleSessionMs !== 'number' || !(idleSessionMs > 0)) {
    throw new UsageError('OPTION_INVALID', 'idleSessionMs must be a number above 0');
  }
  return { maxStreams, streamWindowBytes, sessionWindowBytes, idleSessionMs };
}

function mustBeWithin(numbers: Readonly<Record<string, unknown>>, least: number, most: number) {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
      throw new UsageError(
        'OPTION_INVALID',
        `${name} must be a whole number from ${least} to ${most}`,
      );
    }
  }
}
