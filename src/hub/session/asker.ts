/**
 * Between a session and what it is asked: what a request may use of the one who asks, and of its hub. Nothing here does anything.
 */
import type { ErrorCode, Position, ServerMessage } from '../../wire/index.ts';
import type { Receiver, Subscription } from '../channel/catch-up.ts';
import type { Channels } from '../channel/channels.ts';
import type { Inside } from '../inside.ts';
import type { WorkQueue } from './work-queue.ts';

export interface HubForSessions extends Inside {
  readonly channels: Channels;
  /** Resolves when the broker has started; nobody is let in before. */
  readonly ready: Promise<void>;
  append(channel: string, data: unknown, by: string | undefined): Promise<Position>;
}

export interface Asker extends Receiver {
  readonly id: string;
  readonly hub: HubForSessions;
  /** As the policy named it. */
  readonly user: string;
  readonly isOpen: boolean;
  /** By channel; those included that are not answered yet. */
  readonly subscriptions: Map<string, Subscription>;
  /** The publications of one client enter their logs in the order in which it sent them. */
  readonly publishing: WorkQueue;
  tell(message: ServerMessage): void;
  refuse(id: number, code: ErrorCode, message: string, retryable?: boolean): void;
  /** Asks the policy. What throws has said no. */
  ask<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer | undefined>;
}
