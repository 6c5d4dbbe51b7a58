import { describe, expect, it } from 'vitest';
import { connectedWorld, failure, startWorld, turn, welcome } from './world.ts';

describe('hello and welcome', () => {
  it('offers the subprotocol, and says hello first, when the road is open', () => {
    const { road } = startWorld();
    expect([road().url, road().subprotocols]).toEqual(['ws://example.test/', ['tautline.v1.json']]);
    expect(road().sent).toEqual([]);
    road().open();
    expect(road().sent).toEqual([{ type: 'hello', version: 1, capabilities: [] }]);
  });

  it('sends the token that it was given', () => {
    const { road } = startWorld({ token: 'secret' });
    road().open();
    expect(road().sent).toEqual([{ type: 'hello', version: 1, capabilities: [], token: 'secret' }]);
  });

  it('asks a function for the token before each connection', async () => {
    let asked = 0;
    const { road, roads, clock } = startWorld({
      token: async () => {
        asked += 1;
        return `token ${asked}`;
      },
    });
    expect(roads).toHaveLength(0);
    await turn();
    road().open();
    expect(road().last('hello').token).toBe('token 1');
    road().end();
    clock.advance(250);
    await turn();
    road().open();
    expect(road().last('hello').token).toBe('token 2');
    expect(roads).toHaveLength(2);
  });

  it('a function without a token sends none', async () => {
    const { road } = startWorld({ token: () => undefined });
    await turn();
    road().open();
    expect(road().last('hello')).toEqual({ type: 'hello', version: 1, capabilities: [] });
  });

  it('a token that cannot be had is tried again later', async () => {
    const { changes, roads } = startWorld({ token: () => Promise.reject(new Error('offline')) });
    await turn();
    expect(changes).toMatchObject([
      { status: 'waiting', retryInMs: 250, error: { code: 'TOKEN_FAILED', retryable: true } },
    ]);
    expect(roads).toHaveLength(0);
  });

  it('a token that comes after the time is over opens nothing', async () => {
    let give: (token: string) => void;
    const { clock, roads, client } = startWorld({
      token: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    });
    clock.advance(10_000);
    expect(client.status).toBe('waiting');
    give!('late');
    await turn();
    expect(roads).toHaveLength(0);
  });

  it('is connected by the welcome, and knows as whom, and in which session', () => {
    const { client, road, changes } = startWorld();
    road().open();
    expect([client.status, client.user, client.session]).toEqual([
      'connecting',
      undefined,
      undefined,
    ]);
    const known: unknown[] = [];
    client.on('status', () => known.push([client.user, client.session]));
    road().say(welcome('ada'));
    expect([client.status, client.user, client.session]).toEqual(['connected', 'ada', 's1']);
    expect(changes).toEqual([{ status: 'connected' }]);
    expect(known).toEqual([['ada', 's1']]);
  });

  it('knows the latest session, also while it is away: the server may have begun another', () => {
    const { client, clock, road } = connectedWorld();
    road().end();
    expect([client.status, client.session]).toEqual(['waiting', 's1']);
    clock.advance(250);
    road().open();
    road().say({ ...welcome('ada'), session: 's2' });
    expect(client.session).toBe('s2');
  });

  it('a welcome that does not come within connectWithinMs ends the attempt', () => {
    const { client, clock, road, changes } = startWorld();
    clock.advance(5_000);
    road().open();
    clock.advance(4_999);
    expect(client.status).toBe('connecting');
    clock.advance(1);
    expect(changes).toMatchObject([{ status: 'waiting', error: { code: 'CONNECT_TOO_LATE' } }]);
    expect(road().closedWith).toEqual({ code: 3008, reason: 'CONNECT_TOO_LATE' });
  });

  it('a welcome in another version sends the client away for good', () => {
    const { road, changes } = startWorld();
    road().open();
    road().say(welcome('ada', 2));
    expect(changes).toMatchObject([{ status: 'closed', error: { code: 'VERSION_UNSUPPORTED' } }]);
    expect(road().closedWith?.code).toBe(4502);
  });
});

describe('a server that breaks the protocol', () => {
  const malformed: [string, string | Uint8Array][] = [
    ['no JSON', '{'],
    ['no message', '{"type":"nonsense"}'],
    ['a wrong field', '{"type":"pong","id":"1"}'],
    ['bytes', new Uint8Array([1])],
    ['a second welcome', JSON.stringify(welcome())],
  ];
  it.each(malformed)('%s ends the connection, and it comes back', (_, payload) => {
    const { road, roads, clock, changes } = connectedWorld();
    road().sayRaw(payload);
    expect(changes).toMatchObject([
      { status: 'waiting', retryInMs: 250, error: { code: 'MESSAGE_INVALID' } },
    ]);
    expect(road().closedWith).toEqual({ code: 4501, reason: 'MESSAGE_INVALID' });
    clock.advance(250);
    expect(roads).toHaveLength(2);
  });

  it('anything but a welcome or a disconnect before the welcome is such', () => {
    const { road, changes } = startWorld();
    road().open();
    road().say({ type: 'pong', id: 1 });
    expect(changes).toMatchObject([{ status: 'waiting', error: { code: 'MESSAGE_INVALID' } }]);
  });

  it('nothing that comes after the end is heard', () => {
    const { road, changes, client } = connectedWorld();
    road().sayRaw('{');
    road().sayRaw('{');
    road().end();
    road().say(welcome('eve'));
    expect(changes).toHaveLength(1);
    expect(client.user).toBe('ada');
  });
});

describe('heartbeat', () => {
  it('measures the first round trip right after the welcome', () => {
    const { client, clock, road } = connectedWorld();
    const trips: number[] = [];
    client.on('roundTrip', (ms) => trips.push(ms));
    expect(client.roundTripMs).toBeUndefined();
    clock.advance(42);
    road().say({ type: 'pong', id: road().last('ping').id });
    expect([client.roundTripMs, trips]).toEqual([42, [42]]);
  });

  it('a pong for another ping measures nothing', () => {
    const { client, road } = connectedWorld();
    road().say({ type: 'pong', id: road().last('ping').id + 1 });
    expect(client.roundTripMs).toBeUndefined();
  });

  it('pings after pingAfterMs of silence, counted from the last message', () => {
    const { clock, road } = connectedWorld();
    road().say({ type: 'pong', id: road().last('ping').id });
    clock.advance(10_000);
    road().say({ type: 'caughtUp', channel: 'other', position: { epoch: 'e', offset: 0, id: '' } });
    clock.advance(14_999);
    expect(road().all('ping')).toHaveLength(1);
    clock.advance(1);
    expect(road().all('ping')).toHaveLength(2);
  });

  it('a server that is silent for pongWithinMs after a ping is gone', () => {
    const { clock, road, changes } = connectedWorld();
    clock.advance(4_999);
    expect(changes).toEqual([]);
    clock.advance(1);
    expect(changes).toMatchObject([{ status: 'waiting', error: { code: 'CONNECTION_LOST' } }]);
    expect(road().closedWith).toEqual({ code: 3008, reason: 'CONNECTION_LOST' });
  });

  it('any message counts as life', () => {
    const { clock, road, changes } = connectedWorld();
    // At the very time of the ping: time alone does not tell before from after.
    road().say({ type: 'unsubscribed', id: 99, channel: 'other' });
    clock.advance(5_000);
    expect(changes).toEqual([]);
    clock.advance(9_999);
    expect(road().all('ping')).toHaveLength(1);
    clock.advance(1);
    expect(road().all('ping')).toHaveLength(2);
  });

  it('retryNow asks a connected server at once, one ping at a time', () => {
    const { client, clock, road } = connectedWorld();
    client.retryNow();
    expect(road().all('ping')).toHaveLength(1);
    road().say({ type: 'pong', id: road().last('ping').id });
    client.retryNow();
    client.retryNow();
    expect(road().all('ping')).toHaveLength(2);
    clock.advance(5_000);
    expect(client.status).toBe('waiting');
  });
});

describe('the end', () => {
  it.each([
    [4000, 'SERVER_STOPPING', 'waiting'],
    [4001, 'TOO_SLOW', 'waiting'],
    [4503, 'UNAUTHORISED', 'closed'],
    [4501, 'MESSAGE_INVALID', 'closed'],
  ] as const)('a disconnect with %i %s leaves the client %s', (code, name, status) => {
    const { road, changes } = connectedWorld();
    road().say({ type: 'disconnect', code, name, reason: 'because' });
    road().end(code);
    expect(changes).toMatchObject([{ status, error: { code: name, message: 'because' } }]);
  });

  it.each([
    [1006, 'CONNECTION_LOST', 'waiting'],
    [1000, 'CONNECTION_LOST', 'waiting'],
    [1009, 'CONNECTION_LOST', 'waiting'],
    [4499, 'CONNECTION_LOST', 'waiting'],
    [4500, 'HELLO_EXPECTED', 'closed'],
    [4503, 'UNAUTHORISED', 'closed'],
    [4999, 'CONNECTION_LOST', 'closed'],
  ] as const)('closed with %i means %s, and the client is %s', (code, name, status) => {
    const { road, changes } = connectedWorld();
    road().end(code);
    expect(changes).toMatchObject([{ status, error: { code: name } }]);
  });

  it('a road that never opened is tried again', () => {
    const { road, roads, changes, clock } = startWorld();
    road().end(1006, 'refused');
    expect(changes).toMatchObject([
      { status: 'waiting', error: { code: 'CONNECTION_LOST', message: 'refused' } },
    ]);
    clock.advance(250);
    expect(roads).toHaveLength(2);
  });

  it('close ends the road with 1000 and stops every timer', async () => {
    const { client, clock, road } = connectedWorld();
    const publish = failure(client.publish('room', 1));
    await turn();
    client.close();
    expect(road().closedWith).toEqual({ code: 1000, reason: 'the client leaves' });
    expect(clock.pending).toBe(0);
    expect(await publish).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});
