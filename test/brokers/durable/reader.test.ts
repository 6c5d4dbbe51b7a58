import { describe, expect, it } from 'vitest';
import { next, open, type World } from './world.ts';

async function filled(count: number): Promise<World> {
  const world = await open();
  for (let i = 1; i <= count; i += 1) {
    await world.broker.log.append('a', next({ id: `${i}` }));
  }
  return world;
}

async function read(world: World, from: number, limit: number): Promise<string[]> {
  return (await world.broker.log.read('a', from, limit)).publications.map(({ id }) => id);
}

async function latest(world: World, limit: number): Promise<string[]> {
  return (await world.broker.log.latest('a', limit)).publications.map(({ id }) => id);
}

describe('reading', () => {
  it('begins with the offset itself, and gives no more than its limit', async () => {
    const world = await filled(5);
    expect(await read(world, 0, 2)).toEqual(['1', '2']);
    expect(await read(world, 3, 9)).toEqual(['3', '4', '5']);
    expect(await read(world, 5, 1)).toEqual(['5']);
    expect(await read(world, 6, 1)).toEqual([]);
    expect(await read(world, 1, 0)).toEqual([]);
  });

  it('of the latest gives them in the order of the log', async () => {
    const world = await filled(5);
    expect(await latest(world, 2)).toEqual(['4', '5']);
    expect(await latest(world, 9)).toEqual(['1', '2', '3', '4', '5']);
    expect(await latest(world, 0)).toEqual([]);
  });

  it('goes on behind what is damaged, so that it is never taken for the end', async () => {
    const world = await filled(6);
    for (const key of world.store.keysOf('e').slice(1, 4)) {
      world.store.damage(key);
    }
    expect(await read(world, 2, 1)).toEqual(['5']);
    expect(await read(world, 1, 3)).toEqual(['1', '5', '6']);
    expect(await latest(world, 3)).toEqual(['1', '5', '6']);
    expect(world.troubles).toEqual([]);
  });

  it('of values goes on behind what is damaged', async () => {
    const world = await open({ maxEntries: 1 });
    for (const id of ['1', '2', '3', '4']) {
      await world.broker.log.append('a', next({ id, key: id }));
    }
    for (const key of world.store.keysOf('v').slice(0, 2)) {
      world.store.damage(key);
    }
    const { publications, more } = await world.broker.log.values('a', 0, 1);
    expect([publications.map(({ id }) => id), more]).toEqual([['3'], true]);
  });
});
