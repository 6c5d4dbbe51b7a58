import { describe, expect, it } from 'vitest';
import { maxRepairs } from '../../src/client/place.ts';
import { leave, live } from './live.ts';
import {
  admit,
  caughtUp,
  connectedWorld,
  place,
  publish,
  startWorld,
  watch,
  welcome,
} from './world.ts';

describe('resuming', () => {
  it('asks from now on at first, and from its position after that', () => {
    const { client, road, clock } = connectedWorld();
    client.subscribe('room');
    expect(road().lastJoin()).not.toHaveProperty('since');
    admit(road(), 7);
    caughtUp(road(), 7);
    publish(road(), 8);
    road().end();
    clock.advance(250);
    road().welcome();
    expect(road().joins()).toMatchObject([{ channel: 'room', since: place(8) }]);
  });

  it('asks for every subscription in one message, right after the hello and before the welcome', () => {
    const { client, road, clock } = startWorld();
    client.subscribe('one');
    client.subscribe('two', { since: 'e1:4:id4' });
    expect(road().sent).toEqual([]);
    road().open();
    const [hello, resume, ...rest] = road().sent;
    expect(hello).toMatchObject({ type: 'hello' });
    const channels = [{ channel: 'one' }, { channel: 'two', since: place(4) }];
    expect(resume).toEqual({ type: 'resume', id: expect.any(Number), channels });
    expect(rest).toEqual([]);
    road().say(welcome());
    expect(road().joins()).toHaveLength(2);
    road().end();
    clock.advance(250);
    road().welcome();
    expect(road().all('resume')).toMatchObject([{ channels }]);
    expect(road().all('subscribe')).toEqual([]);
  });

  it('of what was asked for together each is answered, or refused, alone', () => {
    const { client, road } = startWorld();
    const told = ['one', 'two'].map((channel) => watch(client.subscribe(channel)));
    road().welcome();
    const { id } = road().last('resume');
    const refused = {
      type: 'error',
      id,
      code: 'FORBIDDEN',
      message: 'no',
      retryable: false,
    } as const;
    road().say({ ...refused, channel: 'one' });
    const position = place(3);
    road().say({ type: 'subscribed', id, channel: 'two', kind: 'log', position });
    expect(told).toEqual([['refused FORBIDDEN'], ['catchingUp']]);
  });

  it('refused as a whole, each is asked for again after a delay', () => {
    const { client, road, clock } = startWorld();
    client.subscribe('one');
    client.subscribe('two');
    road().welcome();
    const { id } = road().last('resume');
    const code = 'TOO_MANY_REQUESTS';
    road().say({ type: 'error', id, code, message: '', retryable: true });
    clock.advance(250);
    expect(
      road()
        .all('subscribe')
        .map(({ channel }) => channel),
    ).toEqual(['one', 'two']);
  });

  it('refused with a time, it is asked for when that has passed, and a delay', () => {
    const { client, road, clock } = connectedWorld();
    const told = watch(client.subscribe('room'));
    const { id } = road().last('subscribe');
    const refused = { type: 'error', id, code: 'RATE_LIMITED', message: '' } as const;
    road().say({ ...refused, retryable: true, retryAfterMs: 2_000 });
    expect(told).toEqual(['pending RATE_LIMITED']);
    clock.advance(2_249);
    expect(road().all('subscribe')).toHaveLength(1);
    clock.advance(1);
    expect(road().all('subscribe')).toHaveLength(2);
  });

  it('an answer that goes on elsewhere without a gap is not followed', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room', { since: 'e1:4:id4' });
    const told = watch(subscription);
    admit(road(), 9);
    expect(subscription.position).toBe('e1:4:id4');
    expect(road().all('unsubscribe')).toHaveLength(1);
    publish(road(), 10);
    expect(told).toEqual([]);
  });

  it('an answer to another request is not an answer', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    const { id } = road().lastJoin();
    road().say({
      type: 'subscribed',
      id: id + 100,
      channel: 'room',
      kind: 'log',
      position: place(1),
    });
    expect(subscription.status).toBe('pending');
  });
});

describe('delivery follows the chain', () => {
  it('next is delivered and moves the position; seen is dropped', () => {
    const { road, told, subscription } = live();
    publish(road(), 2);
    publish(road(), 2);
    publish(road(), 1);
    publish(road(), 3);
    expect(told).toEqual([2, 3]);
    expect(subscription.position).toBe('e1:3:id3');
  });

  it('a hole: leaves, subscribes from the position, and delivers nothing until that is answered', () => {
    const { road, told } = live();
    publish(road(), 3);
    expect(told).toEqual(['pending']);
    expect(road().all('unsubscribe')).toHaveLength(1);
    // All of this belongs to the seat that is given up.
    publish(road(), 2);
    caughtUp(road(), 1);
    road().say({
      type: 'gap',
      channel: 'room',
      gap: { reason: 'trimmed', from: place(1), to: place(3) },
    });
    leave(road());
    expect(road().lastJoin()).toMatchObject({ since: place(1) });
    publish(road(), 2);
    expect(told).toEqual(['pending']);
    admit(road(), 1);
    publish(road(), 2);
    publish(road(), 3);
    caughtUp(road(), 3);
    expect(told).toEqual(['pending', 'catchingUp', 2, 3, 'live']);
    expect(road().joins()).toHaveLength(2);
    expect(road().all('unsubscribe')).toHaveLength(1);
  });

  it('another entry where ours stood: subscribes again, and the server says what is missing', () => {
    const { road, told } = live();
    road().say({
      type: 'publication',
      channel: 'room',
      publication: {
        offset: 2,
        id: 'fork2',
        prev: { offset: 1, id: 'fork1' },
        data: 'fork',
        atMs: 0,
      },
    });
    leave(road());
    const { id } = road().lastJoin();
    const to = { epoch: 'e1', offset: 1, id: 'fork1' };
    const gap = { reason: 'diverged', from: place(1), to } as const;
    road().say({ type: 'subscribed', id, channel: 'room', kind: 'log', position: to, gap });
    expect(told).toEqual(['pending', 'catchingUp', 'diverged e1:1:id1 e1:1:fork1']);
  });

  it.each([
    ['ahead of what came', place(2)],
    ['of another epoch', place(1, 'e2')],
    ['with another entry', { epoch: 'e1', offset: 1, id: 'fork1' }],
  ])('a caughtUp %s: subscribes again', (_, position) => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    admit(road(), 1);
    road().say({ type: 'caughtUp', channel: 'room', position });
    expect(subscription.status).toBe('pending');
    leave(road());
    expect(road().lastJoin()).toMatchObject({ since: place(1) });
  });

  it('NOT_SUBSCRIBED is as good as having left', () => {
    const { road } = live();
    publish(road(), 3);
    const { id } = road().last('unsubscribe');
    const message = 'not followed';
    road().say({ type: 'error', id, code: 'NOT_SUBSCRIBED', message, retryable: false });
    expect(road().joins()).toHaveLength(2);
  });

  it('ALREADY_SUBSCRIBED: leaves first', () => {
    const { client, road } = connectedWorld();
    client.subscribe('room');
    const { id } = road().lastJoin();
    const message = 'followed';
    road().say({ type: 'error', id, code: 'ALREADY_SUBSCRIBED', message, retryable: false });
    leave(road());
    admit(road(), 1);
    caughtUp(road(), 1);
    expect(client.subscribe('room').status).toBe('live');
  });

  it('repairs so often in a row; then the connection ends, and comes back with backoff', () => {
    expect(maxRepairs).toBe(3);
    const { road, roads, changes, clock, subscription } = live();
    for (let repair = 1; repair <= maxRepairs; repair += 1) {
      publish(road(), 3);
      leave(road());
      admit(road(), 1);
    }
    expect(changes).toEqual([]);
    publish(road(), 3);
    expect(changes).toMatchObject([{ status: 'waiting', error: { code: 'MESSAGE_INVALID' } }]);
    clock.advance(250);
    expect(roads).toHaveLength(2);
    road().welcome();
    expect(road().lastJoin()).toMatchObject({ since: place(1) });
    // The new connection has all its repairs.
    for (let repair = 1; repair <= maxRepairs; repair += 1) {
      admit(road(), 1);
      publish(road(), 3);
      leave(road());
    }
    expect([roads.length, subscription.status]).toEqual([2, 'pending']);
  });

  it('whatever is delivered in between begins the count anew', () => {
    const { road, changes } = live();
    for (let n = 1; n <= maxRepairs + 2; n += 1) {
      publish(road(), n + 2);
      leave(road());
      admit(road(), n);
      publish(road(), n + 1);
    }
    expect(changes).toEqual([]);
  });
});

describe('gaps', () => {
  it('are told before what comes after them, and move the position', () => {
    const { road, told, subscription } = live();
    const gap = { reason: 'trimmed', from: place(1), to: place(5) } as const;
    road().say({ type: 'gap', channel: 'room', gap });
    expect(subscription.position).toBe('e1:5:id5');
    publish(road(), 6);
    expect(told).toEqual(['trimmed e1:1:id1 e1:5:id5', 6]);
  });

  it('into another epoch go on there', () => {
    const { road, told, subscription } = live();
    const gap = { reason: 'epoch', from: place(1), to: place(0, 'e2') } as const;
    road().say({ type: 'gap', channel: 'room', gap });
    publish(road(), 1);
    expect(told).toEqual(['epoch e1:1:id1 e2:0:', 1]);
    expect(subscription.position).toBe('e2:1:id1');
  });

  it('that say it is not let in any more are told, and then it asks, and hears why', () => {
    const { road, told, subscription } = live();
    const gap = { reason: 'unauthorised', from: place(1), to: place(1) } as const;
    road().say({ type: 'gap', channel: 'room', gap });
    const { id } = road().last('unsubscribe');
    const no = { type: 'error', message: 'no', retryable: false } as const;
    road().say({ ...no, id, code: 'NOT_SUBSCRIBED' });
    expect(road().lastJoin()).toMatchObject({ channel: 'room', since: place(1) });
    road().say({ ...no, id: road().lastJoin().id, code: 'FORBIDDEN' });
    expect(told).toEqual(['unauthorised e1:1:id1 e1:1:id1', 'refused FORBIDDEN']);
    expect(subscription.status).toBe('refused');
  });

  it('in the answer to subscribe come before the replay', () => {
    const { road, told, clock } = live();
    road().end();
    clock.advance(250);
    road().welcome();
    const { id } = road().lastJoin();
    const gap = { reason: 'trimmed', from: place(1), to: place(5) } as const;
    road().say({ type: 'subscribed', id, channel: 'room', kind: 'log', position: place(5), gap });
    publish(road(), 6);
    caughtUp(road(), 6);
    expect(told).toEqual(['pending', 'catchingUp', 'trimmed e1:1:id1 e1:5:id5', 6, 'live']);
  });

  it('that end elsewhere than the answer goes on are not followed', () => {
    const { client, road } = connectedWorld();
    const told = watch(client.subscribe('room', { since: 'e1:1:id1' }));
    const { id } = road().lastJoin();
    const gap = { reason: 'trimmed', from: place(1), to: place(5) } as const;
    road().say({ type: 'subscribed', id, channel: 'room', kind: 'log', position: place(6), gap });
    expect(told).toEqual([]);
    expect(road().all('unsubscribe')).toHaveLength(1);
  });
});
