/**
 * You misused the hub: thrown, or the reason of the promise you hold, and never because of what a client did.
 */

/** @codes What the application's own code asked of a hub that cannot be done. */
export type HubUsageErrorCode =
  | 'CHANNEL_INVALID'
  | 'CHANNEL_OPTIONS_INVALID'
  | 'DATA_INVALID'
  | 'DATA_TOO_LARGE'
  | 'EVENT_INVALID'
  | 'HUB_NOT_RUNNING'
  | 'HUB_STARTED_TWICE'
  | 'KEY_INVALID'
  | 'KIND_MISMATCH'
  | 'LIMIT_INVALID'
  | 'ORDER_INVALID'
  | 'USER_INVALID';

/** You misused the hub: thrown where the mistake was made, or as a rejection. The code says which. */
export class HubUsageError extends Error {
  override readonly name = 'HubUsageError';
  readonly code: HubUsageErrorCode;

  constructor(code: HubUsageErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
