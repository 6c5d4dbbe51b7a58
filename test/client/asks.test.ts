import { describe, expect, it } from 'vitest';
import { connectedWorld, type FakeRoad, turn } from './world.ts';

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

function ask(road: FakeRoad, id: number, method = 'colour', data: unknown = null): void {
  road.say({ type: 'ask', id, method, data, withinMs: 5_000 });
}

describe('what the server asks', () => {
  it('is answered by the handler of the method', async () => {
    const { client, road } = connectedWorld();
    client.handle('colour', async (data) => ({ seen: data }));
    ask(road(), 7, 'colour', 'red');
    await turn();
    expect(road().all('answer')).toEqual([{ type: 'answer', id: 7, data: { seen: 'red' } }]);
  });

  it('a handler that gives nothing has answered null', async () => {
    const { client, road } = connectedWorld();
    client.handle('colour', () => undefined);
    ask(road(), 7);
    await turn();
    expect(road().last('answer').data).toBe(null);
  });

  it('without a handler it is declined, and after it was removed; the latest counts', async () => {
    const { client, road } = connectedWorld();
    ask(road(), 1);
    expect(road().last('decline')).toMatchObject({ id: 1, code: 'METHOD_UNKNOWN' });
    const removeFirst = client.handle('colour', () => 'first');
    const removeSecond = client.handle('colour', () => 'second');
    removeFirst();
    ask(road(), 2);
    await turn();
    expect(road().last('answer').data).toBe('second');
    removeSecond();
    ask(road(), 3);
    expect(road().last('decline')).toMatchObject({ id: 3, code: 'METHOD_UNKNOWN' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'Error: no',
    ],
    ['gives what cannot be sent', () => 1n, 'BigInt'],
    [
      'throws at length',
      () => {
        throw 'x'.repeat(5_000);
      },
      'xxx',
    ],
  ])('a handler that %s declines, and says why', async (_, handler, why) => {
    const { client, road } = connectedWorld();
    client.handle('colour', handler);
    ask(road(), 7);
    await turn();
    expect(road().last('decline')).toMatchObject({ id: 7, code: 'CALL_FAILED' });
    expect(road().last('decline').message).toContain(why);
  });

  it('has its time: then it is declined, and the handler is told', async () => {
    const { client, road, clock } = connectedWorld(steady);
    let signal: AbortSignal | undefined;
    client.handle('colour', (_, about) => {
      signal = about.signal;
      return new Promise(() => undefined);
    });
    ask(road(), 7);
    await turn();
    clock.advance(4_999);
    expect([signal?.aborted, road().all('decline')]).toEqual([false, []]);
    clock.advance(1);
    expect(signal?.aborted).toBe(true);
    expect(road().all('decline')).toMatchObject([{ id: 7, code: 'CALL_TOO_LATE' }]);
  });

  it.each(['revoked', 'lost'])('%s: the handler is told, and nothing is answered', async (how) => {
    const { client, road, clock } = connectedWorld(steady);
    let signal: AbortSignal | undefined;
    let answer: (data: unknown) => void = () => undefined;
    client.handle('colour', (_, about) => {
      signal = about.signal;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    ask(road(), 7);
    await turn();
    if (how === 'lost') {
      road().end();
      clock.advance(500);
      road().resumed();
    } else {
      road().say({ type: 'revoke', id: 7 });
    }
    expect(signal?.aborted).toBe(true);
    answer('late');
    await turn();
    expect(road().all('answer')).toEqual([]);
  });

  it('so many at once as maxPending; one more is declined', async () => {
    const { client, road } = connectedWorld({ maxPending: 2 });
    client.handle('colour', () => new Promise(() => undefined));
    for (const id of [1, 2]) {
      ask(road(), id);
    }
    expect(road().all('decline')).toEqual([]);
    ask(road(), 3);
    expect(road().all('decline')).toMatchObject([{ id: 3, code: 'CALL_FAILED' }]);
  });
});

describe('a server that uses a number again before it has its answer', () => {
  it('is declined: what runs is bounded, whatever it calls it', async () => {
    const { client, road, clock } = connectedWorld(steady);
    let running = 0;
    client.handle('colour', () => {
      running += 1;
      return new Promise(() => undefined);
    });
    const before = clock.pending;
    for (let n = 0; n < 100; n += 1) {
      ask(road(), 7);
    }
    await turn();
    expect([running, clock.pending - before]).toEqual([1, 1]);
  });
});
