import { describe, expect, it } from 'vitest';
import { connectedWorld, entry, failure, place, startWorld, welcome } from './world.ts';

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
    const { id } = road().joins()[0]!;
    road().say({ type: 'subscribed', id, channel: 'a', kind: 'log', position: place(0) });
    expect(asked()).toEqual(['a', 'b', 'c']);
  });
});

describe('a request without a connection', () => {
  it('waits for one, and requests are sent in the order in which they were made', () => {
    const { client, road } = startWorld();
    for (const limit of [1, 2, 3]) {
      void client.history('room', { limit });
    }
    road().open();
    expect(road().all('history')).toEqual([]);
    road().say(welcome());
    expect(
      road()
        .all('history')
        .map(({ limit }) => limit),
    ).toEqual([1, 2, 3]);
  });

  it('is NOT_CONNECTED after replyWithinMs, and is never sent', async () => {
    const { client, clock, road } = startWorld({ connectWithinMs: 60_000 });
    const late = failure(client.history('room'));
    clock.advance(9_999);
    expect(clock.pending).toBe(2);
    clock.advance(1);
    expect(await late).toMatchObject({ code: 'NOT_CONNECTED', retryable: true });
    road().welcome();
    expect(road().all('history')).toEqual([]);
  });

  it('has the whole time for its answer from when it is sent', async () => {
    const { client, clock, road } = startWorld();
    const history = client.history('room');
    clock.advance(9_999);
    road().welcome();
    road().say({ type: 'pong', id: road().last('ping').id });
    clock.advance(9_999);
    const { id } = road().last('history');
    const page = { publications: [], top: place(0), more: false };
    road().say({ type: 'historyPage', id, channel: 'room', ...page });
    expect(await history).toMatchObject({ top: 'e1:0:' });
  });
});

describe('an answer that does not come', () => {
  it('after replyWithinMs, history is REPLY_TOO_LATE, which may be repeated', async () => {
    const { client, clock } = connectedWorld({ pingAfterMs: 60_000, pongWithinMs: 60_000 });
    const late = failure(client.history('room'));
    clock.advance(10_000);
    expect(await late).toMatchObject({ code: 'REPLY_TOO_LATE', retryable: true });
  });

  it('when the connection is lost, history is CONNECTION_LOST, and is not asked again', async () => {
    const { client, road, clock } = connectedWorld();
    const history = failure(client.history('room'));
    road().end();
    expect(await history).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    clock.advance(250);
    road().welcome();
    expect(road().all('history')).toEqual([]);
  });

  it('when the client is closed, it is CLIENT_CLOSED', async () => {
    const { client } = startWorld();
    const history = failure(client.history('room'));
    client.close();
    expect(await history).toMatchObject({ code: 'CLIENT_CLOSED', retryable: false });
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
    const first = client.history('room');
    const second = failure(client.history('room'));
    const refused = { code: 'TOO_MANY_PENDING', retryable: true };
    expect(await failure(client.history('room'))).toMatchObject(refused);
    road().welcome();
    expect(await failure(client.history('room'))).toMatchObject(refused);
    const { id } = road().all('history')[0]!;
    const page = { publications: [], top: place(0), more: false };
    road().say({ type: 'historyPage', id, channel: 'room', ...page });
    await first;
    void failure(client.history('room', { limit: 5 }));
    expect(road().last('history').limit).toBe(5);
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
