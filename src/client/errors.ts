/**
 * What the client says when something did not work.
 * Misuse that is seen at once is thrown; everything else rejects a promise or comes with a `status` event.
 */
import type { DisconnectName, ErrorCode, Refused } from '../wire/index.ts';

/** @codes What went wrong on the client's side. */
export type ClientCode =
  | 'CLIENT_CLOSED'
  | 'CONNECTION_LOST'
  | 'CONNECT_TOO_LATE'
  | 'NOT_CONNECTED'
  | 'OPTION_INVALID'
  | 'OUTBOX_EXPIRED'
  | 'OUTBOX_FULL'
  | 'OUTCOME_UNKNOWN'
  | 'POSITION_INVALID'
  | 'REPLY_TOO_LATE'
  | 'REQUEST_INVALID'
  | 'RESYNC_FAILED'
  | 'STATE_TOO_LARGE'
  | 'STORAGE_FAILED'
  | 'TOKEN_FAILED'
  | 'TOO_MANY_PENDING'
  | 'TRANSPORT_MISSING'
  | 'URL_INVALID';

/** A code of the client's own, or the one with which the server refused a request or ended the connection. */
export type ClientErrorCode = ClientCode | ErrorCode | DisconnectName;

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** The same call may succeed later, and repeating it does no harm. */
  readonly retryable: boolean;
  /** What the application on the server says of it, any JSON value: with `CALL_FAILED`, and with what its policy refused. */
  readonly details: unknown;
  /** Repeated sooner, in milliseconds from when the server said it, the same call is only refused again. Undefined: it did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    retryable = false,
    { details, retryAfterMs }: Pick<Refused, 'details' | 'retryAfterMs'> = {},
  ) {
    super(message);
    this.code = code;
    this.retryable = retryable;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server said no to one request. */
export function refusal(refused: Refused): ClientError {
  return new ClientError(refused.code, refused.message, refused.retryable, refused);
}

/** For how long it need not be tried again, in milliseconds, as far as the server said so. */
export function leastOf(error: unknown): number {
  return (error instanceof ClientError && error.retryAfterMs) || 0;
}

/** For what a listener of the application throws: seen like any uncaught error, and in nobody's way. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === 'function') {
    reportError(error);
    return;
  }
  queueMicrotask(() => {
    throw error;
  });
}
