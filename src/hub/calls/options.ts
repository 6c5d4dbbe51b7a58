/**
 * Where calls say stop.
 * In: options. Out: all of them, with their defaults. Fails: LIMIT_INVALID for what is no positive number, or more than claims can hold.
 */
import { limitsOf } from '../limits-of.ts';
import { HubUsageError } from '../usage-error.ts';

/** How many calls there may be, how long they take, and what is kept of them. */
export interface CallLimits {
  /** Most time that one call may take, in milliseconds, whatever its client asked for; then CALL_TOO_LATE. @default 60_000 */
  readonly maxCallMs?: number;
  /**
   * Calls of one session that are under way here. More are refused with TOO_MANY_REQUESTS. A handler that goes on after its call ended
   * holds its place until it returns. The same number of questions may be open to one session. @default 64
   */
  readonly maxCallsOfSession?: number;
  /**
   * Calls of one user, and as many again in `maxCallMs` and `callsKeptMs` together: the engine remembers each for about as long. More are refused
   * with TOO_MANY_REQUESTS. @default 20_000
   */
  readonly maxCallsPerUser?: number;
  /** Calls under way on this node. More are refused with TOO_MANY_REQUESTS. @default 10_000 */
  readonly maxCalls?: number;
  /**
   * The longest answer that is kept for a retry, in characters of JSON; at most 16,000. A retry of a call whose answer was longer hears
   * ANSWER_UNKNOWN. @default 8_192
   */
  readonly maxKeptAnswer?: number;
  /**
   * How much longer than its deadline a call is remembered, in milliseconds. A client sends no call again after its deadline, so this is
   * for what is still on its way then. Low: a late repetition runs the handler again. @default 60_000
   */
  readonly callsKeptMs?: number;
}

/** The defaults of `CallLimits`. */
export const callLimitDefaults: Required<CallLimits> = {
  maxCallMs: 60_000,
  maxCallsOfSession: 64,
  maxCallsPerUser: 20_000,
  maxCalls: 10_000,
  maxKeptAnswer: 8_192,
  callsKeptMs: 60_000,
};

/** A claim holds 16,384 characters; the rest is for what stands around the answer. */
const mostKept = 16_000;

/** @throws {HubUsageError} `LIMIT_INVALID` */
export function callLimits(given?: CallLimits): Required<CallLimits> {
  const limits = limitsOf(callLimitDefaults, given);
  if (limits.maxKeptAnswer > mostKept) {
    throw new HubUsageError('LIMIT_INVALID', `answers of more than ${mostKept} are not kept`);
  }
  return limits;
}
