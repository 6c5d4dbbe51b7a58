/**
 * What must look after an outbox, so that it outlives the page. `storage/keeper.ts` does.
 */
import type { Clock } from '../ground/clock.ts';
import type { ProducerNumber } from '../wire/index.ts';
import type { KeptLetter } from './letter.ts';

export interface KeptLane {
  readonly channel: string;
  /** The number that was given last. */
  readonly producer: ProducerNumber;
  readonly letters: readonly KeptLetter[];
}

export interface Kept {
  /** As whom it was sent last. */
  readonly user: string | undefined;
  readonly lanes: readonly KeptLane[];
}

export interface KeepPort {
  /** Publications wait for what is kept: it must not take for ever. */
  readonly clock: Clock;
  /** What has to be kept now. */
  look(): Kept;
  /** Once: from then on nothing is kept. */
  failed(error: unknown): void;
}

export interface OutboxKeeper {
  readonly isKeeping: boolean;
  /** Gives what an earlier page left. Never rejects. */
  open(): Promise<Kept | undefined>;
  /** Resolves when all that has changed until now is kept, or cannot be. Never rejects. Not called before `open` has given what it found. */
  save(): Promise<void>;
  /** What is held now stays for the next; before the first `save`, what was found. */
  close(): void;
}

export type KeepOutbox = (port: KeepPort) => OutboxKeeper;
