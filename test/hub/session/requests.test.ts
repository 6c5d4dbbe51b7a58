import { describe, expect, it } from 'vitest';
import { BrokerError, type Policy } from '../../../src/ports/index.ts';
import { openPolicy, settled, startWorld, type TestClient } from '../world.ts';

const empty = { sessions: 1, channels: 0, subscriptions: 0 };

/** A policy whose answers to `subscribe` wait until they are given. */
function slowPolicy(): { policy: Policy; answers: ((allowed: boolean) => void)[] } {
  const answers: ((allowed: boolean) => void)[] = [];
  const subscribe = (): Promise<boolean> => new Promise((answer) => answers.push(answer));
  return { policy: { ...openPolicy, subscribe }, answers };
}

describe('subscribe and unsubscribe', () => {
  it('without since: from the top of the log on, and caught up at once', async () => {
    const { enter, engine, notes } = await startWorld();
    engine.append('news', 'old');
    const client = await enter();
    client.subscribe('news');
    await settled();
    expect(client.got).toEqual([
      {
        type: 'subscribed',
        id: 1,
        channel: 'news',
        kind: 'log',
        position: { epoch: 'e1', offset: 1, id: 'p1' },
      },
      { type: 'caughtUp', channel: 'news', position: { epoch: 'e1', offset: 1, id: 'p1' } },
    ]);
    client.told();
    const publication = engine.append('news', 'new');
    expect(client.got).toEqual([{ type: 'publication', channel: 'news', publication }]);
    expect(notes).toEqual(['connected ann', 'subscribed news']);
  });

  it('the same channel twice is refused, and the first goes on', async () => {
    const { enter, engine } = await startWorld();
    const client = await enter();
    client.subscribe('news');
    client.subscribe('news');
    await settled();
    client.subscribe('news');
    engine.append('news', 'a');
    expect(client.told()).toEqual([
      'error 2 ALREADY_SUBSCRIBED',
      'subscribed 0',
      'caughtUp 0',
      'error 3 ALREADY_SUBSCRIBED',
      'publication a',
    ]);
  });

  it('after unsubscribed nothing more comes, and it can be followed again', async () => {
    const { enter, engine, hub } = await startWorld();
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.told();
    client.unsubscribe('news');
    engine.append('news', 'a');
    await settled();
    expect(client.told()).toEqual(['unsubscribed 2']);
    expect(hub.view()).toEqual(empty);
    client.subscribe('news');
    await settled();
    engine.append('news', 'b');
    expect(client.told()).toEqual(['subscribed 1', 'caughtUp 1', 'publication b']);
  });

  it('what is not followed cannot be left', async () => {
    const client = await (await startWorld()).enter();
    client.unsubscribe('news');
    expect(client.told()).toEqual(['error 1 NOT_SUBSCRIBED']);
  });

  it.each(['', 'a b', 'a*', 'x'.repeat(201)])('%j is no name of a channel', async (name) => {
    const { enter, broker } = await startWorld();
    const client = await enter();
    client.subscribe(name);
    client.unsubscribe(name);
    client.publish(name, 1);
    client.history(name, 1);
    await settled();
    expect(client.told()).toEqual([1, 2, 3, 4].map((id) => `error ${id} CHANNEL_INVALID`));
    expect(broker.calls).toEqual(['start']);
  });

  it('a session follows 128 channels; the 129th is refused, until one is left', async () => {
    const { enter, hub } = await startWorld({ limits: { maxPending: 200 } });
    const client = await enter();
    for (let i = 1; i <= 129; i += 1) {
      client.subscribe(`c${i}`);
    }
    await settled();
    expect(client.all('error').map(({ id, code }) => [id, code])).toEqual([
      [129, 'TOO_MANY_SUBSCRIPTIONS'],
    ]);
    expect(hub.view()).toEqual({ sessions: 1, channels: 128, subscriptions: 128 });
    client.unsubscribe('c1');
    client.subscribe('c129');
    await settled();
    expect(client.all('subscribed')).toHaveLength(129);
  });

  it('a hub follows maxChannels; one more is refused and may be tried again', async () => {
    const { enter, hub } = await startWorld({ limits: { maxChannels: 2 } });
    const ann = await enter();
    const bob = await enter();
    ann.subscribe('a');
    bob.subscribe('b');
    bob.subscribe('a');
    await settled();
    ann.told();
    ann.subscribe('c');
    await settled();
    expect(ann.got).toEqual([
      {
        type: 'error',
        id: 2,
        code: 'TOO_MANY_CHANNELS',
        message: 'this server follows too many channels',
        retryable: true,
      },
    ]);
    expect(hub.view()).toEqual({ sessions: 2, channels: 2, subscriptions: 3 });
    bob.unsubscribe('b');
    await settled();
    ann.subscribe('c');
    await settled();
    expect(ann.all('subscribed').map(({ id }) => id)).toEqual([3]);
  });

  it('a broker that refuses is BROKER_UNAVAILABLE, and nothing is left behind', async () => {
    const { enter, hub, broker, failures } = await startWorld();
    const client = await enter();
    const failure = new BrokerError('BROKER_FULL', 'full', true);
    broker.failNext('follow', failure);
    client.subscribe('news');
    await settled();
    expect(client.all('error')).toEqual([
      {
        type: 'error',
        id: 1,
        code: 'BROKER_UNAVAILABLE',
        message: 'the log cannot be reached',
        retryable: true,
      },
    ]);
    expect(failures).toEqual([failure]);
    expect(hub.view()).toEqual(empty);
    client.subscribe('news');
    await settled();
    expect(client.all('subscribed').map(({ id }) => id)).toEqual([2]);
  });
});

function endIt(client: TestClient, end: 'close' | 'unsubscribe'): void {
  if (end === 'close') {
    client.desk.closed();
  } else {
    client.unsubscribe('news');
  }
}

describe('D14: subscriptions that are ended while they begin', () => {
  for (const [name, end] of [
    ['leaves', 'unsubscribe'],
    ['goes', 'close'],
  ] as const) {
    it(`who ${name} while the policy thinks is no ghost`, async () => {
      const { policy, answers } = slowPolicy();
      const { enter, hub, broker, engine } = await startWorld({ policy });
      const client = await enter();
      client.subscribe('news');
      await settled();
      endIt(client, end);
      answers[0]!(true);
      await settled();
      expect(client.told()).toEqual(
        end === 'close' ? [] : ['unsubscribed 2', 'error 1 NOT_SUBSCRIBED'],
      );
      expect(hub.view()).toEqual({ ...empty, sessions: end === 'close' ? 0 : 1 });
      expect(broker.calls).toEqual(['start']);
      engine.append('news', 'a');
      expect(client.got).toEqual([]);
    });

    it(`who ${name} while the broker subscribes is no ghost`, async () => {
      const { enter, hub, broker, engine } = await startWorld();
      const client = await enter();
      broker.hold('follow');
      client.subscribe('news');
      await settled();
      endIt(client, end);
      broker.letGo('follow');
      await settled();
      expect(client.told()).toEqual(
        end === 'close' ? [] : ['unsubscribed 2', 'error 1 NOT_SUBSCRIBED'],
      );
      expect(hub.view()).toEqual({ ...empty, sessions: end === 'close' ? 0 : 1 });
      expect(broker.subscribed.size).toBe(0);
      engine.append('news', 'a');
      expect(client.got).toEqual([]);
    });

    it(`who ${name} while the log is read is no ghost`, async () => {
      const { enter, hub, broker, engine } = await startWorld();
      const since = engine.top('news');
      engine.append('news', 'a');
      const client = await enter();
      broker.hold('read');
      client.subscribe('news', since);
      await settled();
      expect(broker.waiting('read')).toBe(1);
      endIt(client, end);
      broker.letGo('read');
      await settled();
      expect([...client.told()].sort()).toEqual(
        end === 'close' ? [] : ['error 1 NOT_SUBSCRIBED', 'unsubscribed 2'],
      );
      expect(hub.view()).toEqual({ ...empty, sessions: end === 'close' ? 0 : 1 });
      expect(broker.subscribed.size).toBe(0);
    });
  }

  it('who leaves and comes again has one subscription: the second', async () => {
    const { policy, answers } = slowPolicy();
    const { enter, hub, engine } = await startWorld({ policy });
    const client = await enter();
    client.subscribe('news');
    client.unsubscribe('news');
    client.subscribe('news');
    await settled();
    answers[1]!(true);
    await settled();
    answers[0]!(false);
    await settled();
    engine.append('news', 'a');
    // The refusal of the first must not take the second away.
    expect(client.told()).toEqual([
      'unsubscribed 2',
      'subscribed 0',
      'caughtUp 0',
      'error 1 FORBIDDEN',
      'publication a',
    ]);
    expect(hub.view()).toEqual({ sessions: 1, channels: 1, subscriptions: 1 });
  });

  it('a thousand of every kind leave nothing behind', async () => {
    const { enter, hub, broker } = await startWorld();
    for (let i = 0; i < 1_000; i += 1) {
      const client = await enter();
      client.subscribe('news', i % 3 === 0 ? { epoch: 'e1', offset: 0, id: '' } : undefined);
      for (let wait = 0; wait < i % 13; wait += 1) {
        await Promise.resolve();
      }
      if (i % 2 === 0) {
        client.unsubscribe('news');
        for (let wait = 0; wait < i % 7; wait += 1) {
          await Promise.resolve();
        }
        client.subscribe('news');
      }
      client.desk.closed();
    }
    await settled();
    expect(hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
    expect(broker.subscribed.size).toBe(0);
  });
});

describe('publish', () => {
  it('to a channel that was asked for just before: the client gets what it published', async () => {
    const { policy, answers } = slowPolicy();
    const { enter } = await startWorld({ policy });
    const client = await enter();
    client.subscribe('news');
    client.publish('news', 'mine');
    await settled();
    expect(client.told()).toEqual([]);
    answers[0]!(true);
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'caughtUp 0',
      'publication mine',
      'appended 2 1',
    ]);
  });

  it('to a channel whose subscription was refused is published all the same', async () => {
    const { policy, answers } = slowPolicy();
    const { enter } = await startWorld({ policy });
    const client = await enter();
    client.subscribe('news');
    client.publish('news', 'mine');
    await settled();
    answers[0]!(false);
    await settled();
    expect(client.told()).toEqual(['error 1 FORBIDDEN', 'appended 2 1']);
  });

  it('is answered after the broker has it, with its place, and names the user', async () => {
    const { enter, broker, engine, clock, notes } = await startWorld();
    const client = await enter('bob');
    broker.hold('append');
    client.publish('news', { a: 1 });
    await settled();
    expect(client.got).toEqual([]);
    broker.letGo('append');
    await settled();
    const [entry] = engine.log('news').entries;
    expect(entry).toEqual({
      offset: 1,
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      prev: { offset: 0, id: '' },
      data: { a: 1 },
      atMs: clock.wallMs(),
      by: 'bob',
    });
    const position = { epoch: 'e1', offset: 1, id: entry!.id };
    expect(client.got).toEqual([{ type: 'appended', id: 1, position }]);
    expect(notes.at(-1)).toBe('published news 0');
  });

  it('65,536 bytes of JSON are taken; one more is refused before anybody is asked', async () => {
    const asked: unknown[] = [];
    const policy: Policy = { ...openPolicy, publish: (request) => asked.push(request) > 0 };
    const { enter } = await startWorld({ policy });
    const client = await enter();
    client.publish('news', 'x'.repeat(65_534));
    client.publish('news', 'x'.repeat(65_535));
    // Two bytes each: as many characters as the first, and too many bytes.
    client.publish('news', 'é'.repeat(32_768));
    await settled();
    expect(client.told()).toEqual([
      'error 2 DATA_TOO_LARGE',
      'error 3 DATA_TOO_LARGE',
      'appended 1 1',
    ]);
    expect(asked).toHaveLength(1);
  });

  it('those of one client enter in the order in which it sent them, whatever the policy takes', async () => {
    const answers = new Map<unknown, (allowed: boolean) => void>();
    const publish = ({ data }: { data: unknown }): Promise<boolean> =>
      new Promise((answer) => answers.set(data, answer));
    const { enter, engine } = await startWorld({ policy: { ...openPolicy, publish } });
    const client = await enter();
    for (const data of ['a', 'b', 'c']) {
      client.publish('news', data);
    }
    await settled();
    answers.get('c')!(true);
    answers.get('b')!(false);
    await settled();
    expect(engine.log('news').entries).toEqual([]);
    answers.get('a')!(true);
    await settled();
    expect(engine.log('news').entries.map(({ data }) => data)).toEqual(['a', 'c']);
    expect(client.told().sort()).toEqual(['appended 1 1', 'appended 3 2', 'error 2 FORBIDDEN']);
  });

  it('does not wait for the answer to the one before', async () => {
    const { enter, broker } = await startWorld();
    const client = await enter();
    broker.hold('append');
    client.publish('news', 'a');
    client.publish('news', 'b');
    await settled();
    expect(broker.waiting('append')).toBe(2);
  });

  it('of a client that has gone while the policy thought is not appended', async () => {
    let answer!: (allowed: boolean) => void;
    const publish = (): Promise<boolean> => new Promise((resolve) => (answer = resolve));
    const { enter, engine } = await startWorld({ policy: { ...openPolicy, publish } });
    const client = await enter();
    client.publish('news', 'a');
    await settled();
    client.desk.closed();
    answer(true);
    await settled();
    expect(engine.log('news').entries).toEqual([]);
  });

  it.each([
    ['a BrokerError that may be retried', new BrokerError('BROKER_FULL', 'full', true), true],
    ['a BrokerError that may not', new BrokerError('BROKER_STOPPED', 'stopped', false), false],
    ['anything else', new Error('what?'), false],
  ])('%s is BROKER_UNAVAILABLE', async (_, failure, retryable) => {
    const { enter, broker, failures } = await startWorld();
    const client = await enter();
    broker.failNext('append', failure);
    client.publish('news', 'a');
    await settled();
    expect(client.all('error').map((error) => [error.code, error.retryable])).toEqual([
      ['BROKER_UNAVAILABLE', retryable],
    ]);
    expect(failures).toEqual([failure]);
  });
});
