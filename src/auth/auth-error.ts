/**
 * What goes wrong with authentication and is not a visitor's doing: you misused a helper, or the world failed.
 */

/** @codes Why a helper could not do its work. What is wrong with a visitor's token is a `JwtFault`. */
export type AuthErrorCode =
  | 'KEYS_UNREACHABLE'
  | 'OPTION_INVALID'
  | 'TICKET_TOO_LARGE'
  | 'TICKETS_FULL';

/** `cause` says what it came from, where it came from something. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code === 'KEYS_UNREACHABLE' || this.code === 'TICKETS_FULL';
  }
}

/** @throws {AuthError} `OPTION_INVALID`, unless the number is at least so much, and not more. */
export function mustBeWithin(
  name: string,
  value: number,
  { least, most = Number.POSITIVE_INFINITY }: { readonly least: number; readonly most?: number },
): void {
  // Turned round, so that NaN is refused too.
  if (!(value >= least && value <= most)) {
    throw new AuthError('OPTION_INVALID', `${name} must be from ${least} to ${most}`);
  }
}
