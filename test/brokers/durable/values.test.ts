import { describe, expect, it } from 'vitest';
import { next, open, type World } from './world.ts';

const set = (world: World, key: string, id: string) =>
  world.broker.log.append('a', next({ id, key }));
const remove = (world: World, key: string, id: string) =>
  world.broker.log.append('a', next({ id, key, removed: true, data: null }));

async function state(world: World, after = 0, limit = 100) {
  const { publications, ...rest } = await world.broker.log.values('a', after, limit);
  return { ids: publications.map(({ id }) => id), ...rest };
}

describe('values', () => {
  it('are of each key the latest entry, in the order of the log, before and after a crash', async () => {
    const world = await open();
    await set(world, 'x', '1');
    await set(world, 'y', '2');
    await world.broker.log.append('a', next({ id: '3' }));
    await set(world, 'x', '4');
    await remove(world, 'y', '5');
    const wanted = { ids: ['4', '5'], more: false, forgotten: 0, top: { offset: 5, id: '5' } };
    expect(await state(world)).toMatchObject(wanted);
    expect(await state(await world.again())).toMatchObject(wanted);
  });

  it('come in pages, after an offset', async () => {
    const world = await open();
    for (const id of ['1', '2', '3']) {
      await set(world, id, id);
    }
    expect(await state(world, 0, 2)).toMatchObject({ ids: ['1', '2'], more: true });
    expect(await state(world, 2, 2)).toMatchObject({ ids: ['3'], more: false });
    expect(await state(world, 3, 2)).toMatchObject({ ids: [], more: false });
  });

  it('outlive the trimming of their entries', async () => {
    const world = await open({ maxEntries: 1 });
    await set(world, 'x', '1');
    await world.broker.log.append('a', next({ id: '2' }));
    expect(world.store.keysOf('e').length).toBe(1);
    expect((await state(await world.again())).ids).toEqual(['1']);
  });

  it('of one key more than its limit are refused, until another is removed', async () => {
    const world = await open({ maxKeys: 2 });
    await set(world, 'x', '1');
    await set(world, 'y', '2');
    await set(world, 'y', '3');
    await expect(set(world, 'z', '4')).rejects.toMatchObject({
      code: 'BROKER_FULL',
      retryable: true,
    });
    await remove(world, 'x', '5');
    await set(world, 'z', '6');
    expect((await state(world)).ids).toEqual(['3', '5', '6']);
  });

  it('that were removed are forgotten, the oldest first, when there are more than its limit; and it is said', async () => {
    const world = await open({ maxRemovals: 1 });
    for (const key of ['x', 'y', 'z']) {
      await set(world, key, `${key} set`);
      await remove(world, key, `${key} gone`);
    }
    expect(await state(world)).toMatchObject({ ids: ['z gone'], forgotten: 4 });
    expect(world.store.keysOf('t').length).toBe(1);
    expect(world.store.keysOf('k').length).toBe(1);
  });

  it('that came back are not forgotten with their removal', async () => {
    const world = await open({ maxRemovals: 1 });
    await remove(world, 'x', '1');
    await set(world, 'x', '2');
    await remove(world, 'y', '3');
    expect(await state(world)).toMatchObject({ ids: ['2', '3'], forgotten: 0 });
  });

  it('that are damaged are read from the log, and said; from nowhere when it has been trimmed', async () => {
    const world = await open();
    await set(world, 'x', '1');
    await set(world, 'y', '2');
    world.store.damage(world.store.keysOf('v')[0]!);
    const now = await world.again();
    expect((await state(now)).ids).toEqual(['1', '2']);
    expect(now.troubles.length).toBe(1);
    now.store.damage(now.store.keysOf('e')[0]!);
    expect((await state(now)).ids).toEqual(['2']);
  });

  it('that stood in a tail which was cut are gone, and everybody is told to replace what they know', async () => {
    const world = await open();
    await set(world, 'x', '1');
    await set(world, 'y', '2');
    world.store.damage(world.store.keysOf('e')[1]!);
    const now = await world.again();
    expect(await state(now)).toMatchObject({ ids: ['1'], forgotten: 1, top: { offset: 1 } });
    // The place is given to another: the key does not lead there.
    await now.broker.log.append('a', next({ id: 'other' }));
    const answer = await now.broker.log.append('a', next({ id: '3', key: 'y' }), {
      expect: { offset: 0, id: '' },
    });
    expect(answer).toMatchObject({ outcome: 'appended' });
    expect((await state(now)).ids).toEqual(['1', '3']);
  });
});
