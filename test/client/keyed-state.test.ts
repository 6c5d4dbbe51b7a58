import { describe, expect, it } from 'vitest';
import type { Publication } from '../../src/wire/index.ts';
import { leave } from './live.ts';
import { admit, caughtUp, connectedWorld, type FakeRoad, place } from './world.ts';

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

/** Entry `n` of the log, which gives `key` a value, or takes it away. */
function say(road: FakeRoad, n: number, key: string, data: unknown): void {
  const removed = data === null ? ({ removed: true } as const) : undefined;
  const { offset, id } = place(n);
  const prev = { offset: 0, id: '' };
  const publication: Publication = { offset, id, prev, key, data, atMs: n, ...removed };
  road.say({ type: 'publication', channel: 'prices', publication });
}

/** Answers the last request; what comes until `caughtUp` is all there is. */
function admitWithSnapshot(road: FakeRoad): void {
  const { id, channel } = road.lastJoin();
  const position = place(0);
  road.say({ type: 'subscribed', id, channel, kind: 'state', position, snapshot: true });
}

function followed(options = {}) {
  const world = connectedWorld({ ...steady, ...options });
  const subscription = world.client.subscribe('prices');
  const told: string[] = [];
  subscription.on('state', ({ key, value }) => told.push(`${key}=${String(value?.data)}`));
  const values = (): unknown =>
    Object.fromEntries([...subscription.state].map(([key, { data }]) => [key, data]));
  return { ...world, subscription, told, values };
}

/** Gold is 1 and tin is 2, at entry 2. */
function live(options = {}) {
  const world = followed(options);
  admitWithSnapshot(world.road());
  say(world.road(), 1, 'gold', 1);
  say(world.road(), 2, 'tin', 2);
  caughtUp(world.road(), 2, 'prices');
  world.told.length = 0;
  return world;
}

function comeBack({ road, clock }: ReturnType<typeof live>): void {
  road().end();
  clock.advance(500);
  road().welcome();
}

describe('keyed state', () => {
  it('a snapshot is told when all of it is here, and its position is the end', () => {
    const { road, subscription, told, values } = followed();
    admitWithSnapshot(road());
    say(road(), 7, 'gold', 1);
    say(road(), 9, 'tin', 2);
    expect([told, values(), subscription.position]).toEqual([[], {}, undefined]);
    caughtUp(road(), 11, 'prices');
    expect([told, values()]).toEqual([['gold=1', 'tin=2'], { gold: 1, tin: 2 }]);
    expect([subscription.position, subscription.kind]).toEqual(['e1:11:id11', 'state']);
    expect(subscription.status).toBe('live');
  });

  it('then each change, whether it links to the one before or not; an older one never', () => {
    const { road, subscription, told, values } = live();
    say(road(), 5, 'gold', 5);
    say(road(), 4, 'gold', 4);
    say(road(), 6, 'tin', null);
    expect([told, values()]).toEqual([['gold=5', 'tin=undefined'], { gold: 5 }]);
    expect(subscription.position).toBe('e1:6:id6');
  });

  it('is told as state only, not as publications', () => {
    const { road, subscription } = live();
    const publications: unknown[] = [];
    subscription.on('publication', ({ data }) => publications.push(data));
    say(road(), 5, 'gold', 5);
    expect(publications).toEqual([]);
  });

  it('comes back from its position; what changed is told when all of it is here', () => {
    const world = live();
    comeBack(world);
    expect(world.road().lastJoin()).toMatchObject({ since: place(2) });
    admit(world.road(), 2, { kind: 'state' });
    say(world.road(), 3, 'tin', null);
    expect([world.told, world.subscription.position]).toEqual([[], 'e1:2:id2']);
    caughtUp(world.road(), 5, 'prices');
    expect([world.told, world.values()]).toEqual([['tin=undefined'], { gold: 1 }]);
    expect(world.subscription.position).toBe('e1:5:id5');
  });

  it('cut before all has come, it is asked for again from where it was whole; nothing is told twice', () => {
    const world = live();
    comeBack(world);
    admit(world.road(), 2, { kind: 'state' });
    say(world.road(), 3, 'gold', 3);
    world.clock.advance(6_000);
    comeBack(world);
    expect(world.road().lastJoin()).toMatchObject({ since: place(2) });
    admit(world.road(), 2, { kind: 'state' });
    say(world.road(), 3, 'gold', 3);
    caughtUp(world.road(), 3, 'prices');
    expect(world.told).toEqual(['gold=3']);
  });

  it('cut before all has come, nothing of it stays: an engine that has lost it meanwhile names it never again', () => {
    const world = live();
    comeBack(world);
    admit(world.road(), 2, { kind: 'state' });
    say(world.road(), 3, 'gold', 3);
    say(world.road(), 4, 'tin', null);
    world.clock.advance(6_000);
    comeBack(world);
    admit(world.road(), 2, { kind: 'state' });
    say(world.road(), 3, 'iron', 3);
    caughtUp(world.road(), 3, 'prices');
    expect(world.told).toEqual(['iron=3']);
    expect(world.values()).toEqual({ gold: 1, tin: 2, iron: 3 });
  });

  it('a snapshot replaces all: what is not in it is gone, what is the same is not told', () => {
    const world = live();
    comeBack(world);
    admitWithSnapshot(world.road());
    say(world.road(), 1, 'gold', 1);
    say(world.road(), 8, 'iron', 8);
    expect(world.values()).toEqual({ gold: 1, tin: 2 });
    caughtUp(world.road(), 9, 'prices');
    expect(world.told).toEqual(['tin=undefined', 'iron=8']);
    expect(world.values()).toEqual({ gold: 1, iron: 8 });
  });

  it('after a gap while it is live all is asked for anew, from before the gap: keys may be gone that no entry names', () => {
    const { road, subscription, told } = live();
    const gaps: unknown[] = [];
    subscription.on('gap', ({ reason }) => gaps.push(reason));
    const gap = { reason: 'ahead', from: place(2), to: place(1) } as const;
    road().say({ type: 'gap', channel: 'prices', gap });
    leave(road());
    const { id, channel } = road().lastJoin();
    expect(road().lastJoin()).toMatchObject({ since: place(2) });
    const position = place(1);
    road().say({ type: 'subscribed', id, channel, kind: 'state', position, gap, snapshot: true });
    say(road(), 1, 'gold', 1);
    caughtUp(road(), 1, 'prices');
    expect([told, gaps]).toEqual([['tin=undefined'], ['ahead']]);
  });

  it('maxStateKeys: so many are kept; with one more the channel is refused, and is left', () => {
    const { road, subscription, values } = live({ maxStateKeys: 3 });
    const errors: unknown[] = [];
    subscription.on('status', ({ status, error }) => errors.push([status, error?.code]));
    say(road(), 3, 'iron', 3);
    expect([values(), errors]).toEqual([{ gold: 1, tin: 2, iron: 3 }, []]);
    say(road(), 4, 'zinc', 4);
    expect(errors).toEqual([['refused', 'STATE_TOO_LARGE']]);
    expect(road().all('unsubscribe')).toHaveLength(1);
  });

  it('maxStateKeys: of what changed, as many as are left in the end', () => {
    const world = live({ maxStateKeys: 2 });
    comeBack(world);
    admit(world.road(), 2, { kind: 'state' });
    say(world.road(), 3, 'iron', 3);
    say(world.road(), 4, 'zinc', 4);
    say(world.road(), 5, 'lead', null);
    say(world.road(), 6, 'gold', null);
    say(world.road(), 7, 'tin', null);
    caughtUp(world.road(), 7, 'prices');
    expect(world.subscription.status).toBe('live');
    expect(world.values()).toEqual({ iron: 3, zinc: 4 });
  });

  it.each([
    ['in the end', ['iron'], true],
    ['before the end, when twice as many came', ['iron', 'zinc', 'lead', 'neon', 'xenon'], false],
  ])('maxStateKeys: with more the channel is refused, %s', (_when, keys, isComplete) => {
    const world = live({ maxStateKeys: 2 });
    comeBack(world);
    admit(world.road(), 2, { kind: 'state' });
    for (const [i, key] of keys.entries()) {
      say(world.road(), 3 + i, key, i);
    }
    if (isComplete) {
      expect(world.subscription.status).toBe('catchingUp');
      caughtUp(world.road(), 3, 'prices');
    }
    expect(world.subscription.status).toBe('refused');
  });
});
