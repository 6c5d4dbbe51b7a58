import { describe, expect, it } from 'vitest';
import { Subscription } from '../../../src/hub/channel/catch-up.ts';
import { Channel } from '../../../src/hub/channel/channel.ts';
import type { HubOptions } from '../../../src/hub/index.ts';
import { BrokerError } from '../../../src/ports/index.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import {
  deafReceiver,
  insideFor,
  settled,
  startWorld,
  type TestClient,
  type World,
} from '../world.ts';

async function followed(
  options: Partial<HubOptions> = {},
): Promise<World & { ann: TestClient; bob: TestClient; reads: () => string[] }> {
  const world = await startWorld(options);
  const ann = await world.enter();
  const bob = await world.enter();
  for (const client of [ann, bob]) {
    client.subscribe('news');
    await settled();
    client.told();
  }
  const reads = (): string[] => world.broker.calls.filter((call) => call.startsWith('read'));
  return { ...world, ann, bob, reads };
}

describe('fan-out', () => {
  it('one message is shared by all subscribers of a channel, and nobody else has it', async () => {
    const { ann, bob, enter, engine } = await followed();
    const cyd = await enter();
    cyd.subscribe('sports');
    await settled();
    cyd.told();
    engine.append('news', 1);
    expect(ann.got[0]).toEqual({
      type: 'publication',
      channel: 'news',
      publication: engine.log('news').entries[0],
    });
    expect(ann.got[0]).toBe(bob.got[0]);
    expect(cyd.got).toEqual([]);
  });

  it('a slow subscriber is sent away, and the others get theirs', async () => {
    const { ann, bob, engine } = await followed();
    ann.bufferedBytes = 1_048_577;
    engine.append('news', 1);
    expect([ann.told(), ann.why?.name]).toEqual([[], 'TOO_SLOW']);
    expect(bob.told()).toEqual(['publication 1']);
  });

  it('who publishes while being told disturbs nobody’s order', async () => {
    const { ann, bob, engine } = await followed();
    const send = ann.send.bind(ann);
    ann.send = (message) => {
      send(message);
      if (engine.log('news').entries.length === 1) {
        engine.append('news', 2);
      }
    };
    engine.append('news', 1);
    await settled();
    expect(ann.told()).toEqual(['publication 1', 'publication 2']);
    expect(bob.told()).toEqual(['publication 1', 'publication 2']);
  });
});

describe('live: the chain of this hub', () => {
  it('a hole is filled from the log with one read, and subscribers notice nothing', async () => {
    const { ann, bob, engine, reads } = await followed();
    engine.store('news', 1);
    engine.store('news', 2);
    engine.append('news', 3);
    engine.append('news', 4);
    await settled();
    for (const client of [ann, bob]) {
      expect(client.told()).toEqual([1, 2, 3, 4].map((i) => `publication ${i}`));
    }
    expect(reads()).toEqual(['read news 0']);
  });

  it('what is announced during the repair comes behind it', async () => {
    const { ann, engine, broker, reads } = await followed();
    engine.store('news', 1);
    broker.hold('read');
    engine.append('news', 2);
    await settled();
    engine.append('news', 3);
    engine.append('news', 4);
    broker.letGo('read');
    await settled();
    expect(ann.told()).toEqual([1, 2, 3, 4].map((i) => `publication ${i}`));
    expect(reads()).toHaveLength(1);
  });

  it('more than replayBuffer announcements during the repair: the log is read again', async () => {
    for (const [more, expectedReads] of [
      [2, 1],
      [3, 2],
    ] as const) {
      const { ann, engine, broker, reads } = await followed({ limits: { replayBuffer: 2 } });
      engine.store('news', 1);
      broker.hold('read');
      engine.append('news', 2);
      await settled();
      for (let i = 3; i < 3 + more; i += 1) {
        engine.append('news', i);
      }
      broker.letGo('read');
      await settled();
      expect(ann.told()).toEqual(
        Array.from({ length: 2 + more }, (_, i) => `publication ${i + 1}`),
      );
      expect(reads()).toHaveLength(expectedReads);
    }
  });

  it('a repair takes as many pages as it needs', async () => {
    const { ann, engine } = await followed({ limits: { pageEntries: 3 } });
    for (let i = 1; i <= 8; i += 1) {
      engine.store('news', i);
    }
    engine.append('news', 9);
    await settled();
    expect(ann.told()).toEqual(Array.from({ length: 9 }, (_, i) => `publication ${i + 1}`));
  });

  it('an announcement that comes twice is told once', async () => {
    const { ann, engine } = await followed();
    const first = engine.append('news', 1);
    const second = engine.append('news', 2);
    engine.announce('news', second);
    engine.announce('news', first);
    await settled();
    engine.append('news', 3);
    expect(ann.told()).toEqual(['publication 1', 'publication 2', 'publication 3']);
  });

  it('what a repair has read already is no surprise when it is announced', async () => {
    const { ann, engine, reads } = await followed();
    engine.store('news', 1);
    const second = engine.store('news', 2);
    const third = engine.store('news', 3);
    const fourth = engine.store('news', 4);
    for (const late of [second, third, fourth]) {
      engine.announce('news', late);
      await settled();
    }
    engine.append('news', 5);
    expect(ann.told()).toEqual([1, 2, 3, 4, 5].map((i) => `publication ${i}`));
    expect(reads()).toEqual(['read news 0']);
  });

  it('what cannot be repaired is one gap for each subscriber, before any later publication', async () => {
    const { ann, bob, engine, notes, reads } = await followed();
    engine.append('news', 1);
    engine.store('news', 2);
    engine.store('news', 3);
    engine.trim('news', 3);
    engine.append('news', 4);
    await settled();
    engine.append('news', 5);
    for (const client of [ann, bob]) {
      expect(client.told()).toEqual([
        'publication 1',
        'gap trimmed 1 3',
        'publication 4',
        'publication 5',
      ]);
    }
    expect(reads()).toHaveLength(1);
    expect(notes.filter((note) => note.startsWith('gapped'))).toEqual(['gapped news trimmed']);
  });

  it('an engine that lost entries and hands their offsets out again: diverged, at the first of them', async () => {
    const { ann, engine } = await followed();
    for (let i = 1; i <= 3; i += 1) {
      engine.append('news', i);
    }
    ann.told();
    engine.loseAfter('news', 1);
    // Its offset is one that everybody here has seen: only its id tells.
    engine.append('news', 102);
    await settled();
    expect(ann.told()).toEqual(['gap ahead 3 2']);
    engine.append('news', 103);
    engine.append('news', 104);
    expect(ann.told()).toEqual(['publication 103', 'publication 104']);
  });

  it('another entry where ours stood: diverged', async () => {
    const { ann, bob, engine } = await followed();
    engine.append('news', 1);
    engine.append('news', 2);
    engine.loseAfter('news', 1);
    engine.append('news', 102);
    await settled();
    for (const client of [ann, bob]) {
      expect(client.told()).toEqual([
        'publication 1',
        'publication 2',
        'gap diverged 2 1',
        'publication 102',
      ]);
    }
  });

  it('another life of the log: epoch, and all that it retains', async () => {
    const { ann, engine } = await followed();
    engine.append('news', 1);
    engine.renew('news', 'e2');
    engine.store('news', 21);
    engine.append('news', 22);
    await settled();
    expect(ann.told()).toEqual([
      'publication 1',
      'gap epoch 1 0',
      'publication 21',
      'publication 22',
    ]);
  });

  it('an announcement of what the log has lost is not told', async () => {
    const { ann, engine } = await followed();
    engine.append('news', 1);
    engine.store('news', 2);
    const third = engine.store('news', 3);
    engine.loseAfter('news', 1);
    engine.announce('news', third);
    await settled();
    engine.append('news', 4);
    expect(ann.told()).toEqual(['publication 1', 'publication 4']);
  });

  it('a broker that fails during the repair is asked again after a while', async () => {
    const { ann, engine, broker, clock, failures } = await followed({
      random: (into) => into.fill(128),
    });
    engine.store('news', 1);
    const failure = new BrokerError('BROKER_FULL', 'busy', true);
    broker.failNext('read', failure);
    engine.append('news', 2);
    await settled();
    engine.append('news', 3);
    expect(ann.told()).toEqual([]);
    expect(failures).toEqual([failure]);
    clock.advance(251);
    await settled();
    expect(ann.told()).toEqual([1, 2, 3].map((i) => `publication ${i}`));
  });

  it('a repair of a channel that everybody has left ends, and leaves no timer', async () => {
    const { ann, bob, engine, broker, clock, hub, reads } = await followed();
    engine.store('news', 1);
    broker.failNext('read', new Error('busy'));
    engine.append('news', 2);
    await settled();
    expect(clock.pending).toBe(1);
    ann.desk.closed();
    bob.desk.closed();
    await settled();
    expect(clock.pending).toBe(0);
    expect(reads()).toHaveLength(1);
    expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
  });

  it('a repair that sends the last subscriber away ends with it', async () => {
    const { enter, engine, hub, broker } = await startWorld();
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.bufferedBytes = 1_048_577;
    engine.store('news', 1);
    engine.append('news', 2);
    await settled();
    expect(client.why?.name).toBe('TOO_SLOW');
    expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
    expect(broker.subscribed.size).toBe(0);
  });

  it('a repair that outlives its channel does not touch the next life of it', async () => {
    const { ann, bob, engine, broker, enter, reads } = await followed();
    engine.store('news', 1);
    broker.hold('read');
    engine.append('news', 2);
    await settled();
    broker.hold('unsubscribe');
    ann.unsubscribe('news');
    bob.unsubscribe('news');
    await settled();
    const cyd = await enter();
    cyd.subscribe('news');
    await settled();
    broker.letGo('unsubscribe');
    await settled();
    broker.letGo('read');
    await settled();
    engine.append('news', 3);
    await settled();
    expect(cyd.told()).toEqual(['subscribed 2', 'caughtUp 2', 'publication 3']);
    expect(reads()).toHaveLength(1);
  });
});

describe('following the broker', () => {
  it('the first subscriber follows, the last one lets go', async () => {
    const { ann, bob, broker } = await followed();
    expect(broker.calls).toEqual(['start', 'subscribe news', 'latest news']);
    ann.unsubscribe('news');
    await settled();
    expect(broker.subscribed.has('news')).toBe(true);
    bob.desk.closed();
    await settled();
    expect(broker.calls.slice(3)).toEqual(['unsubscribe news']);
  });

  it('one who leaves and one who comes in the same turn ask nothing of the broker', async () => {
    const broker = new ScriptedEngine().broker();
    const inside = insideFor(broker);
    let emptied = 0;
    const channel = new Channel('news', inside, () => (emptied += 1));
    const [first, second] = [0, 1].map(() => new Subscription('news', deafReceiver, inside));
    await channel.join(first!);
    await settled();
    channel.leave(first!);
    await channel.join(second!);
    await settled();
    expect(broker.calls).toEqual(['subscribe news', 'latest news']);
    expect(emptied).toBe(0);
    channel.leave(second!);
    await settled();
    expect(broker.calls.slice(2)).toEqual(['unsubscribe news']);
    expect(emptied).toBe(1);
  });

  it('who comes while the broker lets go waits, and is followed anew', async () => {
    const { ann, bob, broker, engine, hub } = await followed();
    ann.desk.closed();
    broker.hold('unsubscribe');
    bob.unsubscribe('news');
    await settled();
    bob.subscribe('news');
    await settled();
    expect(bob.told()).toEqual(['unsubscribed 2']);
    broker.letGo('unsubscribe');
    await settled();
    engine.append('news', 1);
    expect(bob.told()).toEqual(['subscribed 0', 'caughtUp 0', 'publication 1']);
    expect(hub.view()).toEqual({ sessions: 1, channels: 1, subscriptions: 1 });
  });

  it('many who come while the broker subscribes cause one subscribe', async () => {
    const { enter, broker, engine } = await startWorld();
    broker.hold('subscribe');
    const clients = await Promise.all([enter(), enter(), enter()]);
    for (const client of clients) {
      client.subscribe('news');
    }
    await settled();
    clients[1]!.desk.closed();
    broker.letGo('subscribe');
    await settled();
    engine.append('news', 1);
    expect(broker.calls).toEqual(['start', 'subscribe news', 'latest news']);
    expect(clients.map((client) => client.told())).toEqual([
      ['subscribed 0', 'caughtUp 0', 'publication 1'],
      [],
      ['subscribed 0', 'caughtUp 0', 'publication 1'],
    ]);
  });

  it('what is appended while the top is being found is not lost', async () => {
    const { enter, broker, engine } = await startWorld();
    engine.append('news', 1);
    const client = await enter();
    broker.hold('latest');
    client.subscribe('news');
    await settled();
    engine.append('news', 2);
    engine.append('news', 3);
    broker.letGo('latest');
    await settled();
    engine.append('news', 4);
    const told = client.told();
    expect(told.filter((line) => line.startsWith('publication'))).toEqual(['publication 4']);
    expect(told.slice(0, 2)).toEqual(['subscribed 3', 'caughtUp 3']);
  });

  it('a hole in what is announced while the top is being found is filled', async () => {
    const { enter, broker, engine } = await startWorld();
    engine.append('news', 1);
    const client = await enter();
    broker.hold('latest');
    client.subscribe('news');
    await settled();
    engine.store('news', 2);
    engine.append('news', 3);
    broker.letGo('latest');
    await settled();
    expect(client.told()).toEqual(['subscribed 1', 'caughtUp 1', 'publication 2', 'publication 3']);
  });

  it('a top that cannot be read refuses the subscription, and lets the broker go', async () => {
    const { enter, broker, hub } = await startWorld();
    const client = await enter();
    broker.failNext('latest', new Error('busy'));
    client.subscribe('news');
    await settled();
    expect(client.told()).toEqual(['error 1 BROKER_UNAVAILABLE']);
    expect(broker.subscribed.size).toBe(0);
    expect(hub.view().channels).toBe(0);
  });

  it('a broker that does not let go is told to the observer, and to nobody else', async () => {
    const { ann, bob, broker, failures, hub, engine } = await followed();
    const failure = new Error('busy');
    broker.failNext('unsubscribe', failure);
    ann.desk.closed();
    bob.desk.closed();
    await settled();
    expect(failures).toEqual([failure]);
    expect(hub.view().channels).toBe(0);
    broker.subscribed.add('news');
    engine.append('news', 1);
    expect([ann.told(), bob.told()]).toEqual([[], []]);
  });
});
