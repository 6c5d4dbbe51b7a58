import { describe, expect, it } from 'vitest';
import { type AskError, Asks } from '../../../src/hub/calls/asks.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { TestCaller } from './doubles.ts';

function openAsks(maxOpen = 4): { clock: ManualClock; client: TestCaller; asks: Asks } {
  const clock = new ManualClock();
  const client = new TestCaller();
  return { clock, client, asks: new Asks(client, { clock, maxOpen, maxDataBytes: 100 }) };
}

/** The code with which it rejects, or what it resolved with. */
function fate(asking: Promise<unknown>): Promise<unknown> {
  return asking.catch((error: unknown) => (error as AskError).code);
}

describe('asking a client', () => {
  it('sends the question, numbered by the server, and resolves with the answer', async () => {
    const { clock, client, asks } = openAsks();
    const asking = asks.ask('where', { a: 1 }, { withinMs: 50 });
    expect(client.got).toEqual([
      { type: 'ask', id: 1, method: 'where', data: { a: 1 }, withinMs: 50 },
    ]);
    asks.answered({ type: 'answer', id: 1, data: 'here' });
    expect([await asking, asks.size, clock.pending]).toEqual(['here', 0, 0]);
  });

  it('rejects with what the client declines with', async () => {
    const { asks } = openAsks();
    const asking = asks.ask('where', null);
    asks.declined({ type: 'decline', id: 1, code: 'METHOD_UNKNOWN', message: 'no such' });
    await expect(asking).rejects.toMatchObject({
      name: 'AskError',
      code: 'METHOD_UNKNOWN',
      message: 'no such',
      retryable: false,
    });
  });

  it('rejects when the time is up, and tells the client', async () => {
    const { clock, client, asks } = openAsks();
    const asking = fate(asks.ask('where', null, { withinMs: 50 }));
    clock.advance(49);
    expect(asks.size).toBe(1);
    clock.advance(1);
    expect([await asking, asks.size]).toEqual(['CALL_TOO_LATE', 0]);
    expect(client.got.at(-1)).toEqual({ type: 'revoke', id: 1 });
  });

  it('waits ten seconds unless told otherwise', async () => {
    const { clock, asks } = openAsks();
    const asking = fate(asks.ask('where', null));
    clock.advance(9_999);
    expect(asks.size).toBe(1);
    clock.advance(1);
    expect(await asking).toBe('CALL_TOO_LATE');
  });

  it('withdraws it when its signal is aborted, and tells the client', async () => {
    const { clock, client, asks } = openAsks();
    const controller = new AbortController();
    const asking = fate(asks.ask('where', null, { signal: controller.signal }));
    controller.abort();
    expect([await asking, asks.size, clock.pending]).toEqual(['CALL_CANCELLED', 0, 0]);
    expect(client.got.at(-1)).toEqual({ type: 'revoke', id: 1 });
  });

  it('sends nothing when the signal was aborted before', async () => {
    const { client, asks } = openAsks();
    expect(await fate(asks.ask('where', null, { signal: AbortSignal.abort() }))).toBe(
      'CALL_CANCELLED',
    );
    expect(client.got).toEqual([]);
  });

  it('takes nothing from a signal that outlives it', async () => {
    const { client, asks } = openAsks();
    const controller = new AbortController();
    const asking = asks.ask('where', null, { signal: controller.signal });
    asks.answered({ type: 'answer', id: 1, data: 'here' });
    controller.abort();
    expect([await asking, client.got.length]).toEqual(['here', 1]);
  });

  it('ends with the session', async () => {
    const { client, clock, asks } = openAsks();
    const both = [fate(asks.ask('a', null)), fate(asks.ask('b', null))];
    client.isOpen = false;
    asks.end();
    expect(await Promise.all(both)).toEqual(['SESSION_ENDED', 'SESSION_ENDED']);
    expect(await fate(asks.ask('c', null))).toBe('SESSION_ENDED');
    expect([asks.size, clock.pending]).toEqual([0, 0]);
  });

  it('ignores answers that are late, double, or to what was never asked', async () => {
    const { asks } = openAsks();
    const asking = asks.ask('where', null);
    const other = fate(asks.ask('who', null));
    asks.answered({ type: 'answer', id: 99, data: 'foreign' });
    asks.answered({ type: 'answer', id: 1, data: 'first' });
    asks.answered({ type: 'answer', id: 1, data: 'second' });
    asks.declined({ type: 'decline', id: 1, code: 'CALL_FAILED', message: '' });
    expect([await asking, asks.size]).toEqual(['first', 1]);
    asks.end();
    await other;
  });

  it('asks only what can be said', async () => {
    const { client, asks } = openAsks();
    void fate(asks.ask('where', 'x'.repeat(98)));
    expect(await fate(asks.ask('where', 'x'.repeat(99)))).toBe('DATA_TOO_LARGE');
    expect(await fate(asks.ask('where', undefined))).toBe('DATA_INVALID');
    expect(client.got.length).toBe(1);
  });

  it('D5: has no more open than may be', async () => {
    const { asks } = openAsks(2);
    const open = [fate(asks.ask('a', null)), fate(asks.ask('b', null))];
    await expect(asks.ask('c', null)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryable: true,
    });
    asks.answered({ type: 'answer', id: 1, data: null });
    await open[0];
    open.push(fate(asks.ask('d', null)));
    expect(asks.size).toBe(2);
    asks.end();
    await Promise.all(open);
  });
});
