import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/brokers/memory.ts';
import type { ChannelOptions } from '../../../src/hub/index.ts';
import { BrokerError, type Policy } from '../../../src/ports/index.ts';
import type { ProducerNumber } from '../../../src/wire/index.ts';
import { openPolicy, settled, startWorld, type TestClient } from '../world.ts';

const name = 'p'.repeat(32);
const numbered = (seq: number, epoch = 1): { producer: ProducerNumber } => ({
  producer: { name, epoch, seq },
});

function kinds(channel: string): ChannelOptions | undefined {
  return { state: { kind: 'state' }, signals: { kind: 'signals' } }[channel] as ChannelOptions;
}

async function told(client: TestClient): Promise<string[]> {
  await settled();
  return client.told();
}

describe('a numbered publication', () => {
  it('that is sent again is in the log once, and answered with its place', async () => {
    const { enter, engine, notes } = await startWorld();
    const first = await enter();
    first.publish('news', { a: 1 }, numbered(1));
    first.publish('news', { a: 1 }, numbered(1));
    expect(await told(first)).toEqual(['appended 1 1', 'appended 2 1 again']);
    const second = await enter();
    second.publish('news', { a: 1 }, numbered(1));
    second.publish('news', 'b', numbered(2));
    expect(await told(second)).toEqual(['appended 1 1 again', 'appended 2 2']);
    expect(engine.log('news').entries.map(({ data }) => data)).toEqual([{ a: 1 }, 'b']);
    expect(notes.filter((note) => note === 'published news 0')).toHaveLength(2);
  });

  it('with a number too high is refused with the last one', async () => {
    const { enter } = await startWorld();
    const client = await enter();
    client.publish('news', 'a', numbered(1));
    client.publish('news', 'c', numbered(3));
    await settled();
    expect(client.all('error')).toMatchObject([
      { id: 2, code: 'OUT_OF_SEQUENCE', last: 1, retryable: false },
    ]);
  });

  it('of a former holder is refused with the higher epoch', async () => {
    const { enter } = await startWorld();
    const client = await enter();
    client.publish('news', 'a', numbered(1, 4));
    client.publish('news', 'b', numbered(2, 3));
    await settled();
    expect(client.all('error')).toMatchObject([{ id: 2, code: 'PRODUCER_FENCED', last: 4 }]);
  });

  it.each([
    ['data', 'b', {}],
    ['event', 'a', { event: 'other' }],
  ] as const)('with other %s is no repetition', async (_, data, more) => {
    const { enter } = await startWorld();
    const client = await enter();
    client.publish('news', 'a', numbered(1));
    client.publish('news', data, { ...numbered(1), ...more });
    expect(await told(client)).toEqual(['appended 1 1', 'error 2 NUMBER_REUSED']);
  });

  it('of bytes is known by its bytes, and is not the JSON that says the same', async () => {
    const { enter, engine } = await startWorld();
    const client = await enter();
    client.publish('news', Uint8Array.of(1, 2), numbered(1));
    client.publish('news', Uint8Array.of(1, 2), numbered(1));
    client.publish('news', Uint8Array.of(1, 3), numbered(1));
    client.publish('news', { 0: 1, 1: 2 }, numbered(1));
    expect(await told(client)).toEqual([
      'appended 1 1',
      'appended 2 1 again',
      'error 3 NUMBER_REUSED',
      'error 4 NUMBER_REUSED',
    ]);
    expect(engine.log('news').entries[0]!.data).toEqual(Uint8Array.of(1, 2));
  });

  it('whose answer is not kept is unknown, and not appended', async () => {
    const { enter, engine } = await startWorld();
    const client = await enter();
    client.publish('news', 'a', numbered(1));
    await settled();
    engine.producers.values().next().value!.answers.clear();
    client.publish('news', 'a', numbered(1));
    expect(await told(client)).toEqual(['appended 1 1', 'error 2 ANSWER_UNKNOWN']);
    expect(engine.log('news').entries).toHaveLength(1);
  });

  it('is its user’s: another user’s producer of the same name swallows nothing', async () => {
    const { enter, engine } = await startWorld();
    (await enter('ann')).publish('news', 'a', numbered(1));
    (await enter('bob')).publish('news', 'a', numbered(1));
    await settled();
    expect(engine.log('news').entries.map(({ by }) => by)).toEqual(['ann', 'bob']);
  });

  it('behind one that was refused is out of sequence: nothing enters out of order', async () => {
    const policy: Policy = { ...openPolicy, publish: ({ data }) => data !== 'a' };
    const { enter, engine } = await startWorld({ policy });
    const client = await enter();
    client.publish('news', 'a', numbered(1));
    client.publish('news', 'b', numbered(2));
    expect(await told(client)).toEqual(['error 1 FORBIDDEN', 'error 2 OUT_OF_SEQUENCE']);
    expect(engine.log('news').entries).toEqual([]);
  });
});

describe('durability', () => {
  it('is asked of the log, and what it cannot promise is refused', async () => {
    const { enter, broker } = await startWorld();
    const client = await enter();
    const failure = new BrokerError('DURABILITY_UNSUPPORTED', 'no disk', false);
    broker.failNext('append', failure);
    client.publish('news', 'a', { durability: 'quorum' });
    client.publish('news', 'b', { durability: 'memory' });
    expect(await told(client)).toEqual(['error 1 DURABILITY_UNSUPPORTED', 'appended 2 1']);
    expect(broker.durabilities).toEqual(['quorum', 'memory']);
  });
});

describe('the kind of a channel', () => {
  it.each([
    ['news', {}, 'appended 1 1'],
    ['news', { key: 'k' }, 'error 1 KIND_MISMATCH'],
    ['news', { removed: true }, 'error 1 KEY_INVALID'],
    ['state', { key: 'k' }, 'appended 1 1'],
    ['state', { key: 'x'.repeat(256) }, 'appended 1 1'],
    ['state', { key: 'x'.repeat(257) }, 'error 1 KEY_INVALID'],
    ['state', { key: '' }, 'error 1 KEY_INVALID'],
    ['state', { key: 'k', removed: true }, 'appended 1 1'],
    ['state', {}, 'error 1 KIND_MISMATCH'],
    ['signals', {}, 'error 1 KIND_MISMATCH'],
    ['signals', { key: 'k' }, 'error 1 KIND_MISMATCH'],
  ] as const)('%s takes %j: %s', async (channel, more, expected) => {
    const { enter } = await startWorld({ channels: kinds });
    const client = await enter();
    client.publish(channel, 1, more);
    expect(await told(client)).toEqual([expected]);
  });

  it('of keyed state: what is removed has no data', async () => {
    const { enter, engine } = await startWorld({ channels: kinds });
    const client = await enter();
    client.publish('state', 'secret', { key: 'k', removed: true, event: 'left' });
    await settled();
    expect(engine.log('state').entries).toMatchObject([
      { key: 'k', removed: true, data: null, event: 'left', by: 'ann' },
    ]);
  });

  it('is no kind when the application’s function throws: the name is refused', async () => {
    const failure = new Error('mine');
    const channels = (): never => {
      throw failure;
    };
    const { enter, failures } = await startWorld({ channels });
    const client = await enter();
    client.publish('news', 1);
    client.subscribe('news');
    client.history('news', 1);
    expect(await told(client)).toEqual([1, 2, 3].map((id) => `error ${id} CHANNEL_INVALID`));
    expect(failures).toEqual([failure, failure, failure]);
  });
});

describe('D9: the hub’s own channels', () => {
  it.each(['~inbox', '~roster:news', '~user:b.c5n6s', '~signal:news', '~session:x', '~x'])(
    'no client writes to %s',
    async (channel) => {
      const asked: unknown[] = [];
      const say = (request: unknown): boolean => asked.push(request) > 0;
      const { enter, broker } = await startWorld({
        policy: { ...openPolicy, publish: say, signal: say },
      });
      const client = await enter();
      const sent = broker.busCalls.length;
      client.publish(channel, 1);
      client.signal(channel, 1);
      expect(await told(client)).toEqual(['error 1 CHANNEL_INVALID']);
      expect([asked, broker.calls, broker.busCalls.slice(sent)]).toEqual([[], ['start'], []]);
    },
  );
});

describe('D5: producers of one user', () => {
  const producer = (letter: string, seq = 1): { producer: ProducerNumber } => ({
    producer: { name: letter.repeat(32), epoch: 1, seq },
  });

  it('one user cannot take the engine’s room for all of them', async () => {
    const broker = memoryStore({ maxProducers: 3 }).node();
    const { enter } = await startWorld({ broker, limits: { maxProducersPerUser: 2 } });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    for (const letter of 'abcd') {
      ann.publish('news', letter, producer(letter));
    }
    await settled();
    expect(ann.all('appended').map(({ id }) => id)).toEqual([1, 2]);
    expect(ann.all('error')).toMatchObject([
      { id: 3, code: 'TOO_MANY_REQUESTS', retryable: true },
      { id: 4, code: 'TOO_MANY_REQUESTS', retryable: true },
    ]);
    bob.publish('news', 'mine', producer('a'));
    ann.publish('news', 'more', producer('a', 2));
    await settled();
    expect([bob.all('appended').length, ann.all('appended').length]).toEqual([1, 3]);
  });

  it('are as many again in the time for which records are kept; a user’s sessions share them', async () => {
    const world = await startWorld({ limits: { maxProducersPerUser: 2 } });
    const [one, two] = [await world.enter('ann'), await world.enter('ann')];
    one.publish('news', 1, producer('a'));
    two.publish('talk', 1, producer('b'));
    two.publish('talk', 1, producer('c'));
    await settled();
    expect([one.told(), two.told()]).toEqual([
      ['appended 1 1'],
      ['appended 1 1', 'error 2 TOO_MANY_REQUESTS'],
    ]);
    world.clock.advance(world.broker.supports.producerMs / 2);
    await settled();
    one.publish('news', 1, producer('d'));
    one.publish('news', 1, producer('e'));
    expect(await told(one)).toEqual(['appended 2 2', 'error 3 TOO_MANY_REQUESTS']);
  });

  it('that leave no new record cost nothing, however often they are sent', async () => {
    const world = await startWorld({ limits: { maxProducersPerUser: 2 } });
    const client = await world.enter('ann');
    for (let i = 0; i < 10; i += 1) {
      client.publish('news', 1, producer('a'));
    }
    client.publish('news', 2, producer('a'));
    client.publish('news', 1, producer('b'));
    await settled();
    expect(client.all('error').map(({ code }) => code)).toEqual(['NUMBER_REUSED']);
    expect(client.all('appended')).toHaveLength(11);
  });

  it('of whom nobody knows whether they left one are paid for', async () => {
    const world = await startWorld({ limits: { maxProducersPerUser: 1 } });
    const client = await world.enter('ann');
    world.broker.failNext('append', new BrokerError('BROKER_UNREACHABLE', 'no answer', true));
    client.publish('news', 1, producer('a'));
    await settled();
    client.publish('news', 1, producer('b'));
    expect(await told(client)).toEqual(['error 1 BROKER_UNAVAILABLE', 'error 2 TOO_MANY_REQUESTS']);
  });

  it('are not counted of what the policy refuses, and of what has no number', async () => {
    const policy: Policy = { ...openPolicy, publish: ({ channel }) => channel !== 'secret' };
    const world = await startWorld({ policy, limits: { maxProducersPerUser: 1 } });
    const client = await world.enter('ann');
    client.publish('secret', 1, producer('a'));
    client.publish('news', 1);
    client.publish('news', 2);
    client.publish('news', 3, producer('b'));
    await settled();
    expect([client.all('error').length, client.all('appended').length]).toEqual([1, 3]);
  });
});
