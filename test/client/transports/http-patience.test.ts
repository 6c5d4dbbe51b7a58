import { describe, expect, it } from 'vitest';
import { Patience } from '../../../src/client/transports/http-patience.ts';
import { ManualClock } from '../../../src/testing/index.ts';

describe('patience', () => {
  it('pauses grow, and end when it has failed for too long', async () => {
    const clock = new ManualClock();
    const patience = new Patience(clock, () => 0.5, 1_000);
    const pauses: number[] = [];
    for (;;) {
      const before = clock.nowMs();
      const again = patience.failed();
      while (clock.pending > 0) {
        clock.advance(1);
      }
      if (!(await again)) {
        break;
      }
      pauses.push(clock.nowMs() - before);
    }
    expect(pauses).toEqual([100, 200, 400]);
  });

  it('a success makes it new', async () => {
    const clock = new ManualClock();
    const patience = new Patience(clock, () => 0, 10);
    void patience.failed();
    clock.advance(100);
    patience.succeeded();
    const again = patience.failed();
    clock.advance(0);
    expect(await again).toBe(true);
    clock.advance(100);
    expect(await patience.failed()).toBe(false);
  });
});
