import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/brokers/memory.ts';
import { appendTo } from '../../src/hub/append.ts';
import { createHub } from '../../src/hub/index.ts';
import { Publisher } from '../../src/hub/publisher.ts';
import { BrokerError } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { ScriptedEngine } from './scripted-broker.ts';
import { atRest, insideFor, openPolicy, settled, startWorld } from './world.ts';

const busy = new BrokerError('BROKER_UNREACHABLE', 'busy', true);

describe('what the server’s own code publishes', () => {
  it('is tried again while the broker fails, and enters once', async () => {
    const { hub, broker, engine, clock } = await startWorld();
    broker.failNext('append', busy);
    broker.failNext('append', busy);
    const publishing = hub.publish('news', 1);
    for (let i = 0; i < 4; i += 1) {
      await settled();
      clock.advance(1_000);
    }
    expect(await publishing).toMatchObject({ offset: 1 });
    expect(engine.log('news').entries).toHaveLength(1);
  });

  it('whose answer was lost is not appended a second time', async () => {
    const { hub, broker, engine, clock } = await startWorld();
    broker.loseNextAnswer('append', busy);
    const publishing = hub.publish('news', 1);
    await settled();
    clock.advance(500);
    const position = await publishing;
    const entries = engine.log('news').entries;
    expect(entries.map(({ id }) => id)).toEqual([position.id]);
  });

  it('keeps its order, however long the first takes', async () => {
    const { hub, broker, engine, clock } = await startWorld();
    broker.failNext('append', busy);
    const publishing = [1, 2, 3].map((data) => hub.publish('news', data));
    await settled();
    expect(engine.log('news').entries).toEqual([]);
    clock.advance(500);
    await Promise.all(publishing);
    expect(engine.log('news').entries.map(({ data }) => data)).toEqual([1, 2, 3]);
  });

  it('waits for nothing of another channel', async () => {
    const { hub, broker } = await startWorld();
    broker.hold('append');
    void hub.publish('a', 1);
    void hub.publish('b', 1);
    await settled();
    expect(broker.waiting('append')).toBe(2);
  });

  it('rejects when the broker fails for longer than publishWithinMs, and the next one is not held up', async () => {
    const { hub, broker, engine, clock } = await startWorld({
      limits: { publishWithinMs: 1 },
      random: (into) => into.fill(255),
    });
    broker.failNext('append', busy);
    await expect(hub.publish('news', 1)).rejects.toBe(busy);
    await hub.publish('news', 2);
    expect(engine.log('news').entries.map(({ data }) => data)).toEqual([2]);
    // What is under way yet of the first is fenced, and its number is not used again.
    expect([...engine.producers.values()]).toMatchObject([{ epoch: 2, last: 2 }]);
    expect(clock.pending).toBe(atRest);
  });

  it('enters an engine that has lost what it had acknowledged', async () => {
    const { hub, engine } = await startWorld();
    await hub.publish('news', 1);
    await hub.publish('news', 2);
    engine.loseAfter('news', 0);
    engine.producers.clear();
    await hub.publish('news', 3);
    await hub.publish('news', 4);
    expect(engine.log('news').entries.map(({ data }) => data)).toEqual([3, 4]);
  });

  it('enters an engine that has forgotten its producer meanwhile', async () => {
    const clock = new ManualClock();
    const retention = { producerMs: 1_000, maxProducers: 1 };
    const broker = memoryStore({ ...retention, nowMs: () => clock.nowMs() }).node();
    const hub = createHub({ policy: openPolicy, broker, clock });
    await hub.start();
    await hub.publish('news', 1);
    clock.advance(1_001);
    // The only record there is room for.
    await hub.publish('sport', 1);
    clock.advance(1_001);
    expect(await hub.publish('news', 2)).toMatchObject({ offset: 2 });
    const { publications } = await broker.log.latest('news', 10);
    expect(publications.map(({ data }) => data)).toEqual([1, 2]);
    await hub.stop();
  });

  it('of which it is not known what became is not sent again by another name', async () => {
    const { hub, broker, engine, clock } = await startWorld();
    await hub.publish('news', 1);
    broker.loseNextAnswer('append', busy);
    const publishing = hub.publish('news', 2);
    const said = expect(publishing).rejects.toMatchObject({ retryable: false });
    await settled();
    for (const record of engine.producers.values()) {
      record.answers.clear();
    }
    clock.advance(1_000);
    await said;
    expect(engine.log('news').entries.map(({ data }) => data)).toEqual([1, 2]);
  });

  it('of which maxWaitingPublications wait: one more is refused, and no other channel’s', async () => {
    const { hub, broker } = await startWorld({ limits: { maxWaitingPublications: 2 } });
    broker.hold('append');
    const waiting = [hub.publish('news', 1), hub.publish('news', 2)];
    await expect(hub.publish('news', 3)).rejects.toMatchObject({
      code: 'BROKER_FULL',
      retryable: true,
    });
    const other = hub.publish('other', 1);
    await settled();
    broker.letGo('append');
    await Promise.all([...waiting, other]);
    await hub.publish('news', 4);
  });

  it('is one producer in each channel, of many that it takes turns with', async () => {
    const { hub, engine } = await startWorld();
    const channels = Array.from({ length: 10_001 }, (_, i) => `c${i}`);
    await Promise.all(channels.map((channel) => hub.publish(channel, 1)));
    await hub.publish('other', 1);
    await hub.publish('c0', 2);
    expect(engine.producers.size).toBe(channels.length + 1);
  });

  it('is numbered anew in a channel that was not used while as many others were as are kept', async () => {
    const engine = new ScriptedEngine();
    const broker = engine.broker();
    const inside = insideFor(broker);
    const publisher = new Publisher(
      inside,
      appendTo(inside, () => 0),
      3,
    );
    const publish = (channel: string, data: number): Promise<unknown> =>
      publisher.publish(channel, { data }, {});
    await publish('first', 1);
    for (const channel of ['a', 'b', 'c']) {
      await publish(channel, 1);
    }
    await publish('first', 2);
    await publish('c', 2);
    expect(engine.log('first').entries.map(({ data }) => data)).toEqual([1, 2]);
    const lives = (channel: string): number =>
      [...engine.producers.keys()].filter((key) => key.endsWith(` ${channel}`)).length;
    expect([lives('first'), lives('c')]).toEqual([2, 1]);
  });
});
