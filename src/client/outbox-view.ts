/**
 * What is on its way, as applications see it. `outbox.ts` keeps what is promised here.
 */
import type { Listener } from '../ground/emitter.ts';
import type { OutboxEntry } from './letter.ts';

/** What an outbox tells, with what each listener is given. */
export interface OutboxEvents {
  /** An entry was added, or stands otherwise than before. */
  readonly status: readonly [entry: OutboxEntry];
}

/** What is on its way, as applications see it. */
export interface OutboxView {
  /** Those that are queued or sent; oldest first within each channel. */
  readonly entries: readonly OutboxEntry[];
  /** Adds a listener; what it returns removes it. A listener that throws disturbs nobody: its error is reported as uncaught. */
  on<Name extends keyof OutboxEvents>(
    name: Name,
    listener: Listener<OutboxEvents[Name]>,
  ): () => void;
}
