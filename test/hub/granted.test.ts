/** What goes on is asked about again: as clients see it. */
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/brokers/memory.ts';
import { createHub, type Hub, type HubOptions } from '../../src/hub/index.ts';
import { BrokerError, type Policy } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { fill, filled, place, zero } from './channel/filled.ts';
import { openPolicy, settled, startWorld, TestClient } from './world.ts';

/** A policy that forbids what stands here: `ann news`, `roster ann news`, `enter ann news`. */
function changing(): {
  readonly policy: Policy;
  readonly no: Set<string>;
  readonly asked: string[];
} {
  const no = new Set<string>();
  const asked: string[] = [];
  const may = (what: string): boolean => {
    asked.push(what);
    return !no.has(what);
  };
  const policy: Policy = {
    ...openPolicy,
    subscribe: ({ user, channel }) => may(`${user} ${channel}`),
    roster: ({ user, channel }) => may(`roster ${user} ${channel}`),
    enter: ({ user, channel, data }) => may(`enter ${user} ${channel} ${String(data)}`),
  };
  return { policy, no, asked };
}

describe('D11: a right that is withdrawn from a subscription that is live', () => {
  it('is told as one gap, and nothing comes after it; others go on', async () => {
    const { policy, no } = changing();
    const world = await filled(2, { policy });
    const [ann, bob] = [await world.enter('ann'), await world.enter('bob')];
    for (const client of [ann, bob]) {
      client.subscribe('news');
      await settled();
      client.told();
    }
    no.add('ann news');
    fill(world, 3, 3);
    expect(ann.told()).toEqual(['publication 3']);
    await world.hub.recheck({ user: 'ann' });
    fill(world, 4, 4);
    await settled();
    expect(ann.told()).toEqual(['gap unauthorised 3 3']);
    expect(bob.told()).toEqual(['publication 3', 'publication 4']);
    expect(world.notes).toContain('gapped news unauthorised');
    expect(world.hub.view()).toEqual({ sessions: 2, channels: 1, subscriptions: 1 });
    await world.hub.recheck();
    expect(ann.told()).toEqual([]);
    ann.unsubscribe('news');
    ann.subscribe('news', place(world, 3));
    await settled();
    expect(ann.told()).toEqual(['error 2 NOT_SUBSCRIBED', 'error 3 FORBIDDEN']);
    no.clear();
    ann.subscribe('news', place(world, 3));
    await settled();
    expect(ann.told()).toEqual(['subscribed 3', 'publication 4', 'caughtUp 4']);
  });

  it('of whom nothing changed is told nothing', async () => {
    const { policy } = changing();
    const world = await filled(1, { policy });
    const client = await world.enter('ann');
    client.subscribe('news');
    client.subscribe('~inbox');
    await settled();
    client.told();
    await world.hub.recheck();
    fill(world, 2, 2);
    expect(client.told()).toEqual(['publication 2']);
  });

  it('is asked about as far as was said: that user, that channel, its roster', async () => {
    const { policy, asked } = changing();
    const world = await startWorld({ policy });
    for (const user of ['ann', 'bob']) {
      const client = await world.enter(user);
      for (const channel of ['news', 'talk', '~roster:news']) {
        client.subscribe(channel);
      }
      client.say({ type: 'enter', id: 9, channel: 'news', data: 'here' });
    }
    await settled();
    const askedFor = async (scope: { user?: string; channel?: string }): Promise<string[]> => {
      asked.length = 0;
      await world.hub.recheck(scope);
      return asked.toSorted();
    };
    const ofAnn = ['ann news', 'enter ann news here', 'roster ann news'];
    expect(await askedFor({ user: 'ann', channel: 'news' })).toEqual(ofAnn);
    expect(await askedFor({ user: 'ann' })).toEqual([...ofAnn, 'ann talk'].toSorted());
    expect(await askedFor({ channel: 'talk' })).toEqual(['ann talk', 'bob talk']);
    expect(await askedFor({})).toHaveLength(8);
  });

  it('in the middle of a replay ends it there', async () => {
    const { policy, no } = changing();
    const world = await filled(6, { policy, limits: { pageEntries: 3 } });
    const client = await world.enter('ann');
    world.broker.hold('read');
    client.subscribe('news', zero);
    await settled();
    world.broker.letGoOne('read');
    await settled();
    expect(client.told()).toEqual([
      'subscribed 0',
      'publication 1',
      'publication 2',
      'publication 3',
    ]);
    no.add('ann news');
    await world.hub.recheck({ channel: 'news' });
    world.broker.letGo('read');
    await settled();
    expect(client.told()).toEqual(['gap unauthorised 3 3']);
    expect(world.hub.view()).toMatchObject({ channels: 0, subscriptions: 0 });
  });

  it.each(['follow', 'read'] as const)(
    'before it was answered, at %s, refuses it',
    async (step) => {
      const { policy, no } = changing();
      const world = await filled(3, { policy });
      const client = await world.enter('ann');
      world.broker.hold(step);
      client.subscribe('news', zero);
      await settled();
      no.add('ann news');
      await world.hub.recheck({ user: 'ann' });
      world.broker.letGo(step);
      await settled();
      expect(client.told()).toEqual(['error 1 FORBIDDEN']);
      expect(world.hub.view()).toMatchObject({ channels: 0, subscriptions: 0 });
    },
  );

  it('of keyed state, of signals, and of a roster', async () => {
    const { policy, no } = changing();
    const kinds = { prices: 'state', typing: 'signals' } as const;
    const world = await startWorld({
      policy,
      channels: (name) => ({ kind: kinds[name as keyof typeof kinds] ?? 'log' }),
    });
    world.engine.append('prices', 1, { key: 'tin' });
    const client = await world.enter('ann');
    for (const channel of ['prices', 'typing', '~roster:news']) {
      client.subscribe(channel);
    }
    await settled();
    client.told();
    for (const what of ['ann prices', 'ann typing', 'roster ann news']) {
      no.add(what);
    }
    await world.hub.recheck();
    await settled();
    world.engine.append('prices', 2, { key: 'tin' });
    const bob = await world.enter('bob');
    bob.signal('typing', 'x');
    await settled();
    expect(client.all('gap').map(({ channel, gap }) => [channel, gap.reason])).toEqual([
      ['prices', 'unauthorised'],
      ['typing', 'unauthorised'],
      ['~roster:news', 'unauthorised'],
    ]);
    expect(client.got).toHaveLength(3);
  });

  it('a policy that throws has said no', async () => {
    let fails = false;
    const policy: Policy = {
      ...openPolicy,
      subscribe: () => {
        if (fails) {
          throw new Error('no database');
        }
        return true;
      },
    };
    const world = await filled(1, { policy });
    const client = await world.enter();
    client.subscribe('news');
    await settled();
    client.told();
    fails = true;
    await world.hub.recheck();
    expect(client.told()).toEqual(['gap unauthorised 1 1']);
  });

  it('and a page of history that waits for room is asked about again', async () => {
    const { policy, no } = changing();
    const world = await filled(3, { policy });
    const client = await world.enter('ann');
    client.bufferedBytes = 262_145;
    client.history('news', 10);
    await settled();
    no.add('ann news');
    client.drain();
    await settled();
    expect(client.told()).toEqual(['error 1 FORBIDDEN']);
  });
});

describe('D11: a right to stand in a roster that is withdrawn', () => {
  it('takes the member out, also one whose client is away', async () => {
    const { policy, no } = changing();
    const { hub, engine, enter } = await startWorld({ policy });
    const clients = [await enter('ann'), await enter('bob'), await enter('eve')];
    for (const client of clients) {
      client.say({ type: 'enter', id: 1, channel: 'news', data: 'here' });
    }
    await settled();
    clients[1]!.desk.closed();
    no.add('enter ann news here').add('enter bob news here');
    await hub.recheck({ channel: 'news' });
    await settled();
    const entries = engine.log('~roster:news').entries.map(({ key, removed, by }) => ({
      key,
      removed,
      by,
    }));
    const left = entries.filter(({ removed }) => removed === true).map(({ key }) => key);
    const joined = new Map(entries.map(({ key, by }) => [by, key]));
    expect(new Set(left)).toEqual(new Set([joined.get('ann'), joined.get('bob')]));
    expect(left).toHaveLength(2);
    clients[0]!.told();
    clients[0]!.say({ type: 'enter', id: 2, channel: 'news', data: 'here' });
    await settled();
    expect(clients[0]!.told()).toEqual(['error 2 FORBIDDEN']);
  });
});

describe('D12: another token', () => {
  const policy: Policy = {
    ...openPolicy,
    // Such as `ann news talk`: who it is, and which channels it is for.
    connect: ({ token = '' }) => ({ user: token.split(' ')[0]!, data: token }),
    subscribe: ({ guest, channel }) => String(guest).includes(channel),
    enter: ({ guest, channel }) => String(guest).includes(channel),
  };

  it('D12: that allows less ends what goes on by the one before, of that session alone', async () => {
    const { hub, engine, enter } = await startWorld({ policy });
    const [ann, other] = [await enter('ann news talk'), await enter('ann news talk')];
    for (const client of [ann, other]) {
      client.subscribe('news');
      client.subscribe('talk');
      client.say({ type: 'enter', id: 8, channel: 'news', data: 'here' });
      await settled();
      client.told();
    }
    ann.say({ type: 'renew', id: 9, token: 'ann talk' });
    await settled();
    await hub.publish('news', 'late');
    await settled();
    expect(ann.told().filter((one) => !one.startsWith('renewed'))).toEqual([
      'gap unauthorised 0 0',
    ]);
    expect(other.told()).toEqual(['publication late']);
    const { entries } = engine.log('~roster:news');
    expect(entries.map(({ removed }) => removed === true)).toEqual([false, false, true]);
  });

  it('D12: brought by another connection ends a place in a roster that nobody asked for again', async () => {
    const { engine, connect } = await startWorld({ policy });
    const ann = connect();
    ann.hello('ann news talk');
    await settled();
    for (const [at, channel] of ['news', 'talk'].entries()) {
      ann.say({ type: 'enter', id: at + 1, channel, data: 'here' });
    }
    await settled();
    const resume = ann.all('welcome')[0]!;
    ann.desk.closed();
    const again = connect();
    again.say({ type: 'hello', version: 1, capabilities: [], token: 'ann talk', resume });
    await settled();
    expect(again.all('welcome')).toMatchObject([{ resumed: true }]);
    const left = ['news', 'talk'].map((channel) =>
      engine.log(`~roster:${channel}`).entries.map(({ removed }) => removed === true),
    );
    expect(left).toEqual([[false, true], [false]]);
  });

  it('of which the policy says the same as before is no reason to ask', async () => {
    const { policy: counting, asked } = changing();
    const { enter } = await startWorld({ policy: counting });
    const client = await enter('ann');
    client.subscribe('news');
    await settled();
    client.say({ type: 'renew', id: 9, token: 'ann' });
    await settled();
    expect(client.all('renewed')).toHaveLength(1);
    expect(asked).toEqual(['ann news']);
  });
});

describe('the other nodes', () => {
  async function startTwo(options: Partial<HubOptions>): Promise<{
    hubs: readonly [Hub, Hub];
    enter: (hub: Hub, token: string) => Promise<TestClient>;
  }> {
    const clock = new ManualClock();
    const store = memoryStore({ nowMs: () => clock.nowMs() });
    const start = async (): Promise<Hub> => {
      const hub = createHub({ policy: openPolicy, broker: store.node(), clock, ...options });
      await hub.start();
      return hub;
    };
    const hubs = [await start(), await start()] as const;
    const enter = async (hub: Hub, token: string): Promise<TestClient> => {
      const client = new TestClient();
      client.desk = hub.open(client);
      client.hello(token);
      await settled();
      client.told();
      return client;
    };
    return { hubs, enter };
  }

  it('D12: ask too', async () => {
    const { policy, no, asked } = changing();
    const { hubs, enter } = await startTwo({ policy });
    const client = await enter(hubs[1], 'ann');
    client.subscribe('news');
    await settled();
    client.told();
    asked.length = 0;
    no.add('ann news');
    await hubs[0].recheck({ user: 'ann' });
    await settled();
    expect([client.told(), asked]).toEqual([['gap unauthorised 0 0'], ['ann news']]);
  });

  it('that cannot be told are said to the caller, and this one has asked', async () => {
    const { policy, no } = changing();
    const world = await filled(1, { policy });
    const client = await world.enter('ann');
    client.subscribe('news');
    await settled();
    client.told();
    no.add('ann news');
    const failure = new BrokerError('BROKER_UNREACHABLE', 'no log', true);
    world.broker.ordersFailure = failure;
    await expect(world.hub.recheck()).rejects.toBe(failure);
    expect(client.told()).toEqual(['gap unauthorised 1 1']);
  });

  it('a hub that does not run asks nobody', async () => {
    const { hub } = await startWorld();
    await hub.stop();
    await expect(hub.recheck()).rejects.toMatchObject({ code: 'HUB_NOT_RUNNING' });
  });
});
