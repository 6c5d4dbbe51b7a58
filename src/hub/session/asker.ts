/**
 * Between a session and what it is asked: what a request may use of the one who asks, and of its hub. Nothing here does anything.
 */
import type { ErrorCode, Refused, ServerMessage, Signal } from '../../wire/index.ts';
import type { Admission } from '../admission.ts';
import type { Append } from '../append.ts';
import type { AnsweredRequest, Application } from '../application.ts';
import type { Budgets } from '../budgets.ts';
import type { Asks } from '../calls/asks.ts';
import type { Subscription } from '../channel/catch-up.ts';
import type { Channels } from '../channel/channels.ts';
import type { Receiver } from '../channel/receiver.ts';
import type { Inside } from '../inside.ts';
import type { Rooms } from '../rooms.ts';
import type { Whom } from '../whom.ts';
import type { Former } from './stay.ts';
import type { WorkQueue } from './work-queue.ts';

export interface HubForSessions extends Inside {
  readonly channels: Channels;
  readonly admission: Admission;
  /** Resolves when the broker has started; nobody is let in before. */
  readonly ready: Promise<void>;
  readonly append: Append;
  /** New producers of each user: the engine keeps a record of each for long. */
  readonly producers: Budgets;
  readonly rooms: Rooms;
  /** Told of each client that is let in, and of each new token. */
  readonly entered?: Application['entered'] | undefined;
  /** Told how each request and each signal ended. */
  readonly answered?: ((request: AnsweredRequest) => void) | undefined;
  /** Its token says something else of it than the one before: the policy is asked again about what goes on. */
  recheck(session: string): void;
  /** Ends whatever is attached to this session with an earlier generation, wherever that is. */
  fence(session: string, former: Former): void;
}

/** What a refusal may say besides. */
export type RefusedMore = Partial<
  Pick<Refused, 'channel' | 'retryable' | 'retryAfterMs' | 'last' | 'details'>
>;

export interface Asker extends Receiver {
  readonly id: string;
  readonly hub: HubForSessions;
  /** As the policy named it. */
  readonly user: string;
  /** The same, with what is known of it. */
  readonly whom: Whom;
  /** One more with each connection of the session, on whatever node. */
  readonly generation: number;
  readonly isOpen: boolean;
  /** By channel, as the client calls it; those included that are not answered yet. */
  readonly subscriptions: Map<string, Subscription>;
  /** The publications of one client enter their logs in the order in which it sent them. */
  readonly publishing: WorkQueue;
  /** Neither waits for the other. */
  readonly signalling: WorkQueue;
  /** What the server asks this client. */
  readonly asks: Asks;
  tell(message: ServerMessage): void;
  refuse(id: number, code: ErrorCode, message: string, more?: RefusedMore): void;
  /** The world failed while it was worked on. */
  refuseFor(id: number, error: unknown, more?: RefusedMore): void;
  /** What became of a signal, of which the client is told nothing: once for each. Without a code it was passed on. */
  signalled(signal: Signal, refused?: ErrorCode): void;
  /** Asks the policy about another token. */
  renew(id: number, token: string): Promise<void>;
  /** Whether one more signal may be sent now. */
  maySignal(): boolean;
}
