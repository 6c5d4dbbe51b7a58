import { describe, expect, it } from 'vitest';
import { owed } from '../../../src/hub/channel/judge.ts';
import { at } from '../../../src/wire/index.ts';
import { by, idsOf, next, open, placeOf, type World } from './world.ts';

async function filled(count: number): Promise<World> {
  const world = await open();
  for (let i = 1; i <= count; i += 1) {
    await world.broker.log.append('a', next({ id: `${i}` }));
  }
  return world;
}

describe('a channel whose tail is damaged', () => {
  it.each([1, 2, 5])(
    'in its last %i entries ends with what is whole, and it is told',
    async (bad) => {
      const world = await filled(5);
      for (const key of world.store.keysOf('e').slice(-bad)) {
        world.store.damage(key);
      }
      const now = await world.again();
      const { top, publications, epoch } = await now.broker.log.read('a', 0, 10);
      const left = 5 - bad;
      expect(top).toEqual({ offset: left, id: left === 0 ? '' : `${left}` });
      expect(publications.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5'].slice(0, left));
      expect(now.troubles.map(({ code }) => code)).toEqual(['STORE_CORRUPT']);
      const place = placeOf(await now.broker.log.append('a', next()));
      expect(place).toMatchObject({ epoch, offset: left + 1 });
      expect((await now.again()).troubles).toEqual([]);
    },
  );

  it('because entries are not there at all, is cut as well', async () => {
    const world = await filled(3);
    world.store.values.delete(world.store.keysOf('e')[2]!);
    const { broker } = await world.again();
    expect((await broker.log.latest('a', 1)).top).toEqual({ offset: 2, id: '2' });
  });

  it('is noticed while the engine runs, by whoever reads it', async () => {
    const { broker, store, troubles } = await filled(3);
    store.damage(store.keysOf('e')[2]!);
    expect(await broker.log.read('a', 1, 10)).toMatchObject({ top: { offset: 2, id: '2' } });
    expect(troubles.length).toBe(1);
  });

  it('hands its offsets out again with other ids: whoever had seen the former hears of it', async () => {
    const world = await filled(3);
    world.store.damage(world.store.keysOf('e')[2]!);
    const { broker } = await world.again();
    await broker.log.append('a', next({ id: 'other' }));
    const page = await broker.log.read('a', 3, 10);
    const [first] = owed(at(page.epoch, { offset: 3, id: '3' }), page);
    expect(first).toMatchObject({ gap: { reason: 'diverged' } });
  });

  it('in all that is kept, after trimming: nobody takes what comes for what follows', async () => {
    const before = await open({ maxEntries: 2 });
    for (let i = 1; i <= 5; i += 1) {
      await before.broker.log.append('a', next({ id: `${i}` }));
    }
    for (const key of before.store.keysOf('e')) {
      before.store.damage(key);
    }
    const { broker } = await before.again();
    await broker.log.append('a', next({ id: 'other' }));
    const page = await broker.log.read('a', 3, 10);
    expect(page.publications[0]).toMatchObject({ offset: 4, id: 'other' });
    const [first] = owed(at(page.epoch, { offset: 3, id: '3' }), page);
    expect(first).toMatchObject({ gap: { reason: 'diverged' } });
  });

  it('counts again what it takes', async () => {
    const world = await open({ maxBytes: 10_000 });
    for (let i = 0; i < 8; i += 1) {
      await world.broker.log.append('a', next({ data: 'x'.repeat(1_000) }));
    }
    for (const key of world.store.keysOf('e').slice(1)) {
      world.store.damage(key);
    }
    const { broker } = await world.again();
    for (let i = 0; i < 7; i += 1) {
      await broker.log.append('a', next({ data: 'x'.repeat(1_000) }));
    }
    expect((await idsOf(broker, 'a')).length).toBe(8);
  });
});

it('an entry that is damaged in the middle is a hole that readers hear of', async () => {
  const world = await filled(5);
  world.store.damage(world.store.keysOf('e')[2]!);
  const { broker } = await world.again();
  const page = await broker.log.read('a', 1, 10);
  expect(page.publications.map(({ id }) => id)).toEqual(['1', '2', '4', '5']);
  const told = owed(at(page.epoch, { offset: 1, id: '1' }), page);
  expect(told.map((each) => ('gap' in each ? each.gap.reason : each.publication.id))).toEqual([
    '2',
    'trimmed',
    '4',
    '5',
  ]);
});

it('a channel whose record is damaged begins anew, with another epoch, and its number leads nowhere', async () => {
  const world = await filled(2);
  const { epoch } = await world.broker.log.latest('a', 1);
  world.store.damage(world.store.keysOf('c')[0]!);
  const now = await world.again();
  const page = await now.broker.log.read('a', 0, 10);
  expect(page).toMatchObject({ top: { offset: 0, id: '' }, publications: [] });
  const place = placeOf(await now.broker.log.append('a', next(), { producer: by(1) }));
  expect(place).toMatchObject({ offset: 1, epoch: page.epoch });
  expect(place.epoch).not.toBe(epoch);
  expect(now.troubles.length).toBe(1);
});

it('as many channels may be as its limit says, and one more is refused, also after a crash', async () => {
  const world = await open({ maxChannels: 2 });
  await world.broker.log.append('a', next());
  await world.broker.log.append('b', next());
  for (const again of [async () => world, () => world.again()]) {
    const { broker } = await again();
    await expect(broker.log.append('c', next())).rejects.toMatchObject({ code: 'BROKER_FULL' });
    placeOf(await broker.log.append('b', next()));
  }
});
