import { describe, expect, it } from 'vitest';
import { Expiry, ticketFrom } from '../../../src/hub/session/ticket.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';

const wallMs = 1_700_000_000_000;

describe('what the policy said of a token', () => {
  it('names the user, alone or with an end', () => {
    const clock = new ManualClock({ wallMs });
    clock.advance(5_000);
    expect(ticketFrom('ann', clock)).toEqual({ user: 'ann', untilMs: undefined });
    expect(ticketFrom({ user: 'ann' }, clock)).toEqual({ user: 'ann', untilMs: undefined });
    const expiresAtMs = wallMs + 7_000;
    expect(ticketFrom({ user: 'ann', expiresAtMs }, clock)).toEqual({
      user: 'ann',
      untilMs: 7_000,
    });
    const never = { user: 'ann', expiresAtMs: Number.POSITIVE_INFINITY };
    expect(ticketFrom(never, clock)?.untilMs).toBeUndefined();
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
    expect(ticketFrom(answer as string, new ManualClock())).toBeUndefined();
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
