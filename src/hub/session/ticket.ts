/**
 * For how long a client was let in: what its policy said of the token, held on a clock that never jumps.
 * In: the policy's answer. Out: who it is, or why it is sent away, and a call when the time is over. Cannot fail: an answer that is none sends away.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';
import type { Guest, Policy, TurnedAway, Visitor } from '../../ports/index.ts';
import { type Disconnect, disconnects, messageLimits } from '../../wire/index.ts';
import { asked, type Denied, waitOf } from '../denied.ts';
import type { HubForSessions } from './asker.ts';

/** A user, and until when the token holds. */
export interface Ticket {
  readonly user: string;
  /** What the application knows of it. */
  readonly guest: unknown;
  /** On the clock that never jumps; may be past. Undefined: for ever. */
  readonly untilMs: number | undefined;
}

/** Or with which words the client is sent away. */
export function ticketFrom(
  answer: string | Guest | TurnedAway | undefined,
  clock: Clock,
): Ticket | Disconnect {
  const said = typeof answer === 'string' ? { user: answer } : answer;
  if (typeof said !== 'object' || said === null || 'refused' in said) {
    return awayWith(said);
  }
  const { user, expiresAtMs, data: guest } = said;
  if (typeof user !== 'string' || user.length > messageLimits.userLength) {
    return disconnects.UNAUTHORISED;
  }
  if (expiresAtMs === undefined || expiresAtMs === Number.POSITIVE_INFINITY) {
    return { user, guest, untilMs: undefined };
  }
  // The time of day is looked at once, here: whatever it does later changes nothing.
  return typeof expiresAtMs === 'number' && !Number.isNaN(expiresAtMs)
    ? { user, guest, untilMs: clock.nowMs() + (expiresAtMs - clock.wallMs()) }
    : disconnects.UNAUTHORISED;
}

/** Whoever said no without more, or with words that are none of these, wants to see nobody again. */
function awayWith(said: TurnedAway | undefined): Disconnect {
  switch (said?.refused) {
    case 'BUSY':
      return { ...disconnects.BUSY, ...waitOf(said.retryAfterMs) };
    case 'TOKEN_EXPIRED':
      return { ...disconnects.TOKEN_EXPIRED, ...waitOf(said.retryAfterMs) };
    default:
      return disconnects.UNAUTHORISED;
  }
}

/** What the policy says, once the broker has started. */
export async function ticketFor(
  { policy, ready, clock, notes }: HubForSessions,
  visitor: Visitor,
): Promise<Ticket | Disconnect> {
  const question = async (): Promise<Awaited<ReturnType<Policy['connect']>>> => {
    await ready;
    return policy.connect(visitor);
  };
  const answer = await asked(question, { notes });
  return ticketFrom(answer, clock);
}

/** Whether a client that is in as this user may go on with it. */
export function isFor(ticket: Ticket | Disconnect, user: string, clock: Clock): ticket is Ticket {
  return 'user' in ticket && ticket.user === user && !isOver(ticket, clock);
}

/** What such a client is told of another. */
export function notRenewedBy(ticket: Ticket | Disconnect): Denied {
  const refused = {
    code: 'TOKEN_REFUSED',
    message: 'this token does not let this user in',
  } as const;
  return 'name' in ticket && ticket.name === 'BUSY'
    ? { ...refused, retryable: true, ...waitOf(ticket.retryAfterMs) }
    : refused;
}

export function isOver({ untilMs }: Ticket, clock: Clock): boolean {
  return untilMs !== undefined && untilMs <= clock.nowMs();
}

/** As its client is told. */
export function expiryOf({ untilMs }: Ticket, clock: Clock): { readonly expiresInMs?: number } {
  return untilMs === undefined ? {} : { expiresInMs: Math.ceil(untilMs - clock.nowMs()) };
}

/** Timers of platforms hold no more: what is later is looked at again. */
const longestMs = 2 ** 30;

export class Expiry {
  private readonly clock: Clock;
  private readonly over: () => void;
  private cancel: Cancel | undefined;

  constructor(clock: Clock, over: () => void) {
    this.clock = clock;
    this.over = over;
  }

  /** In place of what was set before. */
  set(untilMs: number | undefined): void {
    this.end();
    if (untilMs !== undefined) {
      this.wait(untilMs);
    }
  }

  end(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private wait(untilMs: number): void {
    const leftMs = untilMs - this.clock.nowMs();
    if (leftMs <= 0) {
      this.over();
      return;
    }
    this.cancel = this.clock.after(Math.min(leftMs, longestMs), () => this.wait(untilMs));
  }
}
