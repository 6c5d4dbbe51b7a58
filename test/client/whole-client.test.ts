import { afterEach, describe, expect, it, vi } from 'vitest';
import { longestRetryAfterMs, steadyAfterMs } from '../../src/client/returning.ts';
import { admit, connectedWorld, type FakeRoad, startWorld, watch } from './world.ts';

afterEach(() => vi.unstubAllGlobals());

function stopping(road: FakeRoad, retryAfterMs: number): void {
  const reason = 'the server stops';
  road.say({ type: 'disconnect', code: 4000, name: 'SERVER_STOPPING', reason, retryAfterMs });
}

describe('connecting', () => {
  it('begins at once', () => {
    const { client, roads, changes } = startWorld();
    expect([client.status, roads.length, changes]).toEqual(['connecting', 1, []]);
  });

  it('tells every step', () => {
    const { clock, road, changes } = startWorld();
    road().welcome();
    road().end();
    clock.advance(250);
    road().welcome();
    expect(changes.map(({ status }) => status)).toEqual([
      'connected',
      'waiting',
      'connecting',
      'connected',
    ]);
  });
});

describe('coming back', () => {
  it('waits longer each time, up to the ceiling, with jitter', () => {
    const draws = [0.5, 0.25, 1 / 3, 0.9, 0.9, 0.9, 0.9];
    const { clock, road, changes } = startWorld({ random: () => draws.shift()! });
    for (const delayMs of [250, 250, 2_000 / 3, 3_600, 7_200, 14_400, 18_000]) {
      road().end();
      expect(changes.at(-1)?.retryInMs).toBeCloseTo(delayMs, 6);
      clock.advance(delayMs + 0.001);
    }
  });

  it('makes the next connection when the delay is over, not before, and only one', () => {
    const { clock, road, roads } = startWorld();
    road().end();
    clock.advance(249);
    expect(roads).toHaveLength(1);
    clock.advance(1);
    expect(roads).toHaveLength(2);
    clock.advance(5_000);
    expect(roads).toHaveLength(2);
  });

  it('a connection that was welcomed but did not stay does not reset the delay', () => {
    const { clock, road, changes } = startWorld();
    for (const delayMs of [250, 500, 1_000]) {
      road().welcome();
      clock.advance(steadyAfterMs - 1_000);
      road().end();
      expect(changes.at(-1)).toMatchObject({ status: 'waiting', retryInMs: delayMs });
      clock.advance(delayMs);
    }
  });

  it('one that stayed does', () => {
    const { clock, road, changes } = startWorld();
    for (let times = 0; times < 3; times += 1) {
      road().welcome();
      road().say({ type: 'pong', id: road().last('ping').id });
      clock.advance(steadyAfterMs);
      road().end();
      expect(changes.at(-1)).toMatchObject({ status: 'waiting', retryInMs: 250 });
      clock.advance(250);
    }
  });

  it('one that was long in coming and never welcomed does not', () => {
    const { clock, road, changes } = startWorld();
    for (const delayMs of [250, 500]) {
      clock.advance(9_999);
      road().end();
      expect(changes.at(-1)?.retryInMs).toBe(delayMs);
      clock.advance(delayMs);
    }
  });

  it('not sooner than the server asked, and jitter on top', () => {
    const { clock, road, roads, changes } = connectedWorld();
    stopping(road(), 3_000);
    expect(changes).toMatchObject([{ status: 'waiting', retryInMs: 3_250 }]);
    clock.advance(3_249);
    expect(roads).toHaveLength(1);
    clock.advance(1);
    expect(roads).toHaveLength(2);
  });

  it('no server can ask for more than the longest', () => {
    const { road, changes } = connectedWorld();
    stopping(road(), Number.MAX_SAFE_INTEGER);
    expect(changes).toMatchObject([{ retryInMs: longestRetryAfterMs + 250 }]);
  });
});

describe('retryNow', () => {
  it('connects at once when it waits, and the delay does not connect again', () => {
    const { client, clock, road, roads } = startWorld();
    road().end();
    client.retryNow();
    expect([client.status, roads.length]).toEqual(['connecting', 2]);
    clock.advance(1_000);
    expect(roads).toHaveLength(2);
  });

  it('not sooner than the server asked; after that, before the jitter is over', () => {
    const { client, clock, road, roads } = connectedWorld();
    stopping(road(), 3_000);
    clock.advance(2_999);
    client.retryNow();
    expect([client.status, roads.length]).toEqual(['waiting', 1]);
    clock.advance(1);
    client.retryNow();
    expect([client.status, roads.length]).toEqual(['connecting', 2]);
  });

  it('what one server asked does not bind us after another connection', () => {
    const { client, clock, road, roads } = connectedWorld();
    stopping(road(), 3_000);
    clock.advance(3_250);
    road().end();
    client.retryNow();
    expect(roads).toHaveLength(3);
  });

  it('does nothing while it connects, and nothing when closed', () => {
    const { client, roads } = startWorld();
    client.retryNow();
    expect(roads).toHaveLength(1);
    client.close();
    client.retryNow();
    expect([client.status, roads.length]).toEqual(['closed', 1]);
  });
});

describe('close', () => {
  it.each(['connecting', 'connected', 'waiting'])('while %s: for good, told once', (status) => {
    const { client, clock, road, roads, changes } = startWorld();
    if (status !== 'connecting') {
      road().welcome();
    }
    if (status === 'waiting') {
      road().end();
    }
    changes.length = 0;
    client.close();
    client.close();
    road().end();
    clock.advance(60_000);
    expect(changes).toEqual([{ status: 'closed' }]);
    expect([roads.length, clock.pending]).toEqual([1, 0]);
    expect(() => client.subscribe('room')).toThrow(
      expect.objectContaining({ code: 'CLIENT_CLOSED' }),
    );
  });

  it('in a listener of the loss: nothing comes after it', () => {
    const { client, clock, road, roads, changes } = connectedWorld();
    const first = client.subscribe('room');
    admit(road(), 1);
    const second = client.subscribe('other');
    admit(road(), 1);
    first.on('status', () => client.close());
    const told = watch(second);
    road().end();
    clock.advance(60_000);
    expect(changes).toEqual([{ status: 'closed' }]);
    expect([roads.length, clock.pending, told]).toEqual([1, 0, ['ended']]);
  });

  it('sent away is closed too, and says why', () => {
    const { client, road, changes, clock } = connectedWorld();
    road().end(4503, 'who are you');
    expect(changes).toMatchObject([
      { status: 'closed', error: { code: 'UNAUTHORISED', message: 'who are you' } },
    ]);
    expect([client.status, clock.pending]).toEqual(['closed', 0]);
  });
});

describe('misuse', () => {
  it.each([
    ['', undefined, 'CHANNEL_INVALID'],
    ['a b', undefined, 'CHANNEL_INVALID'],
    ['x'.repeat(201), undefined, 'CHANNEL_INVALID'],
    ['room', 'nonsense', 'POSITION_INVALID'],
  ])('subscribing to %j since %j throws', (channel, since, code) => {
    const { client } = startWorld();
    expect(() => client.subscribe(channel, since === undefined ? {} : { since })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('a listener that throws disturbs nobody', () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const { client, road } = startWorld();
    client.on('status', ({ status }) => {
      throw status;
    });
    client.on('roundTrip', (ms) => {
      throw ms;
    });
    road().welcome();
    road().say({ type: 'pong', id: road().last('ping').id });
    expect(reported).toEqual(['connected', 0]);
    expect(client.status).toBe('connected');
  });
});
