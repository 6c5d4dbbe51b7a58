/**
 * What every step needs to know beside the store itself: the limits, the time, and where trouble is told.
 * In: options. Out: the same, and the engine's time. Cannot fail.
 */
import { BrokerError } from '../../ports/index.ts';
import type { FullDurableOptions } from './options.ts';
import type { StoreRange } from './ordered-store.ts';

export interface House {
  readonly options: FullDurableOptions;
  /** Milliseconds since 1970 when the engine started, and from there on by the clock that never goes back. */
  nowMs(): number;
  /** What is committed. */
  range(range: StoreRange): Promise<[string, Uint8Array][]>;
  /** Something that is in the store cannot be right; `what` is done about it. */
  damaged(what: string): void;
}

/** The engine's time, from now on. */
export function startTime({ clock }: Pick<FullDurableOptions, 'clock'>): () => number {
  const aheadMs = clock.wallMs() - clock.nowMs();
  return () => clock.nowMs() + aheadMs;
}

export function damage(what: string): BrokerError {
  return new BrokerError('STORE_CORRUPT', what, false);
}
