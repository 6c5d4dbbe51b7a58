import { describe, expect, it } from 'vitest';
import { next, open, placeOf } from './world.ts';

describe('the engine', () => {
  it('shows those who follow a channel the epoch that it begins with, whatever was forgotten meanwhile', async () => {
    const world = await open({ sweepEveryMs: 10, producerMs: 1, forgetAfterMs: 1 });
    const { broker, clock } = world;
    await broker.log.append('old', next());
    await broker.log.follow('new');
    const { epoch } = await broker.log.read('new', 0, 1);
    clock.advance(10);
    await expect.poll(() => world.store.keysOf('n')).toEqual([]);
    expect((await broker.log.read('other', 0, 1)).epoch).not.toBe(epoch);
    expect((await broker.log.tops()).tops).toEqual([
      { channel: 'new', epoch, top: { offset: 0, id: '' } },
    ]);
    expect(placeOf(await broker.log.append('new', next())).epoch).toBe(epoch);
  });

  it('delivers in the order of the log what is appended while others are told', async () => {
    const { broker, delivered } = await open();
    await broker.log.follow('a');
    await Promise.all(Array.from({ length: 20 }, () => broker.log.append('a', next())));
    expect(delivered.map(({ publication }) => publication.offset)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('opens again after a start that failed', async () => {
    const { broker, store } = await open();
    await broker.stop();
    store.damage('m!format');
    const ears = { deliver: () => {}, hear: () => {} };
    await expect(broker.start(ears)).resolves.toBeUndefined();
    placeOf(await broker.log.append('a', next()));
  });

  it('reads records of channels from the store again when memory for them is short', async () => {
    const { broker } = await open({ cacheBytes: 0 });
    for (let round = 0; round < 3; round += 1) {
      for (const channel of ['a', 'b', 'c']) {
        expect(placeOf(await broker.log.append(channel, next())).offset).toBe(round + 1);
      }
    }
    expect((await broker.log.read('a', 0, 9)).publications.length).toBe(3);
  });

  it('gives of keyed state what stands at the top that it names, when memory for records is short', async () => {
    const { broker } = await open({ cacheBytes: 0 });
    const append = (key: string): Promise<unknown> => broker.log.append('news', next({ key }));
    await append('a');
    const before = append('b');
    await Promise.resolve();
    await Promise.resolve();
    // In one group: what the page must not see yet, whose record takes the room of the first, and the page.
    const together = [append('c'), broker.log.latest('other', 1)];
    const page = await broker.log.values('news', 0, 10);
    expect(page.publications.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(page.publications.at(-1)?.offset).toBe(page.top.offset);
    await Promise.all([before, ...together]);
  });

  it('keeps as little in memory however many channels there are', async () => {
    const { broker, store } = await open({ cacheBytes: 10_000 });
    for (let i = 0; i < 300; i += 1) {
      await broker.log.append(`c${i}`, next());
    }
    const before = store.gets;
    await broker.log.read('c0', 0, 1);
    expect(store.gets).toBeGreaterThan(before);
  });
});
