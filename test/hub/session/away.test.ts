import { describe, expect, it } from 'vitest';
import { Away } from '../../../src/hub/session/away.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';

describe('sessions whose clients have gone', () => {
  it('are over when their time is, unless they come back', () => {
    const clock = new ManualClock();
    const over: string[] = [];
    const away = new Away(clock, 1_000, (session) => over.push(session));
    away.gone('a');
    away.gone('b');
    clock.advance(999);
    away.back('b');
    clock.advance(1);
    expect([over, clock.pending]).toEqual([['a'], 0]);
  });

  it('that go again begin anew; and at the end nobody is waited for', () => {
    const clock = new ManualClock();
    const over: string[] = [];
    const away = new Away(clock, 1_000, (session) => over.push(session));
    away.gone('a');
    clock.advance(600);
    away.gone('a');
    clock.advance(600);
    expect(over).toEqual([]);
    away.end();
    expect(clock.pending).toBe(0);
  });
});
