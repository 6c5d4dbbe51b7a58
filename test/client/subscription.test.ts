import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  admit,
  caughtUp,
  connectedWorld,
  failure,
  place,
  publish,
  startWorld,
  watch,
} from './world.ts';

afterEach(() => vi.unstubAllGlobals());

describe('what a subscription tells', () => {
  it('its status: pending, catchingUp, live, and pending again when the connection is lost', () => {
    const { client, road } = startWorld();
    const subscription = client.subscribe('room');
    const told = watch(subscription);
    expect(subscription.status).toBe('pending');
    road().welcome();
    admit(road(), 1);
    caughtUp(road(), 1);
    road().end();
    expect(told).toEqual(['catchingUp', 'live', 'pending']);
  });

  it('its position: undefined, then what the server said, then what was delivered', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    expect(subscription.position).toBeUndefined();
    admit(road(), 3);
    expect(subscription.position).toBe('e1:3:id3');
    const seen: (string | undefined)[] = [];
    subscription.on('publication', ({ position }) => seen.push(position, subscription.position));
    publish(road(), 4);
    expect(seen).toEqual(['e1:4:id4', 'e1:4:id4']);
  });

  it('everything about an entry', () => {
    const { client, road } = connectedWorld();
    const received: unknown[] = [];
    client.subscribe('room').on('publication', (entry) => received.push(entry));
    admit(road(), 0);
    publish(road(), 1);
    expect(received).toEqual([
      { data: 1, by: 'bob', atMs: 1, id: 'id1', offset: 1, position: 'e1:1:id1' },
    ]);
  });

  it('a listener that throws disturbs nobody, and its error is reported', () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    subscription.on('publication', ({ data }) => {
      throw data;
    });
    const told = watch(subscription);
    admit(road(), 0);
    publish(road(), 1);
    publish(road(), 2);
    expect(told).toEqual(['catchingUp', 1, 2]);
    expect(reported).toEqual([1, 2]);
    expect(client.status).toBe('connected');
  });

  it('nothing to a listener that was removed', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    const received: unknown[] = [];
    const remove = subscription.on('publication', ({ data }) => received.push(data));
    admit(road(), 0);
    publish(road(), 1);
    remove();
    publish(road(), 2);
    expect(received).toEqual([1]);
  });
});

describe('what a subscription does', () => {
  it('publishes and reads the history of its channel', async () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    const published = subscription.publish('hi');
    expect(road().last('publish')).toMatchObject({ channel: 'room', data: 'hi' });
    road().say({ type: 'appended', id: road().last('publish').id, position: place(1) });
    expect(await published).toEqual({ position: 'e1:1:id1', id: 'id1' });
    void failure(subscription.history({ limit: 5 }));
    expect(road().last('history')).toMatchObject({ channel: 'room', limit: 5 });
  });

  it('ends once, for good', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    const told = watch(subscription);
    admit(road(), 0);
    subscription.unsubscribe();
    subscription.unsubscribe();
    publish(road(), 1);
    road().end();
    client.close();
    expect(told).toEqual(['catchingUp', 'ended']);
    expect(road().all('unsubscribe')).toHaveLength(1);
  });

  it('ends with the client, and hears why when the client is sent away', () => {
    const { client, road } = connectedWorld();
    const told = watch(client.subscribe('room'));
    road().end(4503);
    expect(told).toEqual(['ended UNAUTHORISED']);
  });
});
