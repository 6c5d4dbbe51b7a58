import { describe, expect, it } from 'vitest';
import { admit, connectedWorld, startWorld } from './world.ts';

describe('one subscription per channel', () => {
  it('asking again gives the same object and asks the server nothing', () => {
    const { client, road } = connectedWorld();
    const subscription = client.subscribe('room');
    expect(client.subscribe('room', { since: 'e1:1:id1' })).toBe(subscription);
    expect(subscription.position).toBeUndefined();
    expect(road().joins()).toHaveLength(1);
  });

  it('messages of channels that nobody follows are dropped', () => {
    const { client, road } = connectedWorld();
    road().say({ type: 'unsubscribed', id: 50, channel: 'other' });
    road().say({ type: 'error', id: 50, code: 'FORBIDDEN', message: '', retryable: false });
    expect(client.status).toBe('connected');
  });
});

describe('maxSubscriptions', () => {
  it('takes so many, and refuses one more until one has ended', () => {
    const { client } = startWorld({ maxSubscriptions: 2 });
    const first = client.subscribe('one');
    client.subscribe('two');
    expect(() => client.subscribe('three')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_SUBSCRIPTIONS', retryable: false }),
    );
    expect(client.subscribe('one')).toBe(first);
    first.unsubscribe();
    expect(client.subscribe('three').channel).toBe('three');
  });

  it('the server never holds more seats for us, however fast channels change', () => {
    const { client, road } = connectedWorld({ maxSubscriptions: 2 });
    for (let n = 0; n < 50; n += 1) {
      client.subscribe(`passing${n}`).unsubscribe();
    }
    const last = client.subscribe('last');
    expect(
      road()
        .all('subscribe')
        .map(({ channel }) => channel),
    ).toEqual(['passing0', 'passing1']);
    const { id } = road().joins()[0]!;
    road().say({
      type: 'subscribed',
      kind: 'log',
      id,
      channel: 'passing0',
      position: { epoch: 'e1', offset: 0, id: '' },
    });
    expect(road().joins()).toHaveLength(2);
    const leaving = road().last('unsubscribe');
    road().say({ type: 'unsubscribed', id: leaving.id, channel: leaving.channel });
    expect(road().lastJoin().channel).toBe('last');
    admit(road(), 0);
    expect(last.status).toBe('catchingUp');
  });
});

describe('close', () => {
  it('leaves no timer of a question or of a delay', () => {
    const { client, clock, road } = connectedWorld();
    client.subscribe('refused');
    const { id } = road().lastJoin();
    const code = 'TOO_MANY_REQUESTS';
    road().say({ type: 'error', id, code, message: 'later', retryable: true });
    client.subscribe('asked');
    client.close();
    expect(clock.pending).toBe(0);
  });
});
