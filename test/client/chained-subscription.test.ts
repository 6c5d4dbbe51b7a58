import { describe, expect, it } from 'vitest';
import { live } from './live.ts';
import { admit, caughtUp, connectedWorld, place, publish } from './world.ts';

describe('signals', () => {
  it('are told as they come, and move no position', () => {
    const { road, subscription } = live();
    const signals: unknown[] = [];
    subscription.on('signal', (signal) => signals.push(signal));
    road().say({ type: 'signal', channel: 'room', data: 'typing', by: 'bob' });
    road().say({ type: 'signal', channel: 'room', data: 1, event: 'pointer' });
    expect(signals).toEqual([
      { data: 'typing', by: 'bob' },
      { data: 1, event: 'pointer' },
    ]);
    expect(subscription.position).toBe('e1:1:id1');
    subscription.unsubscribe();
    road().say({ type: 'signal', channel: 'room', data: 'late' });
    expect(signals).toHaveLength(2);
  });

  it('are sent at once or not at all', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    expect(subscription.signal({ x: 1 }, 'pointer')).toBe(true);
    expect(road().all('signal')).toEqual([
      { type: 'signal', channel: 'room', data: { x: 1 }, event: 'pointer' },
    ]);
    expect(() => subscription.signal(1n)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
    road().end();
    expect(subscription.signal(1)).toBe(false);
  });

  it('a channel for nothing else is live, and has no position', () => {
    const { client, road, clock } = connectedWorld({ pingAfterMs: 600_000, pongWithinMs: 600_000 });
    const subscription = client.subscribe('room');
    admit(road(), 0, { kind: 'signals' });
    caughtUp(road(), 0);
    expect([subscription.kind, subscription.status]).toEqual(['signals', 'live']);
    expect(subscription.position).toBeUndefined();
    road().end();
    clock.advance(500);
    road().welcome();
    expect(road().lastJoin()).not.toHaveProperty('since');
  });
});

describe('entries for others', () => {
  it('are stood for by an advance: the next publication links to it', () => {
    const { road, told, subscription } = live();
    road().say({ type: 'advance', channel: 'room', to: place(4) });
    expect(subscription.position).toBe('e1:4:id4');
    publish(road(), 5);
    expect(told).toEqual([5]);
  });

  it('an advance to what was delivered already changes nothing', () => {
    const { road, subscription } = live();
    publish(road(), 2);
    road().say({ type: 'advance', channel: 'room', to: place(1) });
    expect(subscription.position).toBe('e1:2:id2');
  });

  it('an advance in another life of the log is not followed', () => {
    const { road } = live();
    road().say({ type: 'advance', channel: 'room', to: place(9, 'e2') });
    expect(road().all('unsubscribe')).toHaveLength(1);
  });
});

describe('a gap because entries were dropped', () => {
  it('is told, and delivery goes on from its end', () => {
    const { road, told } = live();
    const gap = { reason: 'dropped', from: place(1), to: place(5) } as const;
    road().say({ type: 'gap', channel: 'room', gap });
    publish(road(), 6);
    expect(told).toEqual(['dropped e1:1:id1 e1:5:id5', 6]);
  });
});
