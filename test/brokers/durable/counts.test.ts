import { describe, expect, it } from 'vitest';
import { after } from '../../../src/brokers/durable/counts.ts';
import { idsOf, next, open, placeOf } from './world.ts';

describe('the counts of the store', () => {
  it('that are damaged are counted again', async () => {
    const world = await open({ maxChannels: 3, maxClaims: 1 });
    await world.broker.log.append('a', next({ id: 'a' }));
    await world.broker.log.append('b', next({ id: 'b' }));
    await world.broker.claims.put('x', '1', { expect: undefined, leaseMs: 1_000 });
    world.store.damage('m!counts');
    const { broker, troubles } = await world.again();
    expect(troubles.map(({ code }) => code)).toEqual(['STORE_CORRUPT']);
    placeOf(await broker.log.append('c', next({ id: 'c' })));
    await expect(broker.log.append('d', next())).rejects.toMatchObject({ code: 'BROKER_FULL' });
    const claim = broker.claims.put('y', '1', { expect: undefined, leaseMs: 1_000 });
    await expect(claim).rejects.toMatchObject({ code: 'BROKER_FULL' });
    // The number of the new channel is nobody else's.
    expect(await Promise.all(['a', 'b', 'c'].map((name) => idsOf(broker, name)))).toEqual([
      ['a'],
      ['b'],
      ['c'],
    ]);
  });

  it('count more than one page of what there is', async () => {
    const world = await open({ maxChannels: 1_101 });
    await Promise.all(
      Array.from({ length: 1_100 }, (_, i) => world.broker.log.append(`c${i}`, next())),
    );
    world.store.damage('m!counts');
    const { broker } = await world.again();
    placeOf(await broker.log.append('one', next()));
    await expect(broker.log.append('two', next())).rejects.toMatchObject({ code: 'BROKER_FULL' });
  });
});

it('between a key and the one after it nothing stands', () => {
  expect(after('a') > 'a').toBe(true);
  expect(after('a') < 'a\u0001').toBe(true);
});
