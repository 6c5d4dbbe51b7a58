import { describe, expect, it } from 'vitest';
import { connectedWorld, entry, failure, place, startWorld, turn, welcome } from './world.ts';

describe('publish', () => {
  it('resolves with its place when the server says it is in the log', async () => {
    const { client, road } = connectedWorld();
    const publish = client.publish('room', { text: 'hi' });
    const { id } = road().last('publish');
    expect(road().last('publish')).toEqual({
      type: 'publish',
      id,
      channel: 'room',
      data: { text: 'hi' },
    });
    road().say({ type: 'appended', id, position: place(3) });
    expect(await publish).toEqual({ position: 'e1:3:id3', id: 'id3' });
  });

  it.each([true, false])('is refused as the server says, retryable: %s', async (retryable) => {
    const { client, road } = connectedWorld();
    const refused = failure(client.publish('room', 1));
    const { id } = road().last('publish');
    road().say({ type: 'error', id, code: 'FORBIDDEN', message: 'no', retryable });
    expect(await refused).toMatchObject({ code: 'FORBIDDEN', message: 'no', retryable });
  });

  it('takes null for data', async () => {
    const { client, road } = connectedWorld();
    void failure(client.publish('room', null));
    await turn();
    expect(road().last('publish').data).toBe(null);
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);
  const unsendable: [string, unknown][] = [
    ['undefined', undefined],
    ['a function', () => 1],
    ['a big integer', 1n],
    ['a cycle', cycle],
    ['what becomes nothing', { toJSON: () => undefined }],
    ['what is nested too deep for a server', JSON.parse('['.repeat(64) + ']'.repeat(64))],
    ['what is longer than a server reads', 'x'.repeat(1_048_576)],
  ];
  it.each(unsendable)('%s is REQUEST_INVALID, and is not sent', async (_, data) => {
    const { client, road } = connectedWorld();
    expect(await failure(client.publish('room', data))).toMatchObject({
      code: 'REQUEST_INVALID',
      retryable: false,
    });
    expect(road().all('publish')).toEqual([]);
  });

  it('sends data of the depth that a server reads', () => {
    const { client, road } = connectedWorld();
    void client.publish('room', JSON.parse('['.repeat(63) + ']'.repeat(63)));
    expect(road().all('publish')).toHaveLength(1);
  });

  it('sends what the data was when it was called', () => {
    const { client, road } = startWorld();
    const data = { text: 'before' };
    void client.publish('room', data);
    data.text = 'after';
    road().welcome();
    expect(road().last('publish').data).toEqual({ text: 'before' });
  });

  it('a channel that cannot be is CHANNEL_INVALID', async () => {
    const { client, road } = connectedWorld();
    expect(await failure(client.publish('a b', 1))).toMatchObject({ code: 'CHANNEL_INVALID' });
    expect(road().all('publish')).toEqual([]);
  });
});

describe('the window', () => {
  it('is half of what the server works on at once; the others follow, one for each answer, in order', () => {
    const { client, road } = startWorld();
    road().open();
    road().say(welcome('ada', 1, 6));
    for (const n of [1, 2, 3, 4, 5]) {
      void client.publish('room', n);
    }
    const sent = (): unknown[] =>
      road()
        .all('publish')
        .map(({ data }) => data);
    expect(sent()).toEqual([1, 2, 3]);
    road().say({ type: 'appended', id: road().all('publish')[0]!.id, position: place(1) });
    expect(sent()).toEqual([1, 2, 3, 4]);
    road().say({ type: 'appended', id: road().all('publish')[1]!.id, position: place(2) });
    expect(sent()).toEqual([1, 2, 3, 4, 5]);
  });

  it('what had not been sent when the connection was lost is sent by the next, and nothing twice', async () => {
    const { client, clock, road, roads } = startWorld();
    road().open();
    road().say(welcome('ada', 1, 2));
    const first = failure(client.publish('room', 1));
    const second = client.publish('room', 2);
    road().end();
    expect(await first).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    clock.advance(1000);
    road().welcome();
    expect(
      road()
        .all('publish')
        .map(({ data }) => data),
    ).toEqual([2]);
    road().say({ type: 'appended', id: road().last('publish').id, position: place(2) });
    await second;
    expect(roads.length).toBe(2);
  });

  it('a server that takes one at a time gets one at a time', () => {
    const { client, road } = startWorld();
    road().open();
    road().say(welcome('ada', 1, 1));
    void client.publish('room', 1);
    void client.publish('room', 2);
    expect(road().all('publish').length).toBe(1);
  });

  it('holds for channels too', () => {
    const { client, road } = startWorld();
    road().open();
    road().say(welcome('ada', 1, 4));
    for (const channel of ['a', 'b', 'c']) {
      client.subscribe(channel);
    }
    const asked = (): string[] =>
      road()
        .all('subscribe')
        .map(({ channel }) => channel);
    expect(asked()).toEqual(['a', 'b']);
    const { id } = road().all('subscribe')[0]!;
    road().say({ type: 'subscribed', id, channel: 'a', position: place(0) });
    expect(asked()).toEqual(['a', 'b', 'c']);
  });
});

describe('a request without a connection', () => {
  it('waits for one, and requests are sent in the order in which they were made', () => {
    const { client, road } = startWorld();
    for (const n of [1, 2, 3]) {
      void client.publish('room', n);
    }
    road().open();
    expect(road().all('publish')).toEqual([]);
    road().welcome();
    expect(
      road()
        .all('publish')
        .map(({ data }) => data),
    ).toEqual([1, 2, 3]);
  });

  it('is NOT_CONNECTED after replyWithinMs, and is never sent', async () => {
    const { client, clock, road } = startWorld({ connectWithinMs: 60_000 });
    const late = failure(client.publish('room', 1));
    clock.advance(9_999);
    expect(clock.pending).toBe(2);
    clock.advance(1);
    expect(await late).toMatchObject({ code: 'NOT_CONNECTED', retryable: true });
    road().welcome();
    expect(road().all('publish')).toEqual([]);
  });

  it('has the whole time for its answer from when it is sent', async () => {
    const { client, clock, road } = startWorld();
    const publish = client.publish('room', 1);
    clock.advance(9_999);
    road().welcome();
    road().say({ type: 'pong', id: road().last('ping').id });
    clock.advance(9_999);
    road().say({ type: 'appended', id: road().last('publish').id, position: place(1) });
    expect(await publish).toEqual({ position: 'e1:1:id1', id: 'id1' });
  });
});

describe('an answer that does not come', () => {
  it('after replyWithinMs, a publish is OUTCOME_UNKNOWN, not to be repeated', async () => {
    const { client, clock, road } = connectedWorld({ pingAfterMs: 60_000, pongWithinMs: 60_000 });
    const late = failure(client.publish('room', 1));
    clock.advance(10_000);
    expect(await late).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
    // The answer that comes now is nobody's.
    road().say({ type: 'appended', id: road().last('publish').id, position: place(1) });
    expect(client.status).toBe('connected');
  });

  it('after replyWithinMs, history is REPLY_TOO_LATE, which may be repeated', async () => {
    const { client, clock } = connectedWorld({ pingAfterMs: 60_000, pongWithinMs: 60_000 });
    const late = failure(client.history('room'));
    clock.advance(10_000);
    expect(await late).toMatchObject({ code: 'REPLY_TOO_LATE', retryable: true });
  });

  it('when the connection is lost, a publish is OUTCOME_UNKNOWN and history CONNECTION_LOST', async () => {
    const { client, road, clock } = connectedWorld();
    const publish = failure(client.publish('room', 1));
    const history = failure(client.history('room'));
    road().end();
    expect(await publish).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
    expect(await history).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    clock.advance(250);
    road().welcome();
    expect([road().all('publish'), road().all('history')]).toEqual([[], []]);
  });

  it('when the client is closed, what was not sent is CLIENT_CLOSED', async () => {
    const { client } = startWorld();
    const publish = failure(client.publish('room', 1));
    client.close();
    expect(await publish).toMatchObject({ code: 'CLIENT_CLOSED', retryable: false });
    expect(await failure(client.publish('room', 1))).toMatchObject({ code: 'CLIENT_CLOSED' });
    expect(await failure(client.history('room'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  it('an answer of another kind is nobody’s', async () => {
    const { client, road } = connectedWorld();
    const history = client.history('room');
    const { id } = road().last('history');
    road().say({ type: 'appended', id, position: place(1) });
    const page = { publications: [], top: place(0), more: false };
    road().say({ type: 'historyPage', id, channel: 'room', ...page });
    expect(await history).toEqual({ publications: [], more: false, top: 'e1:0:' });
  });
});

describe('maxPending', () => {
  it('takes so many, sent or not, and refuses one more until one is answered', async () => {
    const { client, road } = startWorld({ maxPending: 2 });
    const first = client.publish('room', 1);
    const second = failure(client.history('room'));
    expect(await failure(client.publish('room', 3))).toMatchObject({
      code: 'TOO_MANY_PENDING',
      retryable: true,
    });
    road().welcome();
    expect(await failure(client.publish('room', 4))).toMatchObject({ code: 'TOO_MANY_PENDING' });
    road().say({ type: 'appended', id: road().last('publish').id, position: place(1) });
    await first;
    void failure(client.publish('room', 5));
    expect(road().last('publish').data).toBe(5);
    client.close();
    expect(await second).toMatchObject({ code: 'CONNECTION_LOST' });
  });
});

describe('history', () => {
  it('gives entries with their positions in the epoch of the page', async () => {
    const { client, road } = connectedWorld();
    const history = client.history('room', { after: 'e1:1:id1', limit: 2 });
    const { id } = road().last('history');
    expect(road().last('history')).toEqual({
      type: 'history',
      id,
      channel: 'room',
      after: place(1),
      limit: 2,
    });
    const publications = [entry(2), entry(3)];
    road().say({
      type: 'historyPage',
      id,
      channel: 'room',
      publications,
      top: place(9),
      more: true,
    });
    const page = await history;
    expect(page.more).toBe(true);
    expect(page).not.toHaveProperty('gap');
    expect(page.publications.map(({ data, position }) => [data, position])).toEqual([
      [2, 'e1:2:id2'],
      [3, 'e1:3:id3'],
    ]);
  });

  it('asks for 100 of the latest unless told otherwise', () => {
    const { client, road } = connectedWorld();
    void client.history('room');
    expect(road().last('history')).toMatchObject({ limit: 100 });
    expect(road().last('history')).not.toHaveProperty('after');
  });

  it('says when `after` is not a place in this log', async () => {
    const { client, road } = connectedWorld();
    const history = client.history('room', { after: 'e0:7:id7' });
    const gap = { reason: 'epoch', from: place(7, 'e0'), to: place(0) } as const;
    const { id } = road().last('history');
    const publications = [entry(1)];
    const page = { publications, top: place(1), more: false, gap };
    road().say({ type: 'historyPage', id, channel: 'room', ...page });
    expect((await history).gap).toEqual({ reason: 'epoch', from: 'e0:7:id7', to: 'e1:0:' });
  });

  it.each([
    [{ after: 'nonsense' }, 'POSITION_INVALID'],
    [{ limit: 0 }, 'REQUEST_INVALID'],
    [{ limit: 1.5 }, 'REQUEST_INVALID'],
    [{ limit: 1_001 }, 'REQUEST_INVALID'],
  ])('%j is %s', async (query, code) => {
    const { client } = connectedWorld();
    expect(await failure(client.history('room', query))).toMatchObject({ code, retryable: false });
  });
});
