import { describe, expect, it } from 'vitest';
import { by, idsOf, next, open, placeOf, type World } from './world.ts';

/** Turns the clock to the next sweep, and waits until it is through. */
async function sweep({ clock }: World, engines = 1): Promise<void> {
  await expect.poll(() => clock.pending, { interval: 1 }).toBe(engines);
  clock.advance(everyMs);
  await expect.poll(() => clock.pending, { interval: 1 }).toBe(engines);
}

const everyMs = 1_000;
const rests = {
  sweepEveryMs: everyMs,
  producerMs: 10_000,
  forgetAfterMs: 20_000,
  maxAgeMs: 15_000,
};

describe('a sweep', () => {
  it('takes away claims that have ended, and no others', async () => {
    const world = await open(rests);
    await world.broker.claims.put('short', '', { expect: undefined, leaseMs: 999 });
    await world.broker.claims.put('long', '', { expect: undefined, leaseMs: 1_001 });
    await sweep(world);
    expect(world.store.keysOf('l')).toEqual(['l!"long"']);
  });

  it('takes away entries that are too old, all of them, and the top stays known', async () => {
    const world = await open(rests);
    for (let i = 0; i < 250; i += 1) {
      await world.broker.log.append('a', next({ id: `${i}` }));
    }
    world.clock.advance(14_500);
    await sweep(world);
    expect(world.store.keysOf('e')).toEqual([]);
    expect(await world.broker.log.latest('a', 1)).toMatchObject({
      top: { offset: 250, id: '249' },
      publications: [],
    });
    placeOf(await world.broker.log.append('a', next({ id: 'more' })));
    expect((await world.broker.log.read('a', 0, 9)).publications).toMatchObject([
      { offset: 251, prev: { offset: 250 } },
    ]);
  });

  it('takes away producers that have rested for longer than is promised', async () => {
    const world = await open({ ...rests, maxProducers: 1 });
    await world.broker.log.append('a', next(), { producer: by(1) });
    world.clock.advance(rests.producerMs - everyMs);
    await sweep(world);
    expect(await world.broker.log.append('a', next(), { producer: by(1) })).toMatchObject({
      duplicate: true,
    });
    await sweep(world);
    expect([...world.store.keysOf('p'), ...world.store.keysOf('a')]).toEqual([]);
    expect(await world.broker.log.append('a', next(), { producer: by(2) })).toEqual({
      outcome: 'unknown',
    });
    placeOf(await world.broker.log.append('a', next(), { producer: by(1, { name: 'bob' }) }));
  });

  it('forgets channels that rest, with all that belonged to them; what comes back has another epoch', async () => {
    const world = await open(rests);
    const { epoch } = placeOf(await world.broker.log.append('a', next(), { producer: by(1) }));
    await world.broker.log.append('a', next({ key: 'k' }));
    await world.broker.log.append('a', next({ key: 'k', removed: true, data: null }));
    world.clock.advance(rests.forgetAfterMs);
    await sweep(world);
    const left = [...world.store.values.keys()];
    expect(left).toEqual(['m!format', 'm!counts']);
    const page = await world.broker.log.read('a', 0, 9);
    expect(page.publications).toEqual([]);
    expect(page.epoch).not.toBe(epoch);
  });

  it.each(['followed', 'with a value'])('forgets no channel that is %s', async (why) => {
    const world = await open({ ...rests, maxAgeMs: Number.POSITIVE_INFINITY });
    if (why === 'followed') {
      await world.broker.log.follow('a');
    }
    await world.broker.log.append(
      'a',
      next({ id: 'x', ...(why === 'followed' ? {} : { key: 'k' }) }),
    );
    world.clock.advance(rests.forgetAfterMs);
    await sweep(world);
    expect(await idsOf(world.broker, 'a')).toEqual(['x']);
  });

  it('takes away what is left of a former life of a channel, however much, also after a crash in between', async () => {
    const before = await open(rests);
    for (let i = 0; i < 230; i += 1) {
      await before.broker.log.append('a', next());
    }
    before.store.damage('c!"a"');
    const world = await before.again();
    await world.broker.log.append('a', next({ id: 'new' }));
    let batches = 0;
    world.store.fault = () => {
      batches += 1;
      return batches === 2 ? 'lost' : undefined;
    };
    // Engines that died share the clock, and go on trying.
    await sweep(world, 2);
    expect(world.troubles.at(-1)).toMatchObject({ code: 'BROKER_UNREACHABLE' });
    const later = await world.again();
    await sweep(later, 3);
    expect(later.store.keysOf('n').length).toBe(1);
    expect(later.store.keysOf('e').length).toBe(1);
    expect(await idsOf(later.broker, 'a')).toEqual(['new']);
  });

  it('that fails is told, and the next one comes', async () => {
    const world = await open(rests);
    await world.broker.claims.put('short', '', { expect: undefined, leaseMs: 1 });
    world.store.fault = () => 'lost';
    await sweep(world);
    expect(world.troubles).toMatchObject([{ code: 'BROKER_UNREACHABLE' }]);
    world.store.fault = () => undefined;
    await sweep(world);
    expect(world.store.keysOf('l')).toEqual([]);
  });
});
