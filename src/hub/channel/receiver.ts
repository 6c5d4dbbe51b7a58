/**
 * Between a subscription and what is around it. Nothing here does anything.
 */
import type { Shared } from '../../ground/shared.ts';
import type { Gap, Position, ServerMessage } from '../../wire/index.ts';
import type { Rules } from './rules.ts';

/** What a subscription needs of its session. */
export interface Receiver {
  /** Too much waits for this client: what is not sent now is less to wait for. */
  readonly isFull: boolean;
  /** There is room for a replay. */
  readonly hasRoom: boolean;
  send(message: Shared<ServerMessage>): void;
  /** Resolves when there is room for more of a replay. At once, if there is. */
  room(): Promise<void> | undefined;
  /** Runs one replay's page at a time, so that a session with many holds one page in memory. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** What a subscription needs of its channel, once it has joined. */
export interface Followed {
  /** What the client calls it. */
  readonly shown: string;
  readonly rules: Rules;
  /** Where the channel stands on this hub. */
  readonly top: Position;
  /** A subscription is live at another place than the channel, as it has read by itself. */
  outran(subscription: Doubtful): void;
  /** A subscription found a gap by itself. */
  fell(gap: Gap): void;
  /** Lost entries stood behind this place, and what was announced there may be one of them. */
  isFallen(position: Position): boolean;
}

/** What a channel needs of a subscription that is ahead of it. */
export interface Doubtful {
  /** The log was seen to end there. */
  ends(end: Position): void;
}
