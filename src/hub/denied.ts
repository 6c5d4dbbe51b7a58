/**
 * What the policy's answer means for whoever asked: a plain `true` is a yes, and whatever else it said is a no that can be told.
 * In: an answer of the application's. Out: a refusal within the limits of the wire. Cannot fail: what cannot be told is left out, and the observer
 * hears of it.
 */
import type { Refusal, Verdict } from '../ports/index.ts';
import { type ErrorCode, messageLimits } from '../wire/index.ts';
import { requireSayable } from './calls/sayable.ts';
import type { Notes } from './notes.ts';

/** A no, as its client is told. */
export interface Denied {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable?: true;
  readonly retryAfterMs?: number;
  readonly details?: unknown;
}

export interface DeniedNeeds {
  /** Of what is said besides. */
  readonly maxDataBytes: number;
  readonly notes: Pick<Notes, 'failed'>;
}

const codes: Readonly<Record<Refusal['code'], true>> = {
  FORBIDDEN: true,
  PAYLOAD_INVALID: true,
  EVENT_UNKNOWN: true,
  RATE_LIMITED: true,
};

/** Asks the policy; what throws has said nothing. */
export async function asked<Answer>(
  question: () => Answer | Promise<Answer>,
  { notes }: Pick<DeniedNeeds, 'notes'>,
): Promise<Answer | undefined> {
  try {
    return await question();
  } catch (error) {
    notes.failed(error);
    return undefined;
  }
}

/** Why it may not be, as the policy says; undefined: it may. `otherwise` is told where it says no more than no. */
export async function judge(
  question: () => Verdict | undefined | Promise<Verdict | undefined>,
  otherwise: string,
  needs: DeniedNeeds,
): Promise<Denied | undefined> {
  return deniedBy(await asked(question, needs), otherwise, needs);
}

/** Undefined: yes. `otherwise`: what is said where the policy said no more than no. */
export function deniedBy(
  answer: Verdict | undefined,
  otherwise: string,
  needs: DeniedNeeds,
): Denied | undefined {
  if (answer === true) {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(codes, answer.code)) {
    return { code: 'FORBIDDEN', message: otherwise };
  }
  const { code, message, retryAfterMs, details } = answer;
  const isLater = code === 'RATE_LIMITED';
  return {
    code,
    message: typeof message === 'string' ? message.slice(0, messageLimits.errorLength) : otherwise,
    ...(isLater ? { retryable: true, ...waitOf(retryAfterMs) } : {}),
    ...sayableIn(details, needs),
  };
}

/** A time that a client is told to wait, as the wire has it: whole, and a day at the most. What is no such time is left out. */
export function waitOf(ms: number | undefined): { readonly retryAfterMs?: number } {
  return typeof ms === 'number' && ms >= 0
    ? { retryAfterMs: Math.min(Math.ceil(ms), messageLimits.retryAfterMs) }
    : {};
}

/** Who is told of a no. */
interface Denying {
  refuse(
    id: number,
    code: ErrorCode,
    message: string,
    more: Omit<Denied, 'code' | 'message'> & { readonly channel?: string },
  ): void;
}

/** `more`: such as of which of several channels it is said. */
export function deny(
  session: Denying,
  id: number,
  { code, message, ...why }: Denied,
  more: { readonly channel?: string } = {},
): void {
  session.refuse(id, code, message, { ...why, ...more });
}

function sayableIn(
  details: unknown,
  { maxDataBytes, notes }: DeniedNeeds,
): { readonly details?: unknown } {
  if (details === undefined) {
    return {};
  }
  try {
    requireSayable(details, maxDataBytes);
    return { details };
  } catch (error) {
    notes.failed(error);
    return {};
  }
}
