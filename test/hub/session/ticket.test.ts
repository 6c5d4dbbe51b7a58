import { describe, expect, it } from 'vitest';
import { Expiry, isFor, notRenewedBy, ticketFrom } from '../../../src/hub/session/ticket.ts';
import type { Guest, TurnedAway } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { disconnects } from '../../../src/wire/index.ts';

const wallMs = 1_700_000_000_000;

describe('what the policy said of a token', () => {
  it('names the user, alone or with an end', () => {
    const clock = new ManualClock({ wallMs });
    clock.advance(5_000);
    const ann = { user: 'ann', guest: undefined, untilMs: undefined };
    expect(ticketFrom('ann', clock)).toEqual(ann);
    expect(ticketFrom({ user: 'ann' }, clock)).toEqual(ann);
    const expiresAtMs = wallMs + 7_000;
    expect(ticketFrom({ user: 'ann', expiresAtMs }, clock)).toEqual({
      ...ann,
      untilMs: 7_000,
    });
    const never = { user: 'ann', expiresAtMs: Number.POSITIVE_INFINITY };
    expect(ticketFrom(never, clock)).toEqual(ann);
    expect(ticketFrom({ user: 'ann', data: { of: 'ann' } }, clock)).toEqual({
      ...ann,
      guest: { of: 'ann' },
    });
  });

  it.each([
    undefined,
    null,
    7,
    {},
    { user: 7 },
    'x'.repeat(1_025),
    { user: 'ann', expiresAtMs: Number.NaN },
    { user: 'ann', expiresAtMs: '7' },
  ])('%j names nobody', (answer) => {
    expect(ticketFrom(answer as string, new ManualClock())).toBe(disconnects.UNAUTHORISED);
  });
});

describe('a client that the policy turns away', () => {
  const from = (answer: object) => ticketFrom(answer as TurnedAway, new ManualClock());

  it.each([
    [{ refused: 'UNAUTHORISED' }, disconnects.UNAUTHORISED],
    [{ refused: 'UNAUTHORISED', retryAfterMs: 5 }, disconnects.UNAUTHORISED],
    [{ refused: 'constructor' }, disconnects.UNAUTHORISED],
    [{ refused: 'FENCED' }, disconnects.UNAUTHORISED],
    [{ refused: 'TOKEN_EXPIRED' }, disconnects.TOKEN_EXPIRED],
    [{ refused: 'BUSY' }, disconnects.BUSY],
    [
      { refused: 'BUSY', retryAfterMs: 0.5 },
      { ...disconnects.BUSY, retryAfterMs: 1 },
    ],
    [{ refused: 'BUSY', retryAfterMs: Number.NaN }, disconnects.BUSY],
    [
      { refused: 'TOKEN_EXPIRED', retryAfterMs: Number.POSITIVE_INFINITY },
      { ...disconnects.TOKEN_EXPIRED, retryAfterMs: 86_400_000 },
    ],
    [{ refused: 'BUSY', user: 'ann' }, disconnects.BUSY],
  ])('by %j is told so', (answer, why) => {
    expect(from(answer)).toEqual(why);
  });

  it('does not go on with that token, and hears of a time to wait if there is one', () => {
    const refused = { code: 'TOKEN_REFUSED', message: 'this token does not let this user in' };
    expect(notRenewedBy(from({ refused: 'TOKEN_EXPIRED' }))).toEqual(refused);
    expect(notRenewedBy(from({ refused: 'UNAUTHORISED' }))).toEqual(refused);
    expect(notRenewedBy(from({ user: 'bob' }))).toEqual(refused);
    expect(notRenewedBy(from({ refused: 'BUSY', retryAfterMs: 70 }))).toEqual({
      ...refused,
      retryable: true,
      retryAfterMs: 70,
    });
  });

  it('goes on with a token of the same user that is not over', () => {
    const clock = new ManualClock({ wallMs });
    const may = (answer: Guest | TurnedAway) => isFor(ticketFrom(answer, clock), 'ann', clock);
    expect(may({ user: 'ann', expiresAtMs: wallMs + 1 })).toBe(true);
    expect(may({ user: 'ann', expiresAtMs: wallMs })).toBe(false);
    expect(may({ user: 'bob' })).toBe(false);
    expect(may({ refused: 'BUSY' })).toBe(false);
  });
});

describe('the end of a token', () => {
  it('comes at its time, once, and a new one replaces it', () => {
    const clock = new ManualClock();
    let over = 0;
    const expiry = new Expiry(clock, () => (over += 1));
    expiry.set(1_000);
    clock.advance(999);
    expiry.set(2_000);
    clock.advance(1_000);
    expect(over).toBe(0);
    clock.advance(1);
    expect([over, clock.pending]).toEqual([1, 0]);
    expiry.set(3_000);
    expiry.end();
    expect(clock.pending).toBe(0);
  });

  it('further away than the timers of platforms reach is waited for all the same', () => {
    const delays: number[] = [];
    const manual = new ManualClock();
    const clock = {
      nowMs: () => manual.nowMs(),
      wallMs: () => manual.wallMs(),
      after: (delayMs: number, run: () => void) => {
        delays.push(delayMs);
        return manual.after(delayMs, run);
      },
    };
    let over = 0;
    const days = 100 * 86_400_000;
    new Expiry(clock, () => (over += 1)).set(days);
    manual.advance(days - 1);
    expect(over).toBe(0);
    manual.advance(1);
    expect(over).toBe(1);
    expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  });
});
