import { describe, expect, it } from 'vitest';
import { Rest } from '../../src/hub/rest.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { settled } from './world.ts';

describe('a rest', () => {
  it('lasts for its time', async () => {
    const clock = new ManualClock();
    let isOver = false;
    void new Rest(clock).wait(100).then(() => {
      isOver = true;
    });
    clock.advance(99);
    await settled();
    expect(isOver).toBe(false);
    clock.advance(1);
    await settled();
    expect(isOver).toBe(true);
  });

  it('or until it is enough, and leaves no timer behind; nobody need be waiting', async () => {
    const clock = new ManualClock();
    const rest = new Rest(clock);
    rest.wake();
    const waiting = rest.wait(100);
    rest.wake();
    await waiting;
    expect(clock.pending).toBe(0);
    rest.wake();
  });
});
