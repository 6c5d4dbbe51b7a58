/**
 * For how long a client was let in: what its policy said of the token, held on a clock that never jumps.
 * In: the policy's answer. Out: who it is, and a call when the time is over. Fails: an answer that is none names nobody.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';
import type { Guest, TurnedAway, Visitor } from '../../ports/index.ts';
import { messageLimits } from '../../wire/index.ts';
import type { Asker } from './asker.ts';

/** A user, and until when the token holds. */
export interface Ticket {
  readonly user: string;
  /** On the clock that never jumps; may be past. Undefined: for ever. */
  readonly untilMs: number | undefined;
}

export function ticketFrom(
  answer: string | Guest | TurnedAway | undefined,
  clock: Clock,
): Ticket | undefined {
  const guest = typeof answer === 'string' ? { user: answer } : (answer as Guest | undefined);
  if (typeof guest?.user !== 'string' || guest.user.length > messageLimits.userLength) {
    return undefined;
  }
  const { user, expiresAtMs } = guest as Guest;
  if (expiresAtMs === undefined || expiresAtMs === Number.POSITIVE_INFINITY) {
    return { user, untilMs: undefined };
  }
  // The time of day is looked at once, here: whatever it does later changes nothing.
  return typeof expiresAtMs === 'number' && !Number.isNaN(expiresAtMs)
    ? { user, untilMs: clock.nowMs() + (expiresAtMs - clock.wallMs()) }
    : undefined;
}

/** What the policy says, once the broker has started. */
export async function ticketFor(
  session: Pick<Asker, 'hub' | 'ask'>,
  visitor: Visitor,
): Promise<Ticket | undefined> {
  const { policy, ready, clock } = session.hub;
  const answer = await session.ask(async () => {
    await ready;
    return policy.connect(visitor);
  });
  return ticketFrom(answer, clock);
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
