import { describe, expect, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import { BrokerWatch, mustBeChain, positionOf } from '../../src/testing/broker-watch.ts';

describe('a broker that is watched', () => {
  it('runs, and makes entries of which no two are alike', async () => {
    const one = await BrokerWatch.start(memory(), 'one');
    const other = await BrokerWatch.start(memory(), 'other');
    const entries = [one.next(), one.next(7, { key: 'k' }), other.next()];
    expect(new Set(entries.map(({ id }) => id)).size).toBe(3);
    expect(entries[1]).toMatchObject({ data: 7, key: 'k' });
    expect(await one.appendMany('a', 2)).toMatchObject([{ offset: 1 }, { offset: 2 }]);
  });

  it('says when so many deliveries have come, before or after it was asked', async () => {
    const watch = await BrokerWatch.start(memory(), 'one');
    await watch.log.follow('a');
    const seen: string[] = [];
    const two = watch.reached('a', 2).then(() => seen.push('two'));
    await watch.appendMany('a', 1);
    expect(seen).toEqual([]);
    await watch.append('a', watch.next('second'));
    await two;
    await watch.reached('a', 1);
    expect(watch.delivered('a').map(({ publication }) => publication.data)).toEqual([0, 'second']);
    expect(watch.delivered('b')).toEqual([]);
  });

  it('says when so many messages have been heard', async () => {
    const watch = await BrokerWatch.start(memory(), 'one');
    await watch.bus.follow('a');
    const two = watch.hears('a', 2);
    await watch.bus.send('a', 1);
    await watch.bus.send('a', 2);
    await two;
    expect([watch.heard('a'), watch.heard('b')]).toEqual([[1, 2], []]);
  });

  it('takes no refusal for a place', async () => {
    const watch = await BrokerWatch.start(memory(), 'one');
    const producer = { name: 'p', epoch: 1, seq: 2, hash: 'h' };
    await expect(watch.append('a', watch.next(), { producer })).rejects.toThrow(
      'expected: appended, not {"outcome":"unknown"}',
    );
    expect(() => positionOf({ outcome: 'reused' })).toThrow('expected: appended');
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
