import { describe, expect, it } from 'vitest';
import { Pages } from '../../../src/hub/channel/pages.ts';
import type { ChannelKind, Gap } from '../../../src/wire/index.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { followedAt, insideFor } from '../world.ts';
import { zero } from './filled.ts';

function open(kind: ChannelKind, count: number) {
  const engine = new ScriptedEngine();
  const broker = engine.broker();
  const inside = insideFor(broker, { pageEntries: 8 });
  for (let i = 1; i <= count; i += 1) {
    engine.append('news', i, kind === 'state' ? { key: `k${i}` } : {});
  }
  const pages = new Pages('news', inside);
  pages.begin(undefined);
  const read = (since = zero) => pages.read(followedAt(kind, zero), since);
  return { engine, broker, pages, read };
}

const gap: Gap = { reason: 'diverged', from: { epoch: 'e1', offset: 5, id: 'p5' }, to: zero };

describe('the size of a page', () => {
  it('is twice what had room, then grows again up to pageEntries; two at the least', async () => {
    const { pages, read } = open('log', 20);
    const sizes: number[] = [];
    for (const [told, isAll] of [
      [8, true],
      [3, false],
      [0, false],
      [2, true],
      [4, true],
      [8, true],
    ] as const) {
      pages.fit(told, isAll);
      sizes.push((await read()).owed.length);
    }
    expect(sizes).toEqual([8, 6, 2, 4, 8, 8]);
  });
});

describe('a place in keyed state', () => {
  it('is judged with each page', async () => {
    const { broker, pages, read } = open('state', 3);
    await read();
    await read();
    expect(broker.calls.filter((call) => call.startsWith('read'))).toHaveLength(2);
    pages.begin(undefined);
    await read();
    expect(broker.calls.filter((call) => call.startsWith('read'))).toHaveLength(3);
  });

  it('after a gap that the channel found counts for nothing: all there is comes, once', async () => {
    const { pages, read } = open('state', 9);
    const since = { epoch: 'e1', offset: 8, id: 'p8' };
    await read(since);
    pages.broke(gap);
    const anew = await read(since);
    expect(anew.snapshot).toBe(true);
    expect(anew.owed[0]).toEqual({ gap: { ...gap, to: zero } });
    expect(anew.owed).toHaveLength(1 + 8);
    expect((await read(since)).owed).toHaveLength(1);
  });

  it('a gap that is found while all there is is read makes that be read again', async () => {
    const { broker, pages, read } = open('state', 3);
    pages.begin(gap);
    broker.hold('values');
    const reading = read();
    pages.broke({ ...gap, reason: 'ahead' });
    broker.letGo('values');
    expect((await reading).owed[0]).toMatchObject({ gap: { reason: 'diverged' } });
    expect((await read()).owed[0]).toMatchObject({ gap: { reason: 'ahead' } });
    expect((await read()).snapshot).toBeUndefined();
  });

  it('a read that fails changes nothing', async () => {
    const { broker, pages, read } = open('state', 3);
    pages.begin(gap);
    broker.failNext('values', new Error('no'));
    await expect(read()).rejects.toThrow('no');
    expect((await read()).owed[0]).toMatchObject({ gap: { reason: 'diverged' } });
  });
});

describe('a place in a log', () => {
  it('is judged with each page, whatever the channel found', async () => {
    const { pages, read } = open('log', 3);
    pages.broke(gap);
    expect((await read()).owed).toHaveLength(3);
    expect((await read({ epoch: 'e1', offset: 2, id: 'other' })).owed[0]).toMatchObject({
      gap: { reason: 'diverged' },
    });
  });
});
