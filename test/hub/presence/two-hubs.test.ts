/**
 * Two hubs on one store: what calls, rosters and inboxes promise, as clients see it.
 */
import { describe, expect, it } from 'vitest';
import { type MemoryStore, memoryStore } from '../../../src/brokers/memory.ts';
import { createHub, type Hub, type HubOptions } from '../../../src/hub/index.ts';
import type { Policy } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { openPolicy, settled, TestClient } from '../world.ts';

const policy: Policy = {
  ...openPolicy,
  call: () => true,
  enter: () => true,
  roster: ({ user }) => user !== 'eve',
};

async function startTwo(options: Partial<HubOptions> = {}): Promise<{
  clock: ManualClock;
  hubs: readonly [Hub, Hub];
  store: MemoryStore;
  enter: (hub: Hub, token: string, resume?: TestClient) => Promise<TestClient>;
  pass: (ms: number) => Promise<void>;
}> {
  const clock = new ManualClock();
  const store = memoryStore({ nowMs: () => clock.nowMs() });
  const start = async (): Promise<Hub> => {
    const hub = createHub({ policy, broker: store.node(), clock, ...options });
    await hub.start();
    return hub;
  };
  const hubs = [await start(), await start()] as const;
  const all = async (): Promise<void> => {
    for (let i = 0; i < 30; i += 1) {
      await settled();
    }
  };
  const enter = async (hub: Hub, token: string, resume?: TestClient): Promise<TestClient> => {
    const client = new TestClient();
    client.desk = hub.open(client);
    const welcome = resume?.all('welcome')[0];
    const named =
      welcome === undefined ? {} : { resume: { session: welcome.session, secret: welcome.secret } };
    client.say({ type: 'hello', version: 1, capabilities: [], token, ...named });
    await all();
    return client;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await all();
    }
  };
  return { clock, hubs, store, enter, pass };
}

describe('a session that goes on at another node', () => {
  it('gets the answer of the call that it made at the first', async () => {
    let runs = 0;
    let finish!: (value: unknown) => void;
    const slow = (): Promise<unknown> => {
      runs += 1;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const { hubs, enter, pass } = await startTwo({ methods: { slow } });
    const before = await enter(hubs[0], 'ann');
    const call = { type: 'call', id: 7, method: 'slow', data: null, withinMs: 30_000 } as const;
    before.say(call);
    await pass(500);
    before.desk.closed();
    const after = await enter(hubs[1], 'ann', before);
    expect(after.all('welcome')).toMatchObject([{ resumed: true }]);
    after.say(call);
    await pass(500);
    finish('done');
    await pass(2_000);
    expect([runs, after.all('reply')]).toEqual([1, [{ type: 'reply', id: 7, data: 'done' }]]);
  });

  it('stays in its rosters: who looks sees one join, and no leave', async () => {
    const { hubs, enter, pass } = await startTwo();
    const looker = await enter(hubs[0], 'bob');
    looker.subscribe('~roster:lobby');
    await pass(500);
    const before = await enter(hubs[0], 'ann');
    before.say({ type: 'enter', id: 1, channel: 'lobby', data: 'here' });
    await pass(500);
    before.desk.closed();
    const after = await enter(hubs[1], 'ann', before);
    after.say({ type: 'enter', id: 1, channel: 'lobby', data: 'back' });
    await pass(200_000);
    const said = looker
      .all('publication')
      .map(({ channel, publication }) => [
        channel,
        publication.removed === true ? 'left' : (publication.data as { data: unknown }).data,
      ]);
    expect(said).toEqual([
      ['~roster:lobby', 'here'],
      ['~roster:lobby', 'back'],
    ]);
  });
});

describe('a member whose session goes on at another node', () => {
  const told = (looker: TestClient): unknown[] =>
    looker
      .all('publication')
      .map(({ publication: { removed, data } }) =>
        removed === true ? 'left' : (data as { data: unknown }).data,
      );

  it.each(['away for longer than sessions are kept', 'stopped'])(
    'stays, when it says so again, though the node that it came from is %s',
    async (how) => {
      const { hubs, enter, pass } = await startTwo();
      const looker = await enter(hubs[1], 'bob');
      looker.subscribe('~roster:lobby');
      await pass(500);
      const before = await enter(hubs[0], 'ann');
      before.say({ type: 'enter', id: 1, channel: 'lobby', data: 'here' });
      await pass(500);
      const after = await enter(hubs[1], 'ann', before);
      await pass(500);
      expect(before.why?.name).toBe('FENCED');
      after.say({ type: 'enter', id: 1, channel: 'lobby', data: 'here' });
      await pass(500);
      if (how === 'stopped') {
        await hubs[0].stop();
      }
      await pass(200_000);
      expect(told(looker)).not.toContain('left');
      // And what it does next is done there.
      after.say({ type: 'exit', id: 2, channel: 'lobby' });
      await pass(500);
      expect(told(looker).at(-1)).toBe('left');
    },
  );
});

describe('a node that others took for dead', () => {
  it('says nothing anew of who has left at another node and come back', async () => {
    const { hubs, store, enter, pass } = await startTwo();
    const looker = await enter(hubs[1], 'bob');
    looker.subscribe('~roster:lobby');
    const first = await enter(hubs[0], 'ann');
    first.say({ type: 'enter', id: 1, channel: 'lobby', data: 'here' });
    await pass(500);
    const [joined] = looker.all('publication');
    const { node } = joined!.publication.data as { readonly node: string };
    const second = await enter(hubs[1], 'ann', first);
    second.say({ type: 'enter', id: 1, channel: 'lobby', data: 'here' });
    await pass(500);
    second.say({ type: 'exit', id: 2, channel: 'lobby' });
    await pass(500);
    const third = await enter(hubs[0], 'ann', second);
    expect(third.all('welcome')).toMatchObject([{ resumed: true }]);
    await endLife(store, node);
    await pass(200_000);
    const said = looker.all('publication').map(({ publication }) => publication.removed === true);
    expect(said).toEqual([false, false, true]);
  });
});

/** As when its lease had ended. */
async function endLife(store: MemoryStore, node: string): Promise<void> {
  const other = store.node();
  await other.start({ deliver: () => undefined, hear: () => undefined });
  const claim = await other.claims.get(`~node:${node}`);
  expect(await other.claims.release(`~node:${node}`, claim!.revision)).toBe(true);
  await other.stop();
}

describe('an enter that lands late', () => {
  it('at a node that the session has left does not replace what it said at the other', async () => {
    let answer!: (may: boolean) => void;
    let asked = 0;
    const slow: Policy = {
      ...policy,
      enter: () => {
        asked += 1;
        return asked === 1
          ? new Promise((resolve) => {
              answer = resolve;
            })
          : true;
      },
    };
    const { hubs, enter, pass } = await startTwo({ policy: slow });
    const looker = await enter(hubs[1], 'bob');
    looker.subscribe('~roster:lobby');
    const before = await enter(hubs[0], 'ann');
    before.say({ type: 'enter', id: 1, channel: 'lobby', data: 'old' });
    const after = await enter(hubs[1], 'ann', before);
    after.say({ type: 'enter', id: 1, channel: 'lobby', data: 'new' });
    await pass(500);
    answer(true);
    await pass(200_000);
    const said = looker.all('publication').map(({ publication }) => publication.data);
    expect(said).toMatchObject([{ data: 'new' }]);
  });
});

describe('a session that does not come back', () => {
  it('leaves its rosters when its time is over', async () => {
    const { hubs, enter, pass } = await startTwo();
    const looker = await enter(hubs[1], 'bob');
    looker.subscribe('~roster:lobby');
    const gone = await enter(hubs[0], 'ann');
    gone.say({ type: 'enter', id: 1, channel: 'lobby', data: null });
    await pass(500);
    gone.desk.closed();
    await pass(200_000);
    const said = looker.all('publication').map(({ publication }) => publication.removed === true);
    expect(said).toEqual([false, true]);
  });
});

describe("the hub's own channels", () => {
  it('an inbox is of its user alone, and resumes; nobody names that of another', async () => {
    const { hubs, enter, pass } = await startTwo();
    const [ann, eve] = [await enter(hubs[1], 'ann'), await enter(hubs[1], 'eve')];
    ann.subscribe('~inbox');
    eve.subscribe('~inbox');
    eve.subscribe('~user:b.c5n6s');
    eve.subscribe('~roster:lobby');
    eve.publish('~inbox', 'forged');
    eve.publish('~roster:lobby', 'forged');
    await pass(500);
    await hubs[0].toUser('ann', 'for you');
    await pass(3_000);
    expect(ann.all('publication')).toMatchObject([
      { channel: '~inbox', publication: { data: 'for you' } },
    ]);
    expect(eve.all('publication')).toEqual([]);
    expect(
      eve
        .all('error')
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['CHANNEL_INVALID', 'CHANNEL_INVALID', 'CHANNEL_INVALID', 'FORBIDDEN']);
  });

  it('a signal reaches one session of another node, and a broadcast all', async () => {
    const { hubs, enter, pass } = await startTwo();
    const [ann, bob] = [await enter(hubs[0], 'ann'), await enter(hubs[1], 'bob')];
    const { session } = bob.all('welcome')[0]!;
    expect(await hubs[0].toSession(session, 'psst')).toBe(true);
    await hubs[1].broadcast('all');
    await pass(500);
    expect(ann.all('signal').map(({ data }) => data)).toEqual(['all']);
    expect(bob.all('signal').map(({ data }) => data)).toEqual(['psst', 'all']);
  });
});
