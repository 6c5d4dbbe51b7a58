import { afterEach, describe, expect, it, vi } from 'vitest';
import { followKept } from '../../../src/client/storage/follow-kept.ts';
import { admit, caughtUp, connectedWorld, place, publish, turn, type World } from '../world.ts';
import { FakeStorage } from './kept.ts';

afterEach(() => vi.unstubAllGlobals());

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

/** Follows `room`; each entry is dealt with when the test says so. */
async function following(storage: FakeStorage, maxWaiting = 1_000) {
  const world = connectedWorld(steady);
  const begun: unknown[] = [];
  const ends: (() => void)[] = [];
  const handled = (what: unknown): Promise<void> => {
    begun.push(what);
    return new Promise((resolve) => {
      ends.push(resolve);
    });
  };
  const end = await followKept(world.client, 'room', {
    storage,
    maxWaiting,
    onPublication: ({ data }) => handled(data),
    onGap: ({ reason }) => handled(reason),
  });
  const finish = async (): Promise<void> => {
    ends.shift()!();
    await turn();
  };
  return { ...world, begun, finish, end };
}

function live({ road }: World, n: number): void {
  admit(road(), n);
  caughtUp(road(), n);
}

describe('a channel that is followed over reloads', () => {
  it('its position is kept when an entry was dealt with, not before; one after the other', async () => {
    const storage = new FakeStorage();
    const world = await following(storage);
    live(world, 1);
    publish(world.road(), 2);
    publish(world.road(), 3);
    await turn();
    expect([world.begun, [...storage.records.values()]]).toEqual([[2], ['e1:1:id1']]);
    await world.finish();
    expect(world.begun).toEqual([2, 3]);
    expect([...storage.records.values()]).toEqual(['e1:2:id2']);
  });

  it('the next page goes on from there, and meets again what was not dealt with', async () => {
    const storage = new FakeStorage();
    const world = await following(storage);
    live(world, 1);
    publish(world.road(), 2);
    publish(world.road(), 3);
    await turn();
    await world.finish();
    const next = await following(storage);
    expect(next.road().lastJoin()).toMatchObject({ channel: 'room', since: place(2) });
  });

  it('a gap is dealt with in its turn, and its end is kept', async () => {
    const storage = new FakeStorage();
    const world = await following(storage);
    live(world, 1);
    publish(world.road(), 2);
    const gap = { reason: 'dropped', from: place(2), to: place(7) } as const;
    world.road().say({ type: 'gap', channel: 'room', gap });
    await turn();
    await world.finish();
    expect(world.begun).toEqual([2, 'dropped']);
    await world.finish();
    expect([...storage.records.values()]).toEqual(['e1:7:id7']);
  });

  it('maxWaiting: so many wait; with one more the rest is taken from the log when they are done', async () => {
    const storage = new FakeStorage();
    const world = await following(storage, 2);
    live(world, 1);
    await turn();
    for (const n of [2, 3, 4]) {
      publish(world.road(), n);
    }
    expect(world.road().all('unsubscribe')).toEqual([]);
    publish(world.road(), 5);
    expect(world.road().all('unsubscribe')).toHaveLength(1);
    const { id } = world.road().last('unsubscribe');
    world.road().say({ type: 'unsubscribed', id, channel: 'room' });
    for (let times = 0; times < 3; times += 1) {
      await turn();
      await world.finish();
    }
    expect(world.begun).toEqual([2, 3, 4]);
    expect(world.road().lastJoin()).toMatchObject({ since: place(4) });
    live(world, 4);
    publish(world.road(), 5);
    await turn();
    expect(world.begun).toEqual([2, 3, 4, 5]);
  });

  it('ended, nothing more is dealt with', async () => {
    const world = await following(new FakeStorage());
    live(world, 1);
    publish(world.road(), 2);
    publish(world.road(), 3);
    await turn();
    world.end();
    await world.finish();
    expect(world.begun).toEqual([2]);
    expect(world.road().all('unsubscribe')).toHaveLength(1);
    expect(world.road().joins()).toHaveLength(1);
  });

  it('what a handler throws is reported, and the next entry follows', async () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const world = connectedWorld(steady);
    const seen: unknown[] = [];
    await followKept(world.client, 'room', {
      storage: new FakeStorage(),
      onGap: () => undefined,
      onPublication({ data }) {
        seen.push(data);
        throw data;
      },
    });
    live(world, 1);
    publish(world.road(), 2);
    publish(world.road(), 3);
    await turn();
    expect([seen, reported]).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });

  it('a position that cannot be kept is reported, and one that cannot be read rejects', async () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const storage = new FakeStorage();
    const world = await following(storage);
    live(world, 1);
    await turn();
    storage.failure = new Error('no disk');
    publish(world.road(), 2);
    publish(world.road(), 3);
    await turn();
    await world.finish();
    expect([world.begun, reported]).toEqual([[2, 3], [storage.failure]]);
    await expect(following(storage)).rejects.toThrow('no disk');
  });
});

describe('a client that is closed while the rest is left to the log', () => {
  it('is not asked for it again', async () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const storage = new FakeStorage();
    const world = await following(storage, 1);
    live(world, 1);
    await turn();
    for (const n of [2, 3, 4]) {
      publish(world.road(), n);
    }
    await turn();
    world.client.close();
    await world.finish();
    await world.finish();
    expect([world.begun, reported]).toEqual([[2, 3], []]);
  });
});
