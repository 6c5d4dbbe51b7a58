import { describe, expect, it } from 'vitest';
import { Subscription } from '../../../src/hub/channel/catch-up.ts';
import { Channel } from '../../../src/hub/channel/channel.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { deafReceiver, insideFor, logNamed, settled, startWorld } from '../world.ts';
import { followed } from './followed.ts';

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

describe('following the broker', () => {
  it('the first subscriber follows, the last one lets go', async () => {
    const { ann, bob, broker } = await followed();
    expect(broker.calls).toEqual(['start', 'follow news', 'latest news']);
    ann.unsubscribe('news');
    await settled();
    expect(broker.subscribed.has('news')).toBe(true);
    bob.desk.closed();
    await settled();
    expect(broker.calls.slice(3)).toEqual(['unfollow news']);
  });

  it('one who leaves and one who comes in the same turn ask nothing of the broker', async () => {
    const broker = new ScriptedEngine().broker();
    const inside = insideFor(broker);
    let emptied = 0;
    const channel = new Channel(logNamed('news'), inside, () => (emptied += 1));
    const [first, second] = [0, 1].map(() => new Subscription('news', deafReceiver, inside));
    await channel.join(first!);
    await settled();
    channel.leave(first!);
    await channel.join(second!);
    await settled();
    expect(broker.calls).toEqual(['follow news', 'latest news']);
    expect(emptied).toBe(0);
    channel.leave(second!);
    await settled();
    expect(broker.calls.slice(2)).toEqual(['unfollow news']);
    expect(emptied).toBe(1);
  });

  it('who comes and leaves before the broker was asked has its answer, and what it publishes goes on', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const { enter, hub } = await startWorld();
      const ann = await enter();
      ann.subscribe('news');
      ann.publish('talk', 'other');
      ann.publish('news', 'mine');
      for (let i = 0; i < turns; i += 1) {
        await Promise.resolve();
      }
      ann.unsubscribe('news');
      await settled();
      const answered = new Set(ann.got.flatMap((one) => ('id' in one ? [one.id] : [])));
      expect([turns, answered]).toEqual([turns, new Set([1, 2, 3, 4])]);
      expect(hub.view().subscriptions).toBe(0);
    }
  });

  it('who comes while the broker lets go waits, and is followed anew', async () => {
    const { ann, bob, broker, engine, hub } = await followed();
    ann.desk.closed();
    broker.hold('unfollow');
    bob.unsubscribe('news');
    await settled();
    bob.subscribe('news');
    await settled();
    expect(bob.told()).toEqual(['unsubscribed 2']);
    broker.letGo('unfollow');
    await settled();
    engine.append('news', 1);
    expect(bob.told()).toEqual(['subscribed 0', 'caughtUp 0', 'publication 1']);
    expect(hub.view()).toEqual({ sessions: 1, channels: 1, subscriptions: 1 });
  });

  it('many who come while the broker subscribes cause one subscribe', async () => {
    const { enter, broker, engine } = await startWorld();
    broker.hold('follow');
    const clients = await Promise.all([enter(), enter(), enter()]);
    for (const client of clients) {
      client.subscribe('news');
    }
    await settled();
    clients[1]!.desk.closed();
    broker.letGo('follow');
    await settled();
    engine.append('news', 1);
    expect(broker.calls).toEqual(['start', 'follow news', 'latest news']);
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

  it('an answer to follow that was lost refuses the subscription, and lets the broker go', async () => {
    const { broker, enter } = await startWorld();
    const client = await enter();
    broker.failNext('follow', new Error('no answer'));
    client.subscribe('news');
    await settled();
    expect(client.told()).toEqual(['error 1 BROKER_UNAVAILABLE']);
    expect(broker.calls.slice(1)).toEqual(['follow news', 'unfollow news']);
    expect(broker.subscribed.size).toBe(0);
  });

  it('a broker that does not let go is told to the observer, and to nobody else', async () => {
    const { ann, bob, broker, failures, hub, engine } = await followed();
    const failure = new Error('busy');
    broker.failNext('unfollow', failure);
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
