/**
 * One publication on its way: what the application sees of it, and what the outbox keeps of it.
 */
import type { Cancel } from '../ground/clock.ts';
import type { Publish } from '../wire/index.ts';
import type { ClientError } from './errors.ts';
import type { PublishedAt } from './subscription.ts';

/**
 * `queued`: waits to be sent. `sent`: waits for its answer, over as many connections as it takes. `stored`: it is in the log, once.
 * `unknown`: it is there once or not at all, and nobody can say which. `failed`: it is not there.
 */
export type OutboxStatus = 'queued' | 'sent' | 'stored' | 'unknown' | 'failed';

/** One publication, as it stands now. */
export interface OutboxEntry {
  /** In this outbox, by the order of publishing. */
  readonly id: number;
  readonly channel: string;
  readonly data: unknown;
  /** What the application gave to know it by. */
  readonly tag?: string;
  readonly status: OutboxStatus;
  /** With `stored`: where. */
  readonly position?: string;
  /** With `failed` and `unknown`: why. */
  readonly error?: ClientError;
}

/** What a refusal means for the number of a letter. */
export type Verdict =
  /** It cannot be stored, and its number was not used. */
  | 'never'
  /** The same may be sent again, with its number. */
  | 'later'
  /** Something before it is missing. */
  | 'sequence'
  /** Under these numbers nothing can be sent any more. */
  | 'producer';

export interface Letter {
  readonly id: number;
  /** Without the id of a request, which each sending has anew. */
  readonly message: Omit<Publish, 'id' | 'producer'>;
  /** In characters of JSON. */
  readonly size: number;
  readonly tag: string | undefined;
  readonly resolve: (at: PublishedAt) => void;
  readonly reject: (error: ClientError) => void;
  /** 0 before it was given one. */
  seq: number;
  /** An earlier sending of it, under the same number, may have been stored or may be yet. */
  inDoubt: boolean;
  /** Of the request that is under way; 0 when none is. */
  askedId: number;
  verdict: Verdict | undefined;
  status: 'queued' | 'sent';
  cancelAge: Cancel;
  cancelReply: Cancel;
}
