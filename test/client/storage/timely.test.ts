import { describe, expect, it } from 'vitest';
import { storageWithinMs, timely } from '../../../src/client/storage/timely.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { failure, turn } from '../world.ts';

const never = new Promise<never>(() => undefined);

describe('a limit to waiting', () => {
  it('gives the answer, or what it failed with, and leaves no alarm behind', async () => {
    const clock = new ManualClock();
    expect(await timely(clock, Promise.resolve(1))).toBe(1);
    expect(await failure(timely(clock, Promise.reject(new Error('no disk'))))).toMatchObject({
      message: 'no disk',
    });
    await turn();
    expect(clock.pending).toBe(0);
  });

  it('ends after its time, not before', async () => {
    const clock = new ManualClock();
    let ended: unknown;
    timely(clock, never).catch((error: unknown) => {
      ended = error;
    });
    clock.advance(storageWithinMs - 1);
    await turn();
    expect(ended).toBeUndefined();
    clock.advance(1);
    await turn();
    expect(ended).toMatchObject({ message: 'the storage does not answer' });
  });

  it('begins anew when the whole page was held up: then the storage was, too', async () => {
    const alarms: (() => void)[] = [];
    let nowMs = 0;
    const clock = {
      nowMs: () => nowMs,
      wallMs: () => nowMs,
      after: (_: number, run: () => void) => {
        alarms.push(run);
        return () => undefined;
      },
    };
    let ended = false;
    timely(clock, never).catch(() => {
      ended = true;
    });
    nowMs = storageWithinMs + 60_000;
    alarms.shift()!();
    await turn();
    expect([ended, alarms.length]).toEqual([false, 1]);
    nowMs += storageWithinMs;
    alarms.shift()!();
    await turn();
    expect(ended).toBe(true);
  });
});
