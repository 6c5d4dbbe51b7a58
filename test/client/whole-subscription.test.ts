import { describe, expect, it } from 'vitest';
import { admit, caughtUp, connectedWorld, entry } from './world.ts';

describe('a subscription of the whole client', () => {
  it('is one for each channel until it ends, and then another', () => {
    const { client } = connectedWorld();
    const room = client.subscribe('room');
    expect(client.subscribe('room')).toBe(room);
    expect(client.inbox()).not.toBe(room);
    room.unsubscribe();
    expect(room.status).toBe('ended');
    expect(client.subscribe('room')).not.toBe(room);
  });

  it('says what the core knows of the channel', () => {
    const { client, road } = connectedWorld();
    const room = client.subscribe('room');
    expect([room.channel, room.kind, room.position]).toEqual(['room', undefined, undefined]);
    admit(road(), 4);
    caughtUp(road(), 4);
    expect([room.kind, room.position, room.status]).toEqual(['log', 'e1:4:id4', 'live']);
  });

  it('keeps the state of its channel, and asking again does not lose it', () => {
    const { client, road } = connectedWorld();
    const scores = client.subscribe('scores');
    const told: unknown[] = [];
    scores.on('state', ({ key, value }) => told.push([key, value?.data]));
    admit(road(), 1, { kind: 'state' });
    const publication = { ...entry(1, 7), key: 'red' };
    road().say({ type: 'publication', channel: 'scores', publication });
    caughtUp(road(), 1, 'scores');
    client.subscribe('scores');
    expect(told).toEqual([['red', 7]]);
    expect([...scores.state.keys()]).toEqual(['red']);
  });

  it('sets and removes keys, and stands in the roster', () => {
    const { client, road } = connectedWorld();
    const room = client.subscribe('room');
    void room.set('red', 1, { event: 'goal' });
    void room.remove('red');
    expect(road().all('publish')).toMatchObject([
      { channel: 'room', key: 'red', data: 1, event: 'goal' },
      { channel: 'room', key: 'red', data: null, removed: true },
    ]);
    void room.enter({ mood: 'well' });
    void room.exit();
    expect(road().last('enter')).toMatchObject({ channel: 'room', data: { mood: 'well' } });
    expect(road().last('exit')).toMatchObject({ channel: 'room' });
  });
});
