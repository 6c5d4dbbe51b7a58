/**
 * One publication on its way: what the application sees of it, and what the outbox keeps of it.
 */
import type { Cancel } from '../ground/clock.ts';
import type { Publish } from '../wire/index.ts';
import { ClientError } from './errors.ts';
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
  /** The application's word for what this is. */
  readonly event?: string;
  /** What the application gave to know it by. */
  readonly tag?: string;
  readonly status: OutboxStatus;
  /** With `stored`: where. */
  readonly position?: string;
  /** With `failed` and `unknown`: why. */
  readonly error?: ClientError;
}

/** What outlives the page. */
export interface KeptLetter {
  /** Without the id of a request, which each sending has anew. */
  readonly message: Omit<Publish, 'id' | 'producer'>;
  /** In characters of JSON. */
  readonly size: number;
  readonly tag: string | undefined;
  /** When it is given up, in milliseconds since 1970. */
  readonly untilMs: number;
  /** 0 before it was given one. */
  readonly seq: number;
}

/** What a refusal means for the number of a letter. */
export type Verdict =
  /** It cannot be stored, and its number was not used. */
  | 'never'
  /** The same may be sent again, with its number. */
  | 'later'
  /** Something before it is missing. */
  | 'sequence'
  /** In this numbering nothing can be sent any more. */
  | 'numbering'
  /** By this producer nothing can be sent any more. */
  | 'name';

export interface Letter extends KeptLetter {
  readonly id: number;
  /** An earlier page published it. */
  readonly isInherited: boolean;
  readonly resolve: (at: PublishedAt) => void;
  readonly reject: (error: ClientError) => void;
  seq: number;
  /** An earlier sending of it, under the same number, may have been stored or may be yet. */
  inDoubt: boolean;
  /** Of the request that is under way; 0 when none is. */
  askedId: number;
  verdict: Verdict | undefined;
  status: 'queued' | 'sent';
  cancelAge: Cancel;
}

export function newLetter(
  { message, size, tag, seq, untilMs }: KeptLetter,
  more: Pick<Letter, 'id' | 'isInherited' | 'resolve' | 'reject'>,
): Letter {
  return {
    ...more,
    message,
    size,
    tag,
    seq,
    untilMs,
    // What was sent by an earlier page may be in the log.
    inDoubt: seq > 0,
    askedId: 0,
    verdict: undefined,
    status: seq > 0 ? 'sent' : 'queued',
    cancelAge: () => undefined,
  };
}

export function entryOf({ id, message, tag, status }: Letter): OutboxEntry {
  const { channel, data, event } = message;
  return {
    id,
    channel,
    data,
    status,
    ...(event === undefined ? undefined : { event }),
    ...(tag === undefined ? undefined : { tag }),
  };
}

export function keptOf({ message, size, tag, untilMs, seq }: Letter): KeptLetter {
  return { message, size, tag, untilMs, seq };
}

export function unknownAtClose(): ClientError {
  const message = 'the client is closed: it may be in the log, or not';
  return new ClientError('OUTCOME_UNKNOWN', message);
}

export function closedBefore(): ClientError {
  return new ClientError('CLIENT_CLOSED', 'the client is closed');
}
