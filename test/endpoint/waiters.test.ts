import { describe, expect, it } from 'vitest';
import { closedError, unheeded, Waiters } from '../../src/endpoint/waiters.ts';

const why = { code: 1001, reason: 'bye', clean: true, fault: undefined };

describe('promises that a websocket gave out', () => {
  it('are all kept by what they wait for, once', async () => {
    const waiters = new Waiters();
    const drains = [waiters.drained(), waiters.drained()];
    const pongs = [waiters.pong(), waiters.pong()];
    expect(waiters.awaitsPong).toBe(true);
    waiters.drainCame();
    waiters.pongCame(12);
    expect(await Promise.all(drains)).toEqual([undefined, undefined]);
    expect(await Promise.all(pongs)).toEqual([12, 12]);
    expect(waiters.awaitsPong).toBe(false);
  });

  it('closing keeps those for closing and breaks the others', async () => {
    const waiters = new Waiters();
    const closed = waiters.closed();
    const broken = [waiters.drained(), waiters.pong()];
    waiters.closeCame(why);
    expect(await closed).toBe(why);
    for (const promise of broken) {
      await expect(promise).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED', retryable: true });
    }
  });

  it('nobody has to listen to those that break', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    const waiters = new Waiters();
    void waiters.drained();
    void waiters.pong();
    void unheeded(Promise.reject(new Error('late')));
    waiters.closeCame(why);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});

describe('why nothing will come', () => {
  it.each([
    [why, 'the websocket closed with 1001 bye'],
    [{ ...why, reason: '' }, 'the websocket closed with 1001'],
    [undefined, 'the websocket is closing'],
  ])('%o', (closing, message) => {
    expect(closedError(closing).message).toBe(message);
  });
});
