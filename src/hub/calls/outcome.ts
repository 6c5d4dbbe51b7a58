/**
 * How a call ended, in one value that is told, kept and told again.
 * In: what a method returned or threw. Out: an outcome, and the message that says it. Cannot fail: what cannot be said is CALL_FAILED.
 */
import { type ErrorCode, messageLimits, type ServerMessage } from '../../wire/index.ts';
import { CallError } from './methods.ts';
import { requireSayable } from './sayable.ts';

export type Outcome = Answered | Failed;

export interface Answered {
  readonly data: unknown;
  /** How many progress messages there were. */
  readonly parts: number;
}

export interface Failed {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable?: true;
  readonly retryAfterMs?: number;
  readonly details?: unknown;
}

/** Says nothing of what went wrong inside. */
const failed: Failed = { code: 'CALL_FAILED', message: 'the call failed' };

/** Two results: what the caller hears, and what the application's own observer must hear of it. */
export interface Judged {
  readonly outcome: Outcome;
  readonly inside?: unknown;
}

export function outcomeOfResult(result: unknown, parts: number, maxBytes: number): Judged {
  const data = result === undefined ? null : result;
  try {
    requireSayable(data, maxBytes);
    return { outcome: { data, parts } };
  } catch (inside) {
    return { outcome: failed, inside };
  }
}

export function outcomeOfError(error: unknown, maxBytes: number): Judged {
  if (!(error instanceof CallError)) {
    return { outcome: failed, inside: error };
  }
  const said = { ...failed, message: error.message.slice(0, messageLimits.errorLength) };
  if (error.details === undefined) {
    return { outcome: said };
  }
  try {
    requireSayable(error.details, maxBytes);
    return { outcome: { ...said, details: error.details } };
  } catch (inside) {
    return { outcome: said, inside };
  }
}

export function messageFor(id: number, outcome: Outcome): ServerMessage {
  if ('code' in outcome) {
    return { type: 'error', id, retryable: false, ...outcome };
  }
  const { data, parts } = outcome;
  return parts === 0 ? { type: 'reply', id, data } : { type: 'reply', id, data, parts };
}
