/**
 * Your code misused what it was given with its contract: thrown, or the reason of the promise that you hold. Never because of what a client did.
 */
import type { Issue } from '../../contract/index.ts';

/**
 * @codes What the application's own code asked of its contract that cannot be done.
 */
export type AppErrorCode =
  | 'ANSWER_INVALID'
  | 'APP_BOUND_TWICE'
  | 'APP_INVALID'
  | 'APP_NOT_BOUND'
  | 'EVENT_UNKNOWN'
  | 'MEMBER_INVALID'
  | 'PAYLOAD_INVALID'
  | 'SESSION_INVALID'
  | 'USER_INVALID';

/** Thrown to the application's own code, or told to the observer's `failed`; the code says what is wrong. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  /** Which fields are wrong, and how; empty where it is not about a value. */
  readonly issues: readonly Issue[];

  constructor(code: AppErrorCode, message: string, issues: readonly Issue[] = []) {
    super(issues.length === 0 ? message : `${message}: ${saidOf(issues)}`);
    this.code = code;
    this.issues = issues;
  }
}

/** The first of them in words. */
export function saidOf([first]: readonly Issue[]): string {
  if (first === undefined) {
    return 'it does not fit its schema';
  }
  return first.path === '' ? first.message : `${first.path}: ${first.message}`;
}
