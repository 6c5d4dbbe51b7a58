import { describe, expect, it } from 'vitest';
import { FakeMemory } from './kept.ts';
import { crash, disk, hello, letIn, offline, publish, sent, settled, tabOf } from './pages.ts';

describe('the session of a tab', () => {
  it('goes on after a reload, by the latest secret', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1', 'first'.padEnd(22));
    before.road().end();
    before.clock.advance(1_000);
    await letIn(before, 's1', 'second'.padEnd(22));
    crash(kept);
    const after = offline(kept);
    await letIn(after, 's1');
    expect(hello(after)).toEqual({ session: 's1', secret: 'second'.padEnd(22) });
  });

  it('no two pages make requests with the same ids in it: the answer to one would be taken for that to another', async () => {
    const kept = tabOf(disk());
    const ids: number[] = [];
    for (let life = 0; life < 3; life += 1) {
      const world = offline(kept);
      // Before it knows whether the session goes on.
      world.client.call('work', life).catch(() => undefined);
      await letIn(world, 's1');
      ids.push(world.road().last('call').id);
      crash(kept);
    }
    expect(ids[1]! - ids[0]!).toBeGreaterThanOrEqual(2 ** 32);
    expect(ids[2]! - ids[1]!).toBeGreaterThanOrEqual(2 ** 32);
    expect(ids.every(Number.isSafeInteger)).toBe(true);
  });

  it('D7: a duplicated tab has another, and another producer; when both are loaded anew each has its own', async () => {
    const kept = disk();
    const [first, second] = [new FakeMemory(), new FakeMemory()];
    const a = offline(tabOf(kept, first));
    await letIn(a, 's1');
    await publish(a, 1);
    const copy = first.copy();
    const b = offline(tabOf(kept, copy));
    await settled();
    for (let times = 0; times < 12; times += 1) {
      b.clock.advance(50);
      await settled();
    }
    await letIn(b, 's2');
    expect(hello(b)).toBeUndefined();
    await publish(b, 2);
    expect(sent(b.road())).toMatchObject([{ data: 2, epoch: 1 }]);
    expect(sent(b.road())[0]!.name).not.toBe(sent(a.road())[0]!.name);
    crash(kept);
    const again = [offline(tabOf(kept, first)), offline(tabOf(kept, copy))] as const;
    await letIn(again[0], 's1');
    await letIn(again[1], 's2');
    expect(again.map((world) => hello(world)?.session)).toEqual(['s1', 's2']);
    expect(again.map(({ road }) => sent(road())[0]?.data)).toEqual([1, 2]);
    expect(second.keys).toEqual([]);
  });

  it('goes on when the page before lets its slot go a moment later', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1');
    await publish(before, 1);
    const after = offline(kept);
    await settled();
    expect(after.roads).toEqual([]);
    crash(kept);
    after.clock.advance(50);
    await letIn(after, 's1');
    expect([hello(after)?.session, sent(after.road())]).toMatchObject(['s1', [{ data: 1 }]]);
  });

  it('is not kept when its client was closed', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1');
    before.client.close();
    await settled();
    const after = offline(kept);
    await letIn(after, 's2');
    expect(hello(after)).toBeUndefined();
  });

  it('goes on though the storage fails', async () => {
    const kept = tabOf(disk());
    const before = offline(kept);
    await letIn(before, 's1');
    crash(kept);
    kept.storage.failure = new Error('no disk');
    const after = offline(kept);
    await letIn(after, 's1');
    expect(hello(after)?.session).toBe('s1');
  });

  it('is not gone on with when the tab can remember nothing more', async () => {
    const kept = tabOf(disk());
    await letIn(offline(kept), 's1');
    crash(kept);
    kept.memory!.failure = new Error('it is full');
    const after = offline(kept);
    await letIn(after, 's2');
    expect(hello(after)).toBeUndefined();
  });

  it('of a client that is closed while it looks for it nothing is connected', async () => {
    const kept = tabOf(disk());
    const world = offline(kept);
    world.client.close();
    await settled();
    expect([world.roads, kept.locks.held.size]).toEqual([[], 0]);
  });
});
