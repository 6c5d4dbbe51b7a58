import { describe, expect, it } from 'vitest';
import { admit, caughtUp, connectedWorld, entry, place, publish, turn, watch } from './world.ts';

describe('resync', () => {
  /** Follows `room` with a snapshot that comes when `give` or `fail` is called. */
  function following() {
    const world = connectedWorld({ pingAfterMs: 600_000, pongWithinMs: 600_000 });
    const gaps: unknown[] = [];
    let give: (position: string) => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    const subscription = world.client.subscribe('room', {
      resync(gap) {
        gaps.push(gap.reason);
        return new Promise((resolve, reject) => {
          give = resolve;
          fail = reject;
        });
      },
    });
    const told = watch(subscription);
    admit(world.road(), 1);
    caughtUp(world.road(), 1);
    told.length = 0;
    const gap = { reason: 'dropped', from: place(1), to: place(5) } as const;
    world.road().say({ type: 'gap', channel: 'room', gap });
    return {
      ...world,
      subscription,
      told,
      gaps,
      give: async (position: string) => {
        give(position);
        await turn();
      },
      fail: async () => {
        fail(new Error('no snapshot'));
        await turn();
      },
    };
  }

  it('after a gap nothing is delivered until the snapshot is here; then it goes on from its position', async () => {
    const { road, told, gaps, give } = following();
    publish(road(), 6);
    expect([told, gaps]).toEqual([['dropped e1:1:id1 e1:5:id5'], ['dropped']]);
    await give('e1:8:id8');
    road().say({ type: 'unsubscribed', id: road().last('unsubscribe').id, channel: 'room' });
    expect(road().lastJoin()).toMatchObject({ since: place(8) });
    admit(road(), 8);
    road().say({ type: 'publication', channel: 'room', publication: entry(9) });
    caughtUp(road(), 9);
    expect(told.slice(1)).toEqual(['catchingUp', 9, 'live']);
  });

  it('the channel is not asked for while the snapshot is loaded, on a new connection neither', async () => {
    const { road, clock, give } = following();
    road().end();
    clock.advance(500);
    road().welcome();
    expect(road().joins()).toEqual([]);
    await give('e1:8:id8');
    expect(road().joins()).toMatchObject([{ channel: 'room', since: place(8) }]);
  });

  it('a snapshot that cannot be loaded is loaded again, after a delay that grows', async () => {
    const { clock, gaps, fail, told, give, road } = following();
    await fail();
    expect(told).toEqual(['dropped e1:1:id1 e1:5:id5', 'pending RESYNC_FAILED']);
    clock.advance(249);
    expect(gaps).toHaveLength(1);
    clock.advance(1);
    expect(gaps).toHaveLength(2);
    await fail();
    clock.advance(499);
    expect(gaps).toHaveLength(2);
    clock.advance(1);
    expect(gaps).toHaveLength(3);
    await give('nonsense');
    expect(told.at(-1)).toBe('pending RESYNC_FAILED');
    expect(road().all('unsubscribe')).toEqual([]);
  });

  it('ended meanwhile, nothing comes of it', async () => {
    const { road, clock, subscription, give } = following();
    subscription.unsubscribe();
    await give('e1:8:id8');
    clock.advance(1_000);
    expect(road().joins()).toHaveLength(1);
    expect(subscription.position).toBe('e1:5:id5');
  });

  it('ended meanwhile, a snapshot that cannot be loaded is not loaded again', async () => {
    const { clock, gaps, subscription, fail } = following();
    subscription.unsubscribe();
    await fail();
    clock.advance(1_000);
    expect(gaps).toHaveLength(1);
  });
});
