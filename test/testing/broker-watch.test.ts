import { describe, expect, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import { BrokerWatch, mustBeChain } from '../../src/testing/broker-watch.ts';

const make = async () => memory();

describe('a broker that is watched', () => {
  it('is started before the work and stopped after it, even when that throws', async () => {
    let watched: BrokerWatch | undefined;
    const work = async (watch: BrokerWatch) => {
      watched = watch;
      await watch.publish('a', 1);
      throw new Error('on purpose');
    };
    await expect(BrokerWatch.over(make, work)).rejects.toThrow('on purpose');
    await expect(watched!.publish('a', 1)).rejects.toMatchObject({ code: 'BROKER_STOPPED' });
  });

  it('says when so many deliveries have come, before or after it was asked', async () => {
    await BrokerWatch.over(make, async (watch) => {
      await watch.broker.subscribe('a');
      const seen: string[] = [];
      const two = watch.reached('a', 2).then(() => seen.push('two'));
      await watch.publish('a', 1);
      expect(seen).toEqual([]);
      await watch.publish('a', 1);
      await two;
      await watch.reached('a', 1);
      expect(watch.delivered('a').map(({ publication }) => publication.data)).toEqual([0, 0]);
      expect(watch.delivered('b')).toEqual([]);
    });
  });
});

describe('a chain', () => {
  const entry = (offset: number, prevOffset: number, prevId: string) => ({
    offset,
    id: `p${offset}`,
    prev: { offset: prevOffset, id: prevId },
    data: null,
    atMs: 0,
  });

  it('may leap, and begins at the beginning', () => {
    expect(() => mustBeChain([], 'log')).not.toThrow();
    expect(() => mustBeChain([entry(3, 0, ''), entry(9, 3, 'p3')], 'log')).not.toThrow();
  });

  it.each([
    ['does not begin at the beginning', [entry(3, 2, 'p2')]],
    ['leaves one out', [entry(1, 0, ''), entry(3, 2, 'p2')]],
    ['links to another id', [entry(1, 0, ''), entry(2, 1, 'x')]],
    ['has one twice', [entry(1, 0, ''), entry(1, 0, '')]],
    ['goes back', [entry(3, 0, ''), entry(2, 3, 'p3')]],
  ])('one that %s is no chain', (_, log) => {
    expect(() => mustBeChain(log, 'log')).toThrow(/^log: /);
  });
});
