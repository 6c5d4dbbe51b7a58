/**
 * You misused us: thrown at once, where the mistake was made, and never because of what a peer did.
 * Each code has a paragraph in docs/3-reference/errors.md.
 */

/** @codes What was wrong with a call. */
export type UsageErrorCode =
  | 'CLOSE_CODE_INVALID'
  | 'CLOSE_REASON_TOO_LONG'
  | 'CONTROL_TOO_LONG'
  | 'ENDPOINT_CLOSED'
  | 'FRAGMENT_OUT_OF_ORDER'
  | 'HEADER_INVALID'
  | 'IO_UNAVAILABLE'
  | 'OPTION_INVALID'
  | 'PATH_TAKEN'
  | 'PAYLOAD_INVALID'
  | 'RECEIVE_WHILE_SUSPENDED'
  | 'SEND_AFTER_CLOSE'
  | 'STREAM_IN_THE_WAY'
  | 'STREAM_TAKEN'
  | 'SUBPROTOCOL_INVALID'
  | 'URL_INVALID';

/** You misused us: thrown where the mistake was made. The code says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
