import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/brokers/memory.ts';
import { createHub } from '../../src/hub/index.ts';
import { BrokerError } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { at, type Position, type Welcome } from '../../src/wire/index.ts';
import { ScriptedEngine } from './scripted-broker.ts';
import { atRest, makeWorld, openPolicy, settled, startWorld, type World } from './world.ts';

/** Lists within lists: one deeper than any client can read makes every client come back for ever. */
function nested(depth: number): unknown {
  return JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
}

describe('start', () => {
  it('once: the second time is a mistake', async () => {
    const { hub } = await startWorld();
    await expect(hub.start()).rejects.toMatchObject({ code: 'HUB_STARTED_TWICE' });
  });

  it('that fails in the middle leaves nothing behind', async () => {
    const { hub, broker, clock } = makeWorld();
    const failure = new Error('no bus');
    broker.failNext('hearken', failure);
    await expect(hub.start()).rejects.toBe(failure);
    await hub.stop();
    expect([clock.pending, broker.calls]).toEqual([0, ['start', 'stop']]);
  });

  it('that fails rejects, and sends away who had come', async () => {
    const { hub, broker, connect } = makeWorld();
    const failure = new BrokerError('BROKER_STOPPED', 'gone', true);
    broker.failNext('start', failure);
    broker.hold('start');
    const starting = hub.start();
    const client = connect();
    client.hello();
    const publishing = hub.publish('news', 1);
    await settled();
    broker.letGo('start');
    await expect(starting).rejects.toBe(failure);
    await expect(publishing).rejects.toBe(failure);
    await settled();
    expect(client.why?.name).toBe('SERVER_STOPPING');
    await hub.stop();
    expect(broker.calls).toEqual(['start']);
  });

  it('before it nobody stays', () => {
    const { connect, hub } = makeWorld();
    expect(connect().why?.name).toBe('SERVER_STOPPING');
    expect(hub.view().sessions).toBe(0);
  });
});

describe('publish', () => {
  it('resolves with the place in the log, and needs no policy', async () => {
    const world = await startWorld({ policy: { connect: () => undefined } });
    const position = await world.hub.publish('news', { a: 1 });
    const position2 = await world.hub.publish('news', 2, { by: 'ann' });
    const [first, second] = world.engine.log('news').entries;
    expect([position, position2]).toEqual([at('e1', first!), at('e1', second!)]);
    expect([first!.data, first!.by, second!.by]).toEqual([{ a: 1 }, undefined, 'ann']);
    expect(Object.hasOwn(first!, 'by')).toBe(false);
    expect(world.notes).toEqual(['published news 0', 'published news 0']);
  });

  it('counts the subscribers of this hub', async () => {
    const { hub, enter, notes } = await startWorld();
    for (let i = 0; i < 3; i += 1) {
      (await enter()).subscribe('news');
    }
    await settled();
    await hub.publish('news', 1);
    expect(notes.at(-1)).toBe('published news 3');
  });

  it('before the broker has started waits for it, and takes the data as they were', async () => {
    const { hub, broker, engine } = makeWorld();
    broker.hold('start');
    const starting = hub.start();
    const data = { count: 1 };
    const publishing = hub.publish('news', data);
    data.count = 2;
    broker.letGo('start');
    await starting;
    await publishing;
    expect(engine.log('news').entries[0]!.data).toEqual({ count: 1 });
  });

  it.each<[string, string, unknown, { by?: string }]>([
    ['CHANNEL_INVALID', 'a b', 1, {}],
    ['DATA_INVALID', 'news', undefined, {}],
    ['DATA_INVALID', 'news', 1n, {}],
    ['DATA_INVALID', 'news', nested(64), {}],
    ['DATA_TOO_LARGE', 'news', 'x'.repeat(65_535), {}],
    ['USER_INVALID', 'news', 1, { by: 'x'.repeat(1_025) }],
  ])('%s is a mistake of the caller', async (code, channel, data, options) => {
    const { hub, broker } = await startWorld();
    await expect(hub.publish(channel, data, options)).rejects.toMatchObject({ code });
    expect(broker.calls).toEqual(['start']);
  });

  it('takes data up to the limit, and names up to the limit', async () => {
    const { hub, engine } = await startWorld();
    await hub.publish('news', 'x'.repeat(65_534), { by: 'x'.repeat(1_024) });
    expect(engine.log('news').entries).toHaveLength(1);
  });

  it('needs a hub that runs', async () => {
    const { hub } = makeWorld();
    await expect(hub.publish('news', 1)).rejects.toMatchObject({ code: 'HUB_NOT_RUNNING' });
    await hub.start();
    await hub.stop();
    await expect(hub.publish('news', 1)).rejects.toMatchObject({ code: 'HUB_NOT_RUNNING' });
  });

  it('rejects as the broker does', async () => {
    const { hub, broker } = await startWorld();
    const failure = new BrokerError('DURABILITY_UNSUPPORTED', 'no disk', false);
    broker.failNext('append', failure);
    await expect(hub.publish('news', 1)).rejects.toBe(failure);
  });
});

describe('stop', () => {
  it('tells every session, lets the channels go, and stops the broker last', async () => {
    const { hub, enter, connect, broker, clock } = await startWorld();
    const ann = await enter();
    ann.subscribe('news');
    const fresh = connect();
    await settled();
    await hub.stop();
    expect([ann.why?.name, fresh.why?.name]).toEqual(['SERVER_STOPPING', 'SERVER_STOPPING']);
    expect(broker.calls.slice(-2)).toEqual(['unfollow news', 'stop']);
    expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
    expect(clock.pending).toBe(0);
  });

  it('waits for pipes that close slowly, withinMs at the most', async () => {
    for (const isSlow of [false, true]) {
      const { hub, enter, broker, clock } = await startWorld();
      const ann = await enter();
      ann.lingers = true;
      const stopping = hub.stop({ withinMs: 100 });
      await settled();
      clock.advance(99);
      await settled();
      expect(broker.calls).not.toContain('stop');
      if (isSlow) {
        clock.advance(1);
      } else {
        ann.desk.closed();
      }
      await stopping;
      expect(broker.calls).toContain('stop');
      expect(clock.pending).toBe(0);
    }
  });

  it('twice is once', async () => {
    const { hub, broker } = await startWorld();
    await Promise.all([hub.stop(), hub.stop()]);
    await hub.stop();
    expect(broker.calls).toEqual(['start', 'stop']);
  });

  it('who comes afterwards is sent away', async () => {
    const { hub, connect } = await startWorld();
    await hub.stop();
    expect(connect().why?.name).toBe('SERVER_STOPPING');
    expect(hub.view().sessions).toBe(0);
  });

  it('in the middle of a start leaves it stopped', async () => {
    const { hub, broker } = makeWorld();
    broker.hold('start');
    const starting = hub.start();
    const stopping = hub.stop();
    broker.letGo('start');
    await Promise.all([starting, stopping]);
    await expect(hub.publish('news', 1)).rejects.toMatchObject({ code: 'HUB_NOT_RUNNING' });
  });
});

describe('drain', () => {
  it('asks all who are in to leave, goes on meanwhile, and resolves when they have gone', async () => {
    const { hub, enter, clock } = await startWorld();
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    ann.subscribe('news');
    await settled();
    ann.told();
    let isDone = false;
    const draining = hub.drain({ withinMs: 10_000, reason: 'moving' }).then(() => {
      isDone = true;
    });
    expect(bob.got).toEqual([{ type: 'drain', reconnectWithinMs: 10_000, reason: 'moving' }]);
    bob.publish('news', 'still here');
    await settled();
    expect(ann.told()).toEqual(['drain', 'publication still here']);
    ann.desk.closed();
    await settled();
    expect(isDone).toBe(false);
    bob.desk.closed();
    await draining;
    expect(clock.pending).toBe(atRest);
  });

  it('is over after withinMs, whoever is still there', async () => {
    const { hub, enter, clock } = await startWorld();
    const ann = await enter();
    const draining = hub.drain();
    clock.advance(30_000);
    await draining;
    expect(ann.why).toBeUndefined();
    await hub.stop();
    expect(ann.why?.name).toBe('SERVER_STOPPING');
  });

  it('lets nobody in: who comes is told to come back elsewhere, and who was being let in is sent on', async () => {
    let answer!: (user: string) => void;
    const connect = (): Promise<string> => new Promise((resolve) => (answer = resolve));
    const world = await startWorld({ policy: { ...openPolicy, connect } });
    const early = world.connect();
    early.hello();
    await settled();
    void world.hub.drain({ reason: 'moving' });
    const late = world.connect();
    late.hello();
    answer('ann');
    await settled();
    expect(late.why).toMatchObject({ name: 'BUSY', reason: 'moving', retryAfterMs: 5_000 });
    expect(early.why?.name).toBe('SERVER_STOPPING');
    expect([early.got, world.notes]).toEqual([
      [],
      ['disconnected BUSY', 'disconnected SERVER_STOPPING'],
    ]);
    expect(world.hub.view().sessions).toBe(0);
  });

  it('twice is once', async () => {
    const { hub, enter } = await startWorld();
    const ann = await enter();
    expect(hub.drain()).toBe(hub.drain());
    expect(ann.all('drain')).toHaveLength(1);
  });
});

describe('two hubs on one store in memory', () => {
  it('a client that goes from node to node with its session and position has everything once, in order', async () => {
    const store = memoryStore();
    const worlds: World[] = [];
    for (let i = 0; i < 3; i += 1) {
      worlds.push(await startWorld({ broker: store.node() }));
    }
    const seen: unknown[] = [];
    let resume: Welcome | undefined;
    let since: Position | undefined;
    for (let round = 0; round < 12; round += 1) {
      const client = worlds[round % 3]!.connect();
      const named = resume === undefined ? {} : { resume };
      client.say({ type: 'hello', version: 1, capabilities: [], token: 'ann', ...named });
      await settled();
      const [welcome] = client.all('welcome');
      expect(welcome!.resumed).toBe(round > 0);
      resume = welcome;
      const asked = since === undefined ? {} : { since };
      client.say({ type: 'resume', id: 1, channels: [{ channel: 'news', ...asked }] });
      await settled();
      await Promise.all(worlds.map(({ hub }, i) => hub.publish('news', `${round}.${i}`)));
      if (round % 2 === 0) {
        client.desk.closed();
      }
      await worlds[0]!.hub.publish('news', `${round}.last`);
      await settled();
      expect(client.all('gap')).toEqual([]);
      for (const { publication } of client.all('publication')) {
        seen.push(publication.data);
        since = at(client.all('subscribed')[0]!.position.epoch, publication);
      }
    }
    const reader = store.node();
    await reader.start({ deliver: () => undefined, hear: () => undefined });
    const { publications } = await reader.log.latest('news', 100);
    expect(seen).toEqual(publications.map(({ data }) => data));
    expect(seen).toHaveLength(48);
    for (const { hub } of worlds) {
      await hub.stop();
    }
  });
});

describe('two hubs on one engine', () => {
  it('a client goes from one to the other with its position, and misses nothing', async () => {
    const engine = new ScriptedEngine();
    const one = await startWorld({ engine });
    const two = await startWorld({ engine });
    const ann = await one.enter();
    const bob = await two.enter();
    ann.subscribe('news');
    bob.subscribe('news');
    await settled();
    ann.publish('news', 'a');
    bob.publish('news', 'b');
    await settled();
    await two.hub.publish('news', 'c');
    const both = ['publication a', 'publication b', 'publication c'];
    expect(ann.told().filter((line) => line.startsWith('publication'))).toEqual(both);
    expect(bob.told().filter((line) => line.startsWith('publication'))).toEqual(both);

    const since = engine.top('news');
    await one.hub.stop();
    expect(ann.why?.name).toBe('SERVER_STOPPING');
    await two.hub.publish('news', 'd');
    const again = await two.enter();
    again.subscribe('news', since);
    await settled();
    await two.hub.publish('news', 'e');
    expect(again.told()).toEqual(['subscribed 3', 'publication d', 'caughtUp 4', 'publication e']);
    expect(bob.told()).toEqual(['publication d', 'publication e']);
  });

  it('a hub that heard nothing of what the other appended repairs with its own next entry', async () => {
    const engine = new ScriptedEngine();
    const one = await startWorld({ engine });
    const two = await startWorld({ engine });
    const bob = await two.enter();
    bob.subscribe('news');
    await settled();
    bob.told();
    two.broker.isDeaf = true;
    await one.hub.publish('news', 'a');
    await one.hub.publish('news', 'b');
    two.broker.isDeaf = false;
    await two.hub.publish('news', 'c');
    await settled();
    expect(bob.told()).toEqual(['publication a', 'publication b', 'publication c']);
  });
});

describe('options', () => {
  it('a limit that is none is refused at once', () => {
    const broker = new ScriptedEngine().broker();
    const options = { policy: openPolicy, broker, clock: new ManualClock() };
    expect(() => createHub({ ...options, limits: { maxPending: 0 } })).toThrow('maxPending');
  });
});
