import { describe, expect, it } from 'vitest';
import { memory } from '../../../src/brokers/memory.ts';
import { BrokerError } from '../../../src/ports/index.ts';
import { at, type Position, sameEntry } from '../../../src/wire/index.ts';
import { atRest, settled, startWorld } from '../world.ts';
import { fill, filled, zero } from './filled.ts';

describe('a replay and what it is held by', () => {
  it('pauses while more than a quarter of maxOutletBytes waits, and loses nothing', async () => {
    const world = await filled(3);
    const client = await world.enter();
    client.bufferedBytes = 262_144;
    client.subscribe('news', zero);
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
      'caughtUp 3',
    ]);
    client.unsubscribe('news');
    client.told();
    client.bufferedBytes += 1;
    client.subscribe('news', zero);
    await settled();
    expect(client.told()).toEqual(['subscribed 0']);
    expect(client.awaitsRoom).toBe(true);
    fill(world, 4, 4);
    client.drain();
    await settled();
    expect(client.told()).toEqual([
      'publication 1',
      'publication 2',
      'publication 3',
      'publication 4',
      'caughtUp 4',
    ]);
  });

  it('replayBuffer entries are held; one more sends it back to the log, and nobody away', async () => {
    for (const [more, expectedReads] of [
      [3, 1],
      [4, 2],
    ] as const) {
      const world = await filled(1, { limits: { replayBuffer: 3 } });
      const client = await world.enter();
      world.broker.hold('read');
      client.subscribe('news', zero);
      await settled();
      fill(world, 2, 1 + more);
      world.broker.letGo('read');
      await settled();
      fill(world, 6, 6);
      const all = Array.from({ length: 1 + more }, (_, i) => `publication ${i + 1}`);
      expect(client.told()).toEqual([
        'subscribed 0',
        ...all,
        `caughtUp ${1 + more}`,
        'publication 6',
      ]);
      expect(client.why).toBeUndefined();
      const reads = world.broker.calls.filter((call) => call.startsWith('read'));
      expect(reads).toHaveLength(expectedReads);
    }
  });

  it('those of one session take turns, so that one page is in memory', async () => {
    const world = await filled(2);
    world.engine.append('other', 'x');
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    client.subscribe('other', zero);
    await settled();
    expect(world.broker.waiting('read')).toBe(1);
    world.broker.letGo('read');
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'caughtUp 2',
      'subscribed 0',
      'publication x',
      'caughtUp 1',
    ]);
  });

  it('left in the middle of a page it ends there', async () => {
    const world = await filled(3);
    const client = await world.enter();
    client.bufferedBytes = 262_145;
    client.subscribe('news', zero);
    await settled();
    client.told();
    client.unsubscribe('news');
    client.drain();
    await settled();
    expect(client.told()).toEqual(['unsubscribed 2']);
    client.desk.closed();
    expect(world.clock.pending).toBe(atRest);
  });
});

describe('a broker that fails', () => {
  const failure = new BrokerError('BROKER_FULL', 'busy', true);

  it('at the first page refuses the subscription', async () => {
    const world = await filled(3);
    const client = await world.enter();
    world.broker.failNext('read', failure);
    client.subscribe('news', zero);
    await settled();
    expect(client.told()).toEqual(['error 1 BROKER_UNAVAILABLE']);
    expect(world.hub.view()).toEqual({ sessions: 1, channels: 0, subscriptions: 0 });
  });

  it('later is asked again after a while, and the client notices nothing', async () => {
    const world = await filled(5, {
      limits: { pageEntries: 3 },
      random: (into) => into.fill(128),
    });
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    world.broker.failNext('read', failure);
    world.broker.letGoOne('read');
    await settled();
    expect(client.told()).toEqual(['error 1 BROKER_UNAVAILABLE']);
    client.subscribe('news', zero);
    await settled();
    world.broker.letGoOne('read');
    await settled();
    world.broker.failNext('read', failure);
    world.broker.letGo('read');
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
    ]);
    expect(world.failures).toEqual([failure, failure]);
    world.clock.advance(250);
    await settled();
    expect(client.told()).toEqual([]);
    world.clock.advance(1);
    await settled();
    expect(client.told()).toEqual(['publication 4', 'publication 5', 'caughtUp 5']);
  });

  it('is not asked again for a client that has gone', async () => {
    const world = await filled(5, { limits: { pageEntries: 3 } });
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    world.broker.letGoOne('read');
    await settled();
    world.broker.failNext('read', failure);
    world.broker.letGo('read');
    await settled();
    client.desk.closed();
    await settled();
    expect(world.clock.pending).toBe(atRest);
    expect(world.hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
  });

  it('while a client goes leaves no timer behind', async () => {
    const world = await filled(5);
    const client = await world.enter();
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    client.desk.closed();
    world.broker.failNext('read', failure);
    world.broker.letGo('read');
    await settled();
    expect(world.clock.pending).toBe(atRest);
    expect(world.failures).toEqual([failure]);
  });

  it('that says there is more and gives none is asked with pauses, not in a circle', async () => {
    const world = await filled(3);
    const { engine, broker, enter, clock, failures } = world;
    const client = await enter();
    const page = engine.page.bind(engine);
    engine.page = (channel, choose) =>
      channel === 'news'
        ? { epoch: 'e1', top: engine.top('news'), publications: [] }
        : page(channel, choose);
    const since = { epoch: 'e1', offset: 3, id: 'p3' };
    client.subscribe('news', since);
    await settled();
    expect(client.told()).toEqual(['subscribed 3', 'caughtUp 3']);
    engine.page = (channel, choose) => ({
      ...page(channel, choose),
      ...(channel === 'news' && { top: { offset: 9, id: 'p9' } }),
    });
    const other = await enter();
    other.subscribe('news', since);
    await settled();
    expect(other.told()).toEqual(['subscribed 3']);
    expect(failures).toHaveLength(1);
    const asked = broker.calls.length;
    await settled();
    expect(broker.calls).toHaveLength(asked);
    engine.page = page;
    clock.advance(500);
    await settled();
    expect(other.told()).toEqual(['caughtUp 3']);
  });
});

describe('with the memory broker', () => {
  it('a client that comes and goes while others publish has every entry once, in order', async () => {
    const { hub, enter } = await startWorld({ broker: memory(), limits: { pageEntries: 7 } });
    const seen: unknown[] = [];
    let since: Position | undefined;
    let number = 0;
    for (let round = 0; round < 60; round += 1) {
      const client = await enter();
      client.subscribe('news', since ?? zero);
      for (let i = 0; i < round % 11; i += 1) {
        number += 1;
        void hub.publish('news', number);
        if (i % 3 === 0) {
          await Promise.resolve();
        }
      }
      if (round % 2 === 0) {
        await settled();
      }
      client.desk.closed();
      for (const message of client.got) {
        if (message.type === 'subscribed') {
          since = message.position;
        } else if (message.type === 'publication') {
          const { publication } = message;
          expect(sameEntry(publication.prev, since!)).toBe(true);
          since = at(since!.epoch, publication);
          seen.push(publication.data);
        }
      }
      number += 1;
      await hub.publish('news', number);
    }
    const client = await enter();
    client.subscribe('news', since);
    await settled();
    seen.push(...client.all('publication').map(({ publication }) => publication.data));
    expect(seen).toEqual(Array.from({ length: number }, (_, i) => i + 1));
  });
});
