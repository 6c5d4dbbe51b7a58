import { describe, expect, it } from 'vitest';
import type { HubOptions } from '../../../src/hub/index.ts';
import { BrokerError } from '../../../src/ports/index.ts';
import {
  at,
  type HistoryPage,
  maxJsonLength,
  type Position,
  toJson,
} from '../../../src/wire/index.ts';
import { settled, startWorld, type World } from '../world.ts';

const zero: Position = { epoch: 'e1', offset: 0, id: '' };

async function filled(
  count: number,
  options: Partial<HubOptions> = {},
): Promise<World & { ask: (limit: number, after?: Position) => Promise<HistoryPage> }> {
  const world = await startWorld(options);
  for (let i = 1; i <= count; i += 1) {
    world.engine.append('news', i);
  }
  const client = await world.enter();
  const ask = async (limit: number, after?: Position): Promise<HistoryPage> => {
    client.history('news', limit, after);
    await settled();
    return client.got.pop() as HistoryPage;
  };
  return { ...world, ask };
}

function shown({ publications, more, gap }: HistoryPage): unknown[] {
  return [publications.map(({ data }) => data), more, gap?.reason];
}

describe('history', () => {
  it('the latest, in the order of the log, with the top', async () => {
    const { ask, engine } = await filled(5);
    const page = await ask(2);
    expect(page).toEqual({
      type: 'historyPage',
      id: 1,
      channel: 'news',
      publications: engine.log('news').entries.slice(3),
      top: engine.top('news'),
      more: false,
    });
  });

  it('after a position: what follows it, page by page, until there is no more', async () => {
    const { ask, engine } = await filled(5);
    const { entries } = engine.log('news');
    expect(shown(await ask(2, zero))).toEqual([[1, 2], true, undefined]);
    expect(shown(await ask(2, at('e1', entries[1]!)))).toEqual([[3, 4], true, undefined]);
    expect(shown(await ask(2, at('e1', entries[3]!)))).toEqual([[5], false, undefined]);
    expect(shown(await ask(2, at('e1', entries[4]!)))).toEqual([[], false, undefined]);
  });

  it('an empty log has nothing, and nothing more', async () => {
    const { ask } = await filled(0);
    expect(shown(await ask(10))).toEqual([[], false, undefined]);
    expect(shown(await ask(10, zero))).toEqual([[], false, undefined]);
  });

  it('a page has pageEntries at the most, whatever is asked', async () => {
    const { ask } = await filled(10, { limits: { pageEntries: 4 } });
    expect(shown(await ask(4))[0]).toEqual([7, 8, 9, 10]);
    expect(shown(await ask(5))[0]).toEqual([7, 8, 9, 10]);
    expect(shown(await ask(4, zero))).toEqual([[1, 2, 3, 4], true, undefined]);
    expect(shown(await ask(5, zero))).toEqual([[1, 2, 3, 4], true, undefined]);
  });

  it('a page has a quarter of maxOutletBytes at the most, and one entry at the least', async () => {
    // "1" to "5" are one byte each.
    const two = await filled(5, { limits: { maxOutletBytes: 8 } });
    expect(shown(await two.ask(5))[0]).toEqual([4, 5]);
    expect(shown(await two.ask(5, zero))).toEqual([[1, 2], true, undefined]);
    const none = await filled(5, { limits: { maxOutletBytes: 1 } });
    expect(shown(await none.ask(5))[0]).toEqual([5]);
    expect(shown(await none.ask(5, zero))).toEqual([[1], true, undefined]);
  });

  it('a page is half of the longest message at the most, however much may wait for the client', async () => {
    const world = await startWorld({ limits: { maxOutletBytes: 64 * maxJsonLength } });
    // Three of them, with their quotes, are as much as half of it; the fourth is one too many.
    const data = 'x'.repeat(maxJsonLength / 6 - 2);
    for (let i = 1; i <= 4; i += 1) {
      world.engine.append('news', data);
    }
    const client = await world.enter();
    for (const after of [undefined, zero]) {
      client.history('news', 4, after);
      await settled();
      expect((client.got.pop() as HistoryPage).publications.length).toBe(3);
    }
  });

  it('a page is no longer than clients read, whatever their names are', async () => {
    const { ask, engine } = await filled(0);
    for (let i = 1; i <= 256; i += 1) {
      engine.append('news', i, { by: '\u0001'.repeat(1_024) });
    }
    for (const page of [await ask(256), await ask(256, zero)]) {
      expect(toJson(page).length).toBeLessThanOrEqual(maxJsonLength);
      expect(page.publications.length).toBeGreaterThan(10);
    }
  });

  it('what was trimmed is a gap, and the page goes on behind it', async () => {
    const { ask, engine } = await filled(5);
    engine.trim('news', 3);
    const page = await ask(10, zero);
    expect(shown(page)).toEqual([[4, 5], false, 'trimmed']);
    expect([page.gap?.from, page.gap?.to]).toEqual([zero, { epoch: 'e1', offset: 3, id: 'p3' }]);
  });

  it('a break in the middle ends the page; the next one says it', async () => {
    const { ask, engine } = await filled(5);
    const log = engine.log('news');
    log.entries = log.entries.filter(({ offset }) => offset !== 3);
    expect(shown(await ask(10, zero))).toEqual([[1, 2], true, undefined]);
    const second = at('e1', log.entries[1]!);
    expect(shown(await ask(10, second))).toEqual([[4, 5], false, 'trimmed']);
  });

  it('another life of the log is a gap, and gives all of it', async () => {
    const { ask, engine } = await filled(5);
    const top = engine.top('news');
    engine.renew('news', 'e2');
    engine.append('news', 'new');
    expect(shown(await ask(10, top))).toEqual([['new'], false, 'epoch']);
  });

  it('waits until the client has room for it', async () => {
    const { enter, engine } = await startWorld();
    engine.append('news', 1);
    const client = await enter();
    client.bufferedBytes = 262_145;
    client.history('news', 10);
    await settled();
    expect(client.got).toEqual([]);
    client.drain();
    await settled();
    expect(client.told()).toEqual(['historyPage']);
  });

  it('a broker that fails is BROKER_UNAVAILABLE', async () => {
    const { enter, broker } = await startWorld();
    const client = await enter();
    broker.failNext('latest', new BrokerError('BROKER_FULL', 'full', true));
    client.history('news', 10);
    client.history('news', 10);
    await settled();
    expect(client.told()).toEqual(['error 1 BROKER_UNAVAILABLE', 'historyPage']);
  });
});
