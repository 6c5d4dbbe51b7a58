import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../src/ports/index.ts';
import { next, open, placeOf } from './world.ts';

describe('a node', () => {
  it('says what it can do', async () => {
    const { broker } = await open({ producerMs: 5, answersKept: 7 });
    expect(broker.supports).toEqual({
      durability: ['memory', 'disk'],
      producerMs: 5,
      answersKept: 7,
    });
  });

  it('is told nothing of what it left, nor after it stopped', async () => {
    const { broker, node, delivered, heard } = await open();
    const other = await node();
    for (const each of [broker, other]) {
      await each.log.follow('a');
      await each.bus.follow('t');
    }
    await broker.log.unfollow('a');
    await broker.bus.unfollow('t');
    await broker.log.append('a', next());
    await broker.bus.send('t', 1);
    expect([delivered.length, heard.length]).toEqual([1, 1]);
    await other.stop();
    await broker.log.append('a', next());
    await broker.bus.send('t', 1);
    expect([delivered.length, heard.length]).toEqual([1, 1]);
  });

  it('that was told that it cannot follow a channel is told nothing of it; one that follows it already goes on', async () => {
    const { broker, node, store, delivered } = await open({ cacheBytes: 0 });
    const other = await node();
    await other.log.follow('b');
    const get = store.get.bind(store);
    store.get = async () => {
      throw new Error('no answer');
    };
    await expect(broker.log.follow('a')).rejects.toThrow();
    await expect(other.log.follow('b')).rejects.toThrow();
    store.get = get;
    await broker.log.append('a', next());
    await broker.log.append('b', next());
    expect(delivered.map(({ channel }) => channel)).toEqual(['b']);
    await broker.log.follow('a');
    await broker.log.append('a', next());
    expect(delivered.map(({ channel }) => channel)).toEqual(['b', 'a']);
    expect((await broker.log.tops()).tops.map(({ channel }) => channel)).toEqual(['a']);
  });

  it('that is stopped rejects whatever it is asked, and can be started again', async () => {
    const { broker } = await open();
    await broker.stop();
    await broker.stop();
    const calls = [
      () => broker.log.follow('a'),
      () => broker.log.unfollow('a'),
      () => broker.log.append('a', next()),
      () => broker.log.read('a', 0, 1),
      () => broker.log.latest('a', 1),
      () => broker.log.values('a', 0, 1),
      () => broker.log.tops(),
      () => broker.claims.get('x'),
      () => broker.claims.put('x', '', { expect: undefined, leaseMs: 1 }),
      () => broker.claims.renew('x', '', 1),
      () => broker.claims.release('x', ''),
      () => broker.bus.follow('t'),
      () => broker.bus.unfollow('t'),
      () => broker.bus.send('t', 1),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toBeInstanceOf(BrokerError);
      await expect(call()).rejects.toMatchObject({ code: 'BROKER_STOPPED' });
    }
    await broker.start({ deliver: () => {}, hear: () => {} });
    placeOf(await broker.log.append('a', next()));
  });
});
