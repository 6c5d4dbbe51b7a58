import { describe, expect, it } from 'vitest';
import type { Policy, Refusal, Verdict } from '../../../src/ports/index.ts';
import { openPolicy, settled, startWorld } from '../world.ts';

const connect = (): string => 'ann';

async function tryAll(policy: Partial<Policy>): Promise<string[]> {
  const { enter, engine } = await startWorld({ policy: { connect, ...policy } });
  engine.append('news', 'old');
  const client = await enter();
  client.subscribe('news');
  await settled();
  client.history('news', 10);
  await settled();
  client.publish('news', 'new');
  await settled();
  return client.told();
}

const nothing = ['error 1 FORBIDDEN', 'error 2 FORBIDDEN', 'error 3 FORBIDDEN'];

describe('nothing is allowed that the policy did not allow', () => {
  it('a policy that says nothing forbids all', async () => {
    expect(await tryAll({})).toEqual(nothing);
  });

  it.each([
    ['false', false],
    ['1', 1],
    ['an object', {}],
    ['undefined', undefined],
  ])('an answer of %s is no', async (_, answer) => {
    const say = (): boolean => answer as boolean;
    expect(await tryAll({ subscribe: say, publish: say })).toEqual(nothing);
  });

  it('an answer that never comes to be is no', async () => {
    const say = (): Promise<boolean> => Promise.reject(new Error('database'));
    expect(await tryAll({ subscribe: say, publish: say })).toEqual(nothing);
  });

  it('to publish does not mean to read', async () => {
    expect(await tryAll({ publish: () => true })).toEqual([
      'error 1 FORBIDDEN',
      'error 2 FORBIDDEN',
      'appended 3 2',
    ]);
  });

  it('to read means live and history, by the same function, and not to publish', async () => {
    const asked: unknown[] = [];
    const subscribe = (request: unknown): boolean => asked.push(request) > 0;
    expect(await tryAll({ subscribe })).toEqual([
      'subscribed 1',
      'caughtUp 1',
      'historyPage',
      'error 3 FORBIDDEN',
    ]);
    const request = { user: 'ann', channel: 'news' };
    expect(asked).toEqual([request, request]);
  });

  it('whoever may publish is told what', async () => {
    const asked: unknown[] = [];
    await tryAll({ publish: (request) => asked.push(request) > 0 });
    expect(asked).toEqual([{ user: 'ann', channel: 'news', data: 'new' }]);
  });
});

describe('what the policy knows of whom it let in', () => {
  it('comes with every question, and is that of the latest token', async () => {
    const asked: string[] = [];
    const say = (what: string) => (request: { readonly guest?: unknown }) => {
      asked.push(`${what} ${String(request.guest)}`);
      return true;
    };
    const policy: Policy = {
      connect: ({ token }) => ({ user: 'ann', ...(token === undefined ? {} : { data: token }) }),
      subscribe: say('subscribe'),
      see: say('see'),
      publish: say('publish'),
      signal: say('signal'),
      enter: say('enter'),
      roster: say('roster'),
      call: say('call'),
    };
    const { enter, hub } = await startWorld({ policy, methods: { one: () => 1 } });
    const client = await enter('clerk');
    const askAll = async (): Promise<string[]> => {
      client.subscribe('news');
      client.subscribe('~roster:news');
      await settled();
      client.publish('news', 1);
      client.signal('news', 2);
      client.say({ type: 'enter', id: 70, channel: 'news', data: 3 });
      client.say({ type: 'call', id: 71, method: 'one', data: 4, withinMs: 1_000 });
      await settled();
      return [...new Set(asked.splice(0))].sort();
    };
    const all = ['call', 'enter', 'publish', 'roster', 'see', 'signal', 'subscribe'];
    expect(await askAll()).toEqual(all.map((what) => `${what} clerk`));
    client.say({ type: 'renew', id: 80, token: 'judge' });
    await settled();
    await hub.recheck();
    client.publish('news', 5);
    await settled();
    expect([...new Set(asked.splice(0))].sort()).toEqual(
      ['enter', 'publish', 'roster', 'see', 'subscribe'].map((what) => `${what} judge`),
    );
  });

  it('comes with what is asked of a member whose client is away', async () => {
    const asked: unknown[] = [];
    const policy: Policy = {
      ...openPolicy,
      connect: () => ({ user: 'ann', data: 'clerk' }),
      enter: (request) => asked.push(request) > 0,
    };
    const { enter, hub } = await startWorld({ policy });
    const client = await enter();
    client.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    await settled();
    client.desk.closed();
    await hub.recheck({ user: 'ann' });
    const question = { user: 'ann', guest: 'clerk', channel: 'news', data: 'here' };
    expect(asked).toStrictEqual([question, { ...question, again: true }]);
  });

  it('is asked about what goes on by the words that it goes on', async () => {
    const asked: unknown[] = [];
    const say = (request: object): boolean => asked.push(request) > 0;
    const { enter, hub } = await startWorld({
      policy: { ...openPolicy, subscribe: say, roster: say },
    });
    const client = await enter();
    client.subscribe('news');
    client.subscribe('~roster:news');
    await settled();
    const question = { user: 'ann', channel: 'news' };
    expect(asked.splice(0)).toStrictEqual([question, question]);
    await hub.recheck();
    const again = { ...question, again: true };
    expect(asked.splice(0)).toStrictEqual([again, again]);
    client.bufferedBytes = 1_000_000;
    client.history('news', 1);
    await settled();
    client.drain();
    await settled();
    expect(asked).toStrictEqual([question, again]);
  });

  it('is not told where it gave nothing', async () => {
    const asked: unknown[] = [];
    const { enter } = await startWorld({
      policy: { ...openPolicy, subscribe: (request) => asked.push(request) > 0 },
    });
    (await enter()).subscribe('news');
    await settled();
    expect(asked).toStrictEqual([{ user: 'ann', channel: 'news' }]);
  });
});

describe('a policy that says why', () => {
  const limited: Refusal = { code: 'RATE_LIMITED', message: 'slower', retryAfterMs: 900 };
  const wrong: Refusal = {
    code: 'PAYLOAD_INVALID',
    message: 'text is missing',
    details: { issues: [{ path: 'text', message: 'is missing' }] },
  };

  it('is quoted to whoever reads, writes and enters', async () => {
    const policy: Policy = {
      connect: () => 'ann',
      subscribe: () => limited,
      publish: () => wrong,
      enter: () => ({ code: 'EVENT_UNKNOWN', message: 'nobody stands here' }),
      roster: async () => limited,
    };
    const { enter, notes } = await startWorld({ policy });
    const client = await enter();
    client.subscribe('news');
    client.subscribe('~roster:news');
    client.history('news', 1);
    client.publish('news', 1);
    client.say({ type: 'enter', id: 5, channel: 'news', data: null });
    client.say({ type: 'resume', id: 6, channels: [{ channel: 'old' }] });
    await settled();
    const told = client.all('error').toSorted((a, b) => a.id - b.id);
    const later = { type: 'error', retryable: true, ...limited };
    expect(told).toEqual([
      { ...later, id: 1 },
      { ...later, id: 2 },
      { ...later, id: 3 },
      { type: 'error', id: 4, retryable: false, ...wrong },
      {
        type: 'error',
        id: 5,
        retryable: false,
        code: 'EVENT_UNKNOWN',
        message: 'nobody stands here',
      },
      { ...later, id: 6, channel: 'old' },
    ]);
    expect(notes.filter((note) => note.startsWith('refused'))).toHaveLength(6);
  });

  it('of a signal tells the observer only', async () => {
    const { enter, notes } = await startWorld({ policy: { ...openPolicy, signal: () => limited } });
    const client = await enter();
    client.signal('news', 1);
    await settled();
    expect([client.got, notes.at(-1)]).toEqual([[], 'refused RATE_LIMITED']);
  });

  it('lets a member stay where it stands that may say so again only later', async () => {
    let answer: Verdict = true;
    const policy: Policy = { ...openPolicy, roster: () => true, enter: () => answer };
    const { enter, hub } = await startWorld({ policy });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    ann.subscribe('~roster:news');
    bob.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    await settled();
    ann.told();
    bob.told();
    answer = limited;
    bob.say({ type: 'enter', id: 2, channel: 'news', data: 'here' });
    await settled();
    expect([bob.told(), ann.told()]).toEqual([['error 2 RATE_LIMITED'], []]);
    answer = false;
    await hub.recheck();
    await settled();
    expect(ann.told()).toHaveLength(1);
  });

  it('is asked about removals by what they are', async () => {
    const asked: unknown[] = [];
    const { enter } = await startWorld({
      policy: { ...openPolicy, publish: (request) => asked.push(request) > 0 },
      channels: () => ({ kind: 'state' }),
    });
    (await enter()).publish('scores', null, { key: 'red', removed: true });
    await settled();
    expect(asked).toStrictEqual([
      { user: 'ann', channel: 'scores', data: null, key: 'red', removed: true },
    ]);
  });
});
