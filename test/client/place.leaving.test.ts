import { describe, expect, it } from 'vitest';
import { leave, live } from './live.ts';
import { admit, caughtUp, connectedWorld, type FakeRoad, place, publish, watch } from './world.ts';

describe('refusals', () => {
  function refuse(road: FakeRoad, retryable: boolean): void {
    const { id } = road.lastJoin();
    const code = retryable ? 'BROKER_UNAVAILABLE' : 'FORBIDDEN';
    road.say({ type: 'error', id, code, message: 'no', retryable });
  }

  it('for good: refused, on later connections too, until asked for anew', () => {
    const { client, road, clock } = connectedWorld();
    const subscription = client.subscribe('room');
    const told = watch(subscription);
    refuse(road(), false);
    expect(told).toEqual(['refused FORBIDDEN']);
    road().end();
    clock.advance(250);
    road().welcome();
    expect(road().joins()).toEqual([]);
    expect(client.subscribe('room')).toBe(subscription);
    subscription.unsubscribe();
    expect(told).toEqual(['refused FORBIDDEN', 'ended']);
    expect(client.subscribe('room').status).toBe('pending');
    expect(road().joins()).toHaveLength(1);
  });

  it('for now: asked again after a delay that grows, as often as it takes', () => {
    const { client, road, clock } = connectedWorld({ pingAfterMs: 600_000, pongWithinMs: 600_000 });
    const subscription = client.subscribe('room');
    const told = watch(subscription);
    for (const [count, delayMs] of [250, 500, 1_000].entries()) {
      refuse(road(), true);
      clock.advance(delayMs - 1);
      expect(road().joins()).toHaveLength(count + 1);
      clock.advance(1);
      expect(road().joins()).toHaveLength(count + 2);
    }
    admit(road(), 1);
    expect(told).toEqual([...Array(3).fill('pending BROKER_UNAVAILABLE'), 'catchingUp']);
  });

  it('for now, and admitted in between: the delay is the first again', () => {
    const { client, road, clock } = connectedWorld();
    client.subscribe('room');
    for (let times = 0; times < 2; times += 1) {
      refuse(road(), true);
      clock.advance(250);
      expect(road().joins()).toHaveLength(2);
      admit(road(), 1);
      road().end();
      clock.advance(500);
      road().welcome();
    }
  });

  it('for now, then disconnected: asked at once on the next connection, and not twice', () => {
    const { client, road, clock } = connectedWorld();
    client.subscribe('room');
    refuse(road(), true);
    road().end();
    clock.advance(250);
    road().welcome();
    clock.advance(1_000);
    expect(road().joins()).toHaveLength(1);
  });

  it('of unsubscribe: asked again after a delay', () => {
    const { client, road, clock } = connectedWorld();
    const subscription = client.subscribe('room');
    admit(road(), 1);
    subscription.unsubscribe();
    const { id } = road().last('unsubscribe');
    const message = 'busy';
    road().say({ type: 'error', id, code: 'TOO_MANY_REQUESTS', message, retryable: true });
    expect(road().all('unsubscribe')).toHaveLength(1);
    clock.advance(250);
    expect(road().all('unsubscribe')).toHaveLength(2);
  });
});

describe('a seat that could not be given up yet', () => {
  function refuseToLeave(road: FakeRoad): void {
    const { id } = road.last('unsubscribe');
    const message = 'busy';
    road.say({ type: 'error', id, code: 'TOO_MANY_REQUESTS', message, retryable: true });
  }

  it('delivers nothing, though it may link: the repair is still to come', () => {
    const { road, told, clock } = live();
    publish(road(), 3);
    refuseToLeave(road());
    publish(road(), 2);
    caughtUp(road(), 1);
    expect(told).toEqual(['pending']);
    clock.advance(250);
    leave(road());
    admit(road(), 1);
    publish(road(), 2);
    expect(told).toEqual(['pending', 'catchingUp', 2]);
  });

  it('delivers nothing to the next subscription of its channel', () => {
    const { client, road, clock, subscription } = live();
    subscription.unsubscribe();
    refuseToLeave(road());
    const told = watch(client.subscribe('room', { since: 'e1:1:id1' }));
    publish(road(), 2);
    expect(told).toEqual([]);
    clock.advance(250);
    leave(road());
    expect(road().lastJoin()).toMatchObject({ since: place(1) });
  });
});

describe('answers that do not come', () => {
  const patient = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

  it('subscribe: leaves, and asks again after a delay that grows; the connection stays', () => {
    const { client, clock, road } = connectedWorld(patient);
    const told = watch(client.subscribe('room'));
    for (const [count, delayMs] of [250, 500, 1_000, 2_000].entries()) {
      clock.advance(9_999);
      expect(road().all('unsubscribe')).toHaveLength(count);
      clock.advance(1);
      expect(road().all('unsubscribe')).toHaveLength(count + 1);
      leave(road());
      clock.advance(delayMs - 1);
      expect(road().joins()).toHaveLength(count + 1);
      clock.advance(1);
      expect(road().joins()).toHaveLength(count + 2);
    }
    admit(road(), 1);
    expect(told).toEqual([...Array(4).fill('pending REPLY_TOO_LATE'), 'catchingUp']);
    expect(client.status).toBe('connected');
  });

  it('subscribe, answered after all: that seat is not the one that was asked for last', () => {
    const { client, clock, road } = connectedWorld(patient);
    const subscription = client.subscribe('room');
    clock.advance(10_000);
    admit(road(), 1);
    publish(road(), 2);
    expect([subscription.status, subscription.position]).toEqual(['pending', undefined]);
  });

  it('unsubscribe: the connection ends', () => {
    const { clock, road, subscription, changes } = live();
    subscription.unsubscribe();
    expect(road().all('unsubscribe')).toHaveLength(1);
    clock.advance(10_000);
    expect(changes).toMatchObject([{ status: 'waiting', error: { code: 'REPLY_TOO_LATE' } }]);
  });
});

describe('leaving and coming again', () => {
  it('waits for the answer before it asks again, and does not hear the old seat', () => {
    const { client, road, told, subscription } = live();
    subscription.unsubscribe();
    const again = client.subscribe('room');
    expect(again).not.toBe(subscription);
    const toldAgain = watch(again);
    publish(road(), 2);
    expect(road().joins()).toHaveLength(1);
    leave(road());
    expect(road().lastJoin()).not.toHaveProperty('since');
    publish(road(), 2);
    admit(road(), 2);
    publish(road(), 3);
    expect(told).toEqual(['ended']);
    expect(toldAgain).toEqual(['catchingUp', 3]);
  });

  it('before the first answer: takes it, leaves, and asks for the new one', () => {
    const { client, road } = connectedWorld();
    const first = client.subscribe('room', { since: 'e1:3:id3' });
    first.unsubscribe();
    const second = client.subscribe('room');
    expect(road().all('unsubscribe')).toEqual([]);
    admit(road(), 3);
    expect([first.status, second.status]).toEqual(['ended', 'pending']);
    leave(road());
    expect(road().lastJoin()).not.toHaveProperty('since');
    admit(road(), 4);
    expect([second.position, second.status]).toEqual(['e1:4:id4', 'catchingUp']);
  });

  it('a refusal for one who has left is not one for who came after', () => {
    const { client, road } = connectedWorld();
    client.subscribe('room').unsubscribe();
    const second = client.subscribe('room');
    const { id } = road().lastJoin();
    road().say({ type: 'error', id, code: 'FORBIDDEN', message: 'no', retryable: false });
    expect(second.status).toBe('pending');
    expect(road().joins()).toHaveLength(2);
  });

  it('in a listener of a publication: nothing after it is delivered', () => {
    const { road, told, subscription } = live();
    subscription.on('publication', () => subscription.unsubscribe());
    publish(road(), 2);
    publish(road(), 3);
    expect(told).toEqual([2, 'ended']);
  });
});
