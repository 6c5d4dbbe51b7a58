/**
 * What can go wrong on the way to a peer, or with one: the world's failures, which reject.
 */

/** @codes Why no connection came to be, or why what was awaited of one will not come. */
export type ConnectionErrorCode =
  | 'CONNECT_FAILED'
  | 'CONNECTION_LOST'
  | 'DIAL_ABORTED'
  | 'HANDSHAKE_REFUSED'
  | 'HANDSHAKE_TOO_LATE'
  | 'PROXY_REFUSED'
  | 'WEBSOCKET_CLOSED';

/** The world failed: no connection came to be, or one is gone. Always a rejection, never thrown at once. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: ConnectionErrorCode;
  /** Trying again may help. */
  readonly retryable: boolean;
  /** Which rule the answer of the server or proxy broke, as `ResponseFault` or `HeadFault` names it. */
  readonly fault: string | undefined;
  /** The status of that answer, where there was one. */
  readonly status: number | undefined;

  constructor(
    code: ConnectionErrorCode,
    message: string,
    details: {
      readonly retryable: boolean;
      readonly fault?: string;
      readonly status?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable;
    this.fault = details.fault;
    this.status = details.status;
  }
}
