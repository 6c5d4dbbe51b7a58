import { describe, expect, it } from 'vitest';
import { orAborted, startPatience } from '../../src/endpoint/patience.ts';
import { HandClock, turnOver } from './support.ts';

describe('patience', () => {
  it('ends when the time is over, and not a millisecond before', () => {
    const clock = new HandClock();
    const { giveUp } = startPatience(clock, 100, undefined);
    clock.advance(99);
    expect(giveUp.aborted).toBe(false);
    clock.advance(1);
    expect(giveUp.reason).toMatchObject({ code: 'HANDSHAKE_TOO_LATE' });
  });

  it('ends when the application says so, before or meanwhile', () => {
    const stop = new AbortController();
    const { giveUp } = startPatience(new HandClock(), 100, stop.signal);
    expect(giveUp.aborted).toBe(false);
    stop.abort('enough');
    expect(giveUp.reason).toMatchObject({ code: 'DIAL_ABORTED', cause: 'enough' });
    const late = startPatience(new HandClock(), 100, stop.signal);
    expect(late.giveUp.reason).toMatchObject({ code: 'DIAL_ABORTED' });
  });

  it('is not asked for any more when it ended: no timer is left, and nobody listens', () => {
    const clock = new HandClock();
    const stop = new AbortController();
    const patience = startPatience(clock, 100, stop.signal);
    patience.end();
    expect(clock.pending).toBe(0);
    stop.abort();
    expect(patience.giveUp.aborted).toBe(false);
  });
});

describe('what waits for its turn', () => {
  it('does not wait when the application has given up; what still comes is handed over', async () => {
    const stop = new AbortController();
    const late: string[] = [];
    let end = (_result: string): void => {};
    const work = new Promise<string>((resolve) => {
      end = resolve;
    });
    const result = orAborted(work, stop.signal, (one) => void late.push(one));
    stop.abort('enough');
    await expect(result).rejects.toMatchObject({ code: 'DIAL_ABORTED', cause: 'enough' });
    expect(late).toEqual([]);
    end('socket');
    await turnOver();
    expect(late).toEqual(['socket']);
  });

  it('in the ordinary case it is as if nothing stood between', async () => {
    const { signal } = new AbortController();
    const none = (): void => expect.unreachable();
    await expect(orAborted(Promise.resolve(1), signal, none)).resolves.toBe(1);
    await expect(orAborted(Promise.resolve(1), undefined, none)).resolves.toBe(1);
    const failing = Promise.reject(new Error('no'));
    await expect(orAborted(failing, signal, none)).rejects.toThrow('no');
  });
});
