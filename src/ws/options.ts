/**
 * What ws leaves open, said in our words: no pings of our own, no idle limits, no least rate; only what a peer may make us keep.
 * In: options as programs for ws give them. Out: the options of a connection. Cannot fail: what is no number means the default.
 */
import { type ConnectionOptions, connectionOptions } from '../protocol/index.ts';

/** What of the options of either role concerns an open websocket. */
export interface OpenOptions {
  readonly allowSynchronousEvents?: boolean | undefined;
  readonly autoPong?: boolean | undefined;
  readonly closeTimeout?: number | undefined;
  readonly maxFragments?: number | undefined;
  readonly maxPayload?: number | undefined;
  readonly generateMask?: ((mask: Buffer) => void) | undefined;
}

export const openDefaults: {
  readonly closeTimeout: number;
  readonly maxFragments: number;
  readonly maxPayload: number;
} = {
  closeTimeout: 30_000,
  maxFragments: 16 * 1024,
  maxPayload: 100 * 1024 * 1024,
};

export function openOptions(options: OpenOptions): Required<ConnectionOptions> {
  const maxBytes = limit(options.maxPayload, openDefaults.maxPayload);
  return connectionOptions({
    maxMessageBytes: maxBytes,
    maxFrameBytes: maxBytes,
    maxFragments: limit(options.maxFragments, openDefaults.maxFragments),
    fragmentChargeBytes: 0,
    minBytesPerSecond: 0,
    pingAfterMs: Number.POSITIVE_INFINITY,
    pongWithinMs: Number.POSITIVE_INFINITY,
    stalledMs: Number.POSITIVE_INFINITY,
    idleMs: Number.POSITIVE_INFINITY,
    closeWithinMs: atLeastZero(options.closeTimeout) ?? openDefaults.closeTimeout,
  });
}

/** 0 and less mean no limit, as with ws. */
function limit(value: number | undefined, byDefault: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    return byDefault;
  }
  return value >= 1 ? value : Number.POSITIVE_INFINITY;
}

function atLeastZero(value: number | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
