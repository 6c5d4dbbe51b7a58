import { describe, expect, it } from 'vitest';
import { maxTrimmed } from '../../../src/brokers/durable/retention.ts';
import { idsOf, next, open, type World } from './world.ts';

async function fill(world: World, count: number, data: unknown = null): Promise<void> {
  for (let i = 1; i <= count; i += 1) {
    await world.broker.log.append('a', next({ id: `${i}`, data }));
  }
}

describe('retention', () => {
  it('keeps as many entries as its limit says', async () => {
    const world = await open({ maxEntries: 3 });
    await fill(world, 5);
    expect(await idsOf(world.broker, 'a')).toEqual(['3', '4', '5']);
    expect(world.store.keysOf('e').length).toBe(3);
  });

  it('keeps no more bytes than its limit says, but always the newest entry', async () => {
    const world = await open({ maxBytes: 2_500 });
    await fill(world, 5, 'x'.repeat(1_000));
    expect(await idsOf(world.broker, 'a')).toEqual(['4', '5']);
    await world.broker.log.append('a', next({ id: 'large', data: 'x'.repeat(9_000) }));
    expect(await idsOf(world.broker, 'a')).toEqual(['large']);
    await fill(world, 3, 'x'.repeat(1_000));
    expect(await idsOf(world.broker, 'a')).toEqual(['2', '3']);
  });

  it('keeps entries until they are as old as its limit says, by the clock of the engine', async () => {
    const world = await open({ maxAgeMs: 1_000 });
    await fill(world, 2);
    world.clock.advance(600);
    await world.broker.log.append('a', next({ id: 'later' }));
    world.clock.advance(400);
    await world.broker.log.append('a', next({ id: 'just' }));
    expect(await idsOf(world.broker, 'a')).toEqual(['1', '2', 'later', 'just']);
    world.clock.advance(1);
    await world.broker.log.append('a', next({ id: 'now' }));
    expect(await idsOf(world.broker, 'a')).toEqual(['later', 'just', 'now']);
  });

  it('keeps as much as the latest append of the channel says, by sweeps too, and after a restart', async () => {
    const before = await open({ sweepEveryMs: 2_000 });
    for (let i = 1; i <= 4; i += 1) {
      const retain = { entries: 3, ageMs: 1_500 };
      await before.broker.log.append('a', next({ id: `${i}` }), { retain });
    }
    expect(await idsOf(before.broker, 'a')).toEqual(['2', '3', '4']);
    const world = await before.again({ sweepEveryMs: 2_000 });
    world.clock.advance(2_000);
    await expect.poll(() => world.store.keysOf('e')).toEqual([]);
  });

  it('what has no end is no rule, and is not written', async () => {
    const world = await open({ sweepEveryMs: 2_000 });
    const retain = { entries: Number.POSITIVE_INFINITY, ageMs: Number.POSITIVE_INFINITY };
    await world.broker.log.append('a', next({ id: '1' }), { retain });
    const again = await world.again({ sweepEveryMs: 2_000 });
    again.clock.advance(2_000);
    // Both engines sweep, and both wait for the next time then.
    await expect.poll(() => again.clock.pending).toBe(2);
    expect(await idsOf(again.broker, 'a')).toEqual(['1']);
  });

  it('begins to count anew when all are gone, so that what was lost does not count for ever', async () => {
    const world = await open({ maxBytes: 2_500, maxAgeMs: 1_000, sweepEveryMs: 2_000 });
    await fill(world, 2, 'x'.repeat(1_000));
    world.store.values.delete(world.store.keysOf('e')[0]!);
    world.clock.advance(2_000);
    await expect.poll(() => world.store.keysOf('e')).toEqual([]);
    await expect.poll(() => world.clock.pending).toBe(1);
    await fill(world, 2, 'x'.repeat(1_000));
    expect(await idsOf(world.broker, 'a')).toEqual(['1', '2']);
  });

  it('trims so much in one step, and the rest with the next ones', async () => {
    const before = await open();
    await fill(before, maxTrimmed + 50);
    const world = await before.again({ maxEntries: 10 });
    await world.broker.log.append('a', next());
    expect((await idsOf(world.broker, 'a')).length).toBe(51);
    await world.broker.log.append('a', next());
    expect((await idsOf(world.broker, 'a')).length).toBe(10);
  });
});
