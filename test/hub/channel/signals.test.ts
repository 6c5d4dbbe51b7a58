import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/brokers/memory.ts';
import { signalTopic } from '../../../src/hub/channel/signals.ts';
import type { ChannelOptions } from '../../../src/hub/index.ts';
import { isChannelName } from '../../../src/wire/index.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { settled, startWorld } from '../world.ts';

const onlySignals = (): ChannelOptions => ({ kind: 'signals' });

describe('signals', () => {
  it.each([
    ['log', undefined],
    ['signals', onlySignals],
  ] as const)('reach all who follow a channel of kind %s, on every node', async (_, channels) => {
    const engine = new ScriptedEngine();
    const given = channels === undefined ? { engine } : { engine, channels };
    const [one, two] = [await startWorld(given), await startWorld(given)];
    const [ann, bob, cyd] = [
      await one.enter('ann'),
      await one.enter('bob'),
      await two.enter('cyd'),
    ];
    for (const client of [ann, cyd]) {
      client.subscribe('news');
    }
    await settled();
    const first = ann.told();
    cyd.told();
    expect(first).toEqual(['subscribed 0', 'caughtUp 0']);
    bob.signal('news', 'typing');
    await settled();
    expect([ann.told(), bob.told(), cyd.told()]).toEqual([
      ['signal bob typing'],
      [],
      ['signal bob typing'],
    ]);
    expect(engine.log('news').entries).toEqual([]);
  });

  it('may be bytes, which arrive as bytes', async () => {
    const broker = memoryStore().node();
    const { enter } = await startWorld({ broker });
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.told();
    client.signal('news', Uint8Array.of(0, 255));
    await settled();
    expect(client.got).toEqual([
      { type: 'signal', channel: 'news', data: Uint8Array.of(0, 255), by: 'ann' },
    ]);
  });

  it('of a channel without a log ask nothing of the log', async () => {
    const { enter, broker } = await startWorld({ channels: onlySignals });
    const client = await enter();
    client.subscribe('news');
    await settled();
    expect(client.got).toMatchObject([
      { type: 'subscribed', kind: 'signals', position: { offset: 0, id: '' } },
      { type: 'caughtUp' },
    ]);
    client.told();
    client.history('news', 1);
    await settled();
    expect(client.told()).toEqual(['error 2 KIND_MISMATCH']);
    client.unsubscribe('news');
    await settled();
    expect(broker.calls).toEqual(['start']);
    expect(broker.topics.has('~signal:news')).toBe(false);
  });

  it('that cannot be followed refuse a subscription that is for nothing else, and no other', async () => {
    for (const [channels, expected] of [
      [onlySignals, ['error 1 BROKER_UNAVAILABLE']],
      [() => undefined, ['subscribed 0', 'caughtUp 0']],
    ] as const) {
      const { enter, broker, failures } = await startWorld({ channels });
      const client = await enter();
      broker.failNext('hearken', new Error('busy'));
      client.subscribe('news');
      await settled();
      expect([client.told(), failures.length]).toEqual([expected, 1]);
    }
  });

  it('are the first to be left out when a client reads slowly', async () => {
    const { enter } = await startWorld();
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.told();
    client.bufferedBytes = 262_145;
    client.signal('news', 1);
    client.publish('news', 'a');
    await settled();
    expect(client.told()).toEqual(['publication a', 'appended 2 1']);
    expect(client.awaitsRoom).toBe(false);
  });

  it('send a slow client away where the channel says so', async () => {
    const channels = (): ChannelOptions => ({ kind: 'signals', slow: 'disconnect' });
    const { enter } = await startWorld({ channels });
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.bufferedBytes = 1_048_577;
    client.signal('news', 1);
    await settled();
    expect(client.why?.name).toBe('TOO_SLOW');
  });

  it('do not come before the answer to the subscription', async () => {
    const { enter, broker } = await startWorld();
    const [ann, bob] = [await enter(), await enter()];
    broker.hold('latest');
    ann.subscribe('news');
    await settled();
    bob.signal('news', 1);
    await settled();
    broker.letGo('latest');
    await settled();
    expect(ann.told()).toEqual(['subscribed 0', 'caughtUp 0']);
  });

  it('what comes by the bus and is none is ignored', async () => {
    const { enter, engine } = await startWorld();
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.told();
    for (const junk of [null, 7, {}, { data: 1, by: 7 }, { data: 1, event: {} }]) {
      engine.say('~signal:news', junk);
    }
    engine.say('~signal:news', { data: 1, event: 'e', by: 'ann', more: 1 });
    expect(client.got).toEqual([
      { type: 'signal', channel: 'news', data: 1, event: 'e', by: 'ann' },
    ]);
  });
});

describe('D15: the topic of a channel’s signals', () => {
  it('is a name by the rules for every channel, and of no two the same', () => {
    const names = ['a', 'x'.repeat(192), 'x'.repeat(193), 'x'.repeat(200), `y${'x'.repeat(199)}`];
    const topics = names.map(signalTopic);
    expect(topics.every(isChannelName)).toBe(true);
    expect(new Set(topics).size).toBe(names.length);
    expect(topics[1]).toBe(`~signal:${'x'.repeat(192)}`);
  });
});
