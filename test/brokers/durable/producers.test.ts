import { describe, expect, it } from 'vitest';
import { by, next, open, placeOf, type World } from './world.ts';

async function send(world: World, seq: number, more: Parameters<typeof by>[1] = {}) {
  return world.broker.log.append('a', next(), { producer: by(seq, more) });
}

/** The same before and after a restart. */
const ways = {
  'in one life': async (world: World) => world,
  'after a crash': (world: World) => world.again(),
};

describe.each(Object.entries(ways))('the record of a producer, %s', (_, later) => {
  it('gives a number that is sent again the place that it had', async () => {
    const world = await open();
    const places = [placeOf(await send(world, 1)), placeOf(await send(world, 2))];
    const now = await later(world);
    for (const [i, position] of places.entries()) {
      expect(await send(now, i + 1)).toEqual({ outcome: 'appended', position, duplicate: true });
    }
    expect(placeOf(await send(now, 3)).offset).toBe(3);
  });

  it('refuses a number that was used for something else', async () => {
    const world = await open();
    await send(world, 1);
    expect(await send(await later(world), 1, { hash: 'other' })).toEqual({ outcome: 'reused' });
  });

  it('lets only the next number in', async () => {
    const world = await open();
    await send(world, 1);
    const now = await later(world);
    expect(await send(now, 3)).toEqual({ outcome: 'outOfSequence', last: 1 });
    expect(await send(now, 2, { name: 'unknown' })).toEqual({ outcome: 'unknown' });
  });

  it('fences whoever has a smaller epoch, from when the larger one came', async () => {
    const world = await open();
    await send(world, 1);
    expect(await send(world, 9, { epoch: 2 })).toEqual({ outcome: 'outOfSequence', last: 1 });
    const now = await later(world);
    expect(await send(now, 2)).toEqual({ outcome: 'fenced', epoch: 2 });
    placeOf(await send(now, 2, { epoch: 2 }));
  });

  it('keeps as many answers as it says, and of one more knows nothing', async () => {
    const world = await open({ answersKept: 3 });
    expect(world.broker.supports.answersKept).toBe(3);
    for (let seq = 1; seq <= 5; seq += 1) {
      await send(world, seq);
    }
    const now = await later(world);
    expect(await send(now, 2)).toEqual({ outcome: 'unknown' });
    expect(placeOf(await send(now, 3)).offset).toBe(3);
    expect(now.store.keysOf('a').length).toBe(3);
  });

  it('is one of as many as its limit says; one more is refused', async () => {
    const world = await open({ maxProducers: 2 });
    await send(world, 1, { name: 'one' });
    await send(world, 1, { name: 'two' });
    const now = await later(world);
    await expect(send(now, 1, { name: 'three' })).rejects.toMatchObject({ code: 'BROKER_FULL' });
    placeOf(await send(now, 2, { name: 'two' }));
  });
});

describe('damage', () => {
  it('to a record: nothing is known of its numbers, the first included', async () => {
    const world = await open();
    await send(world, 1);
    world.store.damage(world.store.keysOf('p')[0]!);
    const now = await world.again();
    expect(await send(now, 1)).toEqual({ outcome: 'unknown' });
    expect(await send(now, 2)).toEqual({ outcome: 'unknown' });
  });

  it('to an answer: that number is unknown, the others are not', async () => {
    const world = await open();
    await send(world, 1);
    await send(world, 2);
    world.store.damage(world.store.keysOf('a')[0]!);
    const now = await world.again();
    expect(await send(now, 1)).toEqual({ outcome: 'unknown' });
    expect(placeOf(await send(now, 2)).offset).toBe(2);
  });

  it('to the tail: numbers whose entries were cut were never appended', async () => {
    const world = await open();
    for (let seq = 1; seq <= 4; seq += 1) {
      await send(world, seq);
    }
    world.store.damage(world.store.keysOf('e')[3]!);
    world.store.damage(world.store.keysOf('e')[2]!);
    const now = await world.again();
    expect(await send(now, 5)).toEqual({ outcome: 'outOfSequence', last: 2 });
    expect(placeOf(await send(now, 2)).offset).toBe(2);
    expect(await send(now, 3)).toMatchObject({ outcome: 'appended', duplicate: false });
  });

  it('to the tail, of which another has taken the places since: the same', async () => {
    const world = await open();
    await send(world, 1);
    await send(world, 2);
    world.store.damage(world.store.keysOf('e')[1]!);
    const now = await world.again();
    await send(now, 1, { name: 'bob' });
    const again = await send(now, 2);
    expect(again).toMatchObject({ outcome: 'appended', duplicate: false, position: { offset: 3 } });
  });

  it('to the tail, beyond all answers that were kept: nothing is known', async () => {
    const world = await open({ answersKept: 1 });
    await send(world, 1);
    await send(world, 2);
    world.store.damage(world.store.keysOf('e')[1]!);
    const now = await world.again();
    expect(await send(now, 2)).toEqual({ outcome: 'unknown' });
    expect(await send(now, 3)).toEqual({ outcome: 'unknown' });
  });
});

it.each([{ name: 'x'.repeat(129) }, { hash: 'x'.repeat(65) }, { epoch: 0.5 }, { seq: 0 }])(
  'a producer with %j is a mistake of the caller',
  async (wrong) => {
    await expect(send(await open(), 1, wrong)).rejects.toThrow(RangeError);
  },
);
