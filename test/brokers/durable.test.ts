/**
 * The durable engine at its door: what it promises beyond the suite that every broker passes.
 */
import { describe, expect, it } from 'vitest';
import { durable } from '../../src/brokers/durable.ts';
import { BrokerError } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { SortedStore } from './durable/sorted-store.ts';
import { by, idsOf, next, open, placeOf, settled } from './durable/world.ts';

describe('what was acknowledged', () => {
  it('is there after a restart: entries, epoch, top, and the chain', async () => {
    const before = await open();
    const places = [];
    for (let i = 0; i < 5; i += 1) {
      places.push(placeOf(await before.broker.log.append('news', next())));
    }
    const page = await before.broker.log.read('news', 0, 10);
    const { broker, troubles } = await before.again();
    expect(await broker.log.read('news', 0, 10)).toEqual(page);
    expect(page.publications.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5]);
    const after = placeOf(await broker.log.append('news', next()));
    expect(after.epoch).toBe(places[0]!.epoch);
    const { publications } = await broker.log.latest('news', 1);
    expect(publications[0]!.prev).toEqual({ offset: 5, id: places[4]!.id });
    expect(troubles).toEqual([]);
  });

  it('is on disk before the answer, and before anybody is told', async () => {
    const { broker, store, delivered } = await open();
    await broker.log.follow('news');
    let release = (): void => {};
    store.before = () => new Promise((resolve) => (release = resolve));
    let isAnswered = false;
    const appending = broker.log.append('news', next()).then(() => {
      isAnswered = true;
    });
    await settled();
    expect([isAnswered, delivered.length, store.keysOf('e').length]).toEqual([false, 0, 0]);
    release();
    await appending;
    expect([isAnswered, delivered.length, store.keysOf('e').length]).toEqual([true, 1, 1]);
  });

  it('holds bytes as bytes', async () => {
    const before = await open();
    await before.broker.log.append('raw', next({ data: Uint8Array.of(0, 255, 123) }));
    const { broker } = await before.again();
    const { publications } = await broker.log.read('raw', 0, 1);
    expect(publications[0]!.data).toEqual(Uint8Array.of(0, 255, 123));
  });
});

describe('group commit', () => {
  it('all appends that arrive while a batch is on its way go into the next one', async () => {
    const { broker, store } = await open();
    await broker.log.append('a', next());
    const before = store.batches;
    let release = (): void => {};
    store.before = () => new Promise((resolve) => (release = resolve));
    const first = broker.log.append('a', next());
    await settled();
    const rest = Array.from({ length: 100 }, (_, i) => broker.log.append(`c${i % 7}`, next()));
    await settled();
    store.before = async () => {};
    release();
    await Promise.all([first, ...rest]);
    expect(store.batches - before).toBe(2);
  });

  it('a batch takes no more appends from `maxGroupBytes` on', async () => {
    const { broker, store } = await open({ maxGroupBytes: 1 });
    const before = store.batches;
    await Promise.all([1, 2, 3].map(() => broker.log.append('a', next())));
    expect(store.batches - before).toBe(3);
  });

  it('what producers send in one go enters in order', async () => {
    const { broker } = await open();
    const given = Array.from({ length: 50 }, () => next());
    const answers = await Promise.all(
      given.map((each, i) => broker.log.append('a', each, { producer: by(i + 1) })),
    );
    expect(answers.map((answer) => placeOf(answer).offset)).toEqual(given.map((_, i) => i + 1));
    expect(await idsOf(broker, 'a')).toEqual(given.map(({ id }) => id));
  });

  it.each([
    { limit: { maxWaiting: 3 }, data: '' },
    { limit: { maxWaitingBytes: 3 * 1_203 }, data: 'x'.repeat(1_001) },
  ])('one more than $limit may wait is refused with BROKER_FULL', async ({ limit, data }) => {
    const { broker } = await open(limit);
    const three = [1, 2, 3].map(() => broker.log.append('a', next({ data })));
    await expect(broker.log.append('a', next({ data }))).rejects.toMatchObject({
      code: 'BROKER_FULL',
      retryable: true,
    });
    await Promise.all(three);
    await broker.log.append('a', next({ data }));
    expect((await idsOf(broker, 'a')).length).toBe(4);
  });
});

describe('a store that fails', () => {
  it.each(['lost', 'kept'] as const)(
    'rejects every append of the batch (%s), and goes on from what is on disk',
    async (fault) => {
      const { broker, store } = await open();
      placeOf(await broker.log.append('a', next(), { producer: by(1) }));
      store.fault = (batch) => (batch === store.batches ? fault : undefined);
      const failing = [2, 3].map((seq) => broker.log.append('a', next(), { producer: by(seq) }));
      for (const each of failing) {
        await expect(each).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retryable: true });
      }
      store.fault = () => undefined;
      const answers = [];
      for (const seq of [2, 3, 4]) {
        answers.push(await broker.log.append('a', next(), { producer: by(seq) }));
      }
      const isKept = fault === 'kept';
      expect(
        answers.map((answer) => [
          placeOf(answer).offset,
          'duplicate' in answer && answer.duplicate,
        ]),
      ).toEqual([
        [2, isKept],
        [3, isKept],
        [4, false],
      ]);
      expect((await idsOf(broker, 'a')).length).toBe(4);
    },
  );

  it('shows entries that were kept though nobody was told, when tops are compared', async () => {
    const { broker, store, delivered } = await open();
    await broker.log.follow('a');
    const { mark } = await broker.log.tops();
    store.fault = () => 'kept';
    await expect(broker.log.append('a', next())).rejects.toBeInstanceOf(BrokerError);
    const { tops } = await broker.log.tops(mark);
    expect(delivered).toEqual([]);
    expect(tops.map(({ channel, top }) => [channel, top.offset])).toEqual([['a', 1]]);
  });

  it('of somebody else is refused with STORE_CORRUPT, and left as it is', async () => {
    const store = new SortedStore(new Map([['users/1', Uint8Array.of(1)]]));
    const broker = durable({ store, clock: new ManualClock() });
    const ears = { deliver: () => {}, hear: () => {} };
    await expect(broker.start(ears)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect([...store.values.keys()]).toEqual(['users/1']);
  });

  it('of another version is refused with STORE_CORRUPT', async () => {
    const { store } = await open();
    store.damage('m!format');
    await expect(open({ store: store.restarted() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      retryable: false,
    });
  });
});

describe('nodes on one engine', () => {
  it('each hears what the other appends and sends', async () => {
    const { broker, node, delivered, heard } = await open();
    const other = await node();
    await other.log.follow('a');
    await other.bus.follow('t');
    await broker.log.append('a', next({ id: 'one' }));
    await broker.bus.send('t', { x: 1 });
    expect(delivered.map(({ publication }) => publication.id)).toEqual(['one']);
    expect(heard).toEqual([['t', { x: 1 }]]);
  });

  it('the engine runs on while one of them does', async () => {
    const { broker, node, clock } = await open();
    const other = await node();
    await broker.stop();
    await expect(broker.log.append('a', next())).rejects.toMatchObject({ code: 'BROKER_STOPPED' });
    placeOf(await other.log.append('a', next()));
    expect(clock.pending).toBe(1);
    await other.stop();
    expect(clock.pending).toBe(0);
  });

  it('stop waits for what is under way, which keeps its answer and is told to nobody', async () => {
    const { broker, delivered, store } = await open();
    await broker.log.follow('a');
    let release = (): void => {};
    store.before = () => new Promise((resolve) => (release = resolve));
    const appending = broker.log.append('a', next());
    await settled();
    let isStopped = false;
    const stopping = broker.stop().then(() => {
      isStopped = true;
    });
    await settled();
    expect(isStopped).toBe(false);
    release();
    await stopping;
    placeOf(await appending);
    expect(delivered).toEqual([]);
    expect(store.keysOf('e').length).toBe(1);
  });
});

it('asks for no more durability than a disk has', async () => {
  const { broker } = await open();
  const append = broker.log.append('a', next(), { durability: 'quorum' });
  await expect(append).rejects.toMatchObject({ code: 'DURABILITY_UNSUPPORTED' });
  placeOf(await broker.log.append('a', next(), { durability: 'memory' }));
});
