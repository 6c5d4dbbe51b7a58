/**
 * What must look after an outbox and a session, so that they outlive the page. `storage/keeper.ts` does.
 */
import type { Clock } from '../ground/clock.ts';
import type { Hello, ProducerNumber } from '../wire/index.ts';
import type { KeptLetter } from './letter.ts';

/** What has to be kept of one channel. */
export interface KeptLane {
  readonly channel: string;
  /** The number that was given last. */
  readonly producer: ProducerNumber;
  /** None: only the number has to be known, because the producer goes on. */
  readonly letters: readonly KeptLetter[];
}

/** All that has to be kept of one outbox. */
export interface Kept {
  /** As whom it was sent last; undefined: the page was never let in. */
  readonly user: string | undefined;
  /** Who numbers in channels that have no lane. */
  readonly producer: Holder;
  readonly lanes: readonly KeptLane[];
}

/** A producer, and which of its holders: one more with each. */
export type Holder = Pick<ProducerNumber, 'name' | 'epoch'>;

/** By what a session goes on. */
export type KeptStay = NonNullable<Hello['resume']>;

/** What a keeper is given by its client. */
export interface KeepPort {
  /** Publications wait for what is kept: it must not take for ever. */
  readonly clock: Clock;
  readonly randomId: () => string;
  /** What has to be kept now: of the client itself, or of what it adopted under this name. */
  look(adopted?: string): Kept;
  /** Sends on what a client that is gone had left, as another holder. False: there is no room for it. */
  adopt(name: string, kept: Kept): boolean;
  /** Once: from then on nothing is kept. */
  failed(error: unknown): void;
}

/** What a client asks of the keeper of its outbox: `keepIn` of `tautline/client/storage` makes one. */
export interface OutboxKeeper {
  readonly isKeeping: boolean;
  /** Beyond all ids of requests that earlier pages used in the session that goes on. */
  readonly firstId: number;
  /** Gives the session that goes on. Never rejects. */
  begin(): Promise<KeptStay | undefined>;
  /** Gives what an earlier page left. Never rejects. */
  open(): Promise<Kept | undefined>;
  /** Resolves when all that has changed until now is kept, or cannot be. Never rejects. Not called before `open` has given what it found. */
  save(): Promise<void>;
  /** The server let the client in. */
  welcomed(stay: KeptStay, user: string): void;
  /** This, and what was adopted, is another user's: it stays for that one, and whatever comes now is kept apart from it. */
  part(kept: Kept): void;
  /** What is held now stays for the next; before the first `save`, what was found. */
  close(): void;
}

/** Makes the keeper of one client's outbox. */
export type KeepOutbox = (port: KeepPort) => OutboxKeeper;
