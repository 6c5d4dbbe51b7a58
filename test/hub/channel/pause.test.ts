import { describe, expect, it } from 'vitest';
import { Pause } from '../../../src/hub/channel/pause.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { settled } from '../world.ts';

function waitOnce(pause: Pause): { done: boolean } {
  const state = { done: false };
  void pause.wait().then(() => {
    state.done = true;
  });
  return state;
}

describe('waiting for a broker that failed', () => {
  it('takes longer each time, up to 20 s, and begins anew after a success', async () => {
    const clock = new ManualClock();
    const pause = new Pause(clock, () => 0.5);
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      if (i === 7) {
        pause.reset();
      }
      const from = clock.nowMs();
      const wait = waitOnce(pause);
      while (!wait.done) {
        clock.advance(125);
        await settled();
      }
      waits.push(clock.nowMs() - from);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 250]);
  });

  it('ends at once when nobody wants to know any more, and leaves no timer', async () => {
    const clock = new ManualClock();
    const pause = new Pause(clock, () => 0.5);
    const wait = waitOnce(pause);
    pause.end();
    await settled();
    expect(wait.done).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
