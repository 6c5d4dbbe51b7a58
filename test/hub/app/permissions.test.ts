/**
 * Threats D9 and D10 (docs/3-reference/threats.md): who may do what, by which name, over a whole hub. What must come of it stands in a table of its
 * own, which knows names by heart and no patterns.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { implement } from '../../../src/hub/app/index.ts';
import type { Hub } from '../../../src/hub/index.ts';
import { type Testbed, testbed } from '../../../src/testbed/index.ts';
import { RawClient, type Saying } from './raw-client.ts';

const desk = contract({
  user: z.object({ id: z.string(), tenant: z.string() }),
  channels: {
    'room/:tenant/:room': {
      events: { line: z.number() },
      signals: { typing: z.number() },
      presence: z.number(),
      calls: { size: { in: z.null(), out: z.number() } },
    },
    'board/:tenant': { state: z.number() },
  },
});

/** Of no tenant, and of two. `root` may do everything: it watches. */
const tenants: Readonly<Record<string, string>> = {
  anonymous: '',
  ann: 'a',
  bob: 'b',
  root: 'root',
};

interface World {
  readonly bed: Testbed;
  readonly hub: Hub;
  /** Of which authorize says no from now on. */
  readonly banned: Set<string>;
}

async function start(): Promise<World> {
  const bed = testbed();
  const banned = new Set<string>();
  const authorize = ({
    user,
    params,
  }: {
    readonly user: { readonly id: string; readonly tenant: string };
    readonly params: { readonly tenant: string };
  }): boolean => !banned.has(user.id) && (user.tenant === 'root' || user.tenant === params.tenant);
  const app = implement(desk, {
    authenticate: ({ token }) => {
      const tenant = token === undefined ? undefined : tenants[token];
      return tenant === undefined ? undefined : { id: token!, tenant };
    },
    channels: {
      'room/:tenant/:room': { authorize, calls: { size: () => 1 } },
      'board/:tenant': { authorize },
    },
  });
  const limits = { hellosPerSecond: 1e6 };
  const { hub } = await bed.serve({ app, limits });
  return { bed, hub, banned };
}

/** Everything that a client can ask about a name. */
const actions: Readonly<Record<string, (channel: string) => Saying>> = {
  publish: (channel) => ({ type: 'publish', channel, event: 'line', data: 1 }),
  set: (channel) => ({ type: 'publish', channel, key: 'k', data: 1 }),
  signal: (channel) => ({ type: 'signal', channel, event: 'typing', data: 1 }),
  subscribe: (channel) => ({ type: 'subscribe', channel }),
  resume: (channel) => ({ type: 'resume', channels: [{ channel }] }),
  history: (channel) => ({ type: 'history', channel, limit: 1 }),
  enter: (channel) => ({ type: 'enter', channel, data: 1 }),
  roster: (channel) => ({ type: 'subscribe', channel: `~roster:${channel}` }),
  call: (channel) => ({ type: 'call', channel, method: 'size', data: null, withinMs: 1_000 }),
};
const ofRooms = new Set([
  'publish',
  'signal',
  'subscribe',
  'resume',
  'history',
  'enter',
  'roster',
  'call',
]);
const ofBoards = new Set(['set', 'subscribe', 'resume', 'history']);
const reading = new Set(['subscribe', 'resume', 'history']);

const rooms: Readonly<Record<string, string>> = { 'room/a/1': 'a', 'room/b/1': 'b' };
const boards: Readonly<Record<string, string>> = { 'board/a': 'a', 'board/b': 'b' };
const rosters: Readonly<Record<string, string>> = {
  '~roster:room/a/1': 'a',
  '~roster:room/b/1': 'b',
};
const reserved = [
  '~',
  '~inbox',
  '~inbox:ann',
  '~roster',
  '~roster:',
  '~roster:~inbox',
  '~roster:board/a',
  '~signal:room/a/1',
  '~roster:~roster:room/a/1',
  '~rights',
  '~calls:x',
  '~nodes',
  '~call:x',
];
const nearMisses = [
  '',
  '/',
  'room',
  'room/',
  'room/a',
  'room/a/',
  'room//1',
  'room//',
  '/room/a/1',
  'room/a/1/',
  'room/a/1/2',
  'Room/a/1',
  'ROOM/A/1',
  'room/A/1',
  'room/=61/1',
  'room/%61/1',
  'room/a=2Fb/1',
  ' room/a/1',
  'room/a/1 ',
  'room/a/1\n',
  'room/a/1\0',
  'room/a\u200B/1',
  'room/\u0430/1',
  'room/\uFF41/1',
  'room/a/e\u0301',
  'room/a/é',
  'room/a/../b/1',
  'room/b/../a/1',
  'room/./a/1',
  'room/*/1',
  'room/#',
  'room/>',
  'room/+/1',
  'room/:tenant/1',
  'room/:tenant/:room',
  'room.a.1',
  'room/a/=',
  'room/a/=6',
  'room/a/=ZZ',
  'room/a/=FF',
  `room/a/${'x'.repeat(300)}`,
  'lobby',
  'board',
  'board/',
  'board/A',
  'board/a/',
  'board/a/1',
  'board/=61',
  'boards/a',
  'board/',
  '__proto__',
  'constructor',
  'room/__proto__/1',
  'board/constructor',
  'toString',
];
const names = [
  ...new Set([...Object.keys(rooms), ...Object.keys(boards), ...Object.keys(rosters)]),
  ...reserved,
  ...nearMisses,
];

/** The oracle. */
function may(user: string, action: string, name: string): boolean {
  const tenant = tenants[user]!;
  if (action === 'roster') {
    return rooms[name] === tenant;
  }
  if (reading.has(action) && name === '~inbox') {
    return true;
  }
  if (reading.has(action) && rosters[name] !== undefined) {
    return rosters[name] === tenant;
  }
  return (
    (ofRooms.has(action) && rooms[name] === tenant) ||
    (ofBoards.has(action) && boards[name] === tenant)
  );
}

/** What leaves a trace that others see. */
const leavesTrace = new Set(['publish', 'set', 'signal', 'enter']);

async function watching({ bed, hub }: World): Promise<{ heard(): number }> {
  const root = await RawClient.come({ bed, hub }, 'root');
  for (const name of [...Object.keys(rooms), ...Object.keys(boards), ...Object.keys(rosters)]) {
    expect(await root.ask({ type: 'subscribe', channel: name })).toBe('ok');
  }
  root.got.length = 0;
  return {
    heard: () => {
      const heard = root.got.filter(({ type }) => type === 'publication' || type === 'signal');
      root.got.length = 0;
      return heard.length;
    },
  };
}

describe('D9: who may do what, by which name', () => {
  for (const user of ['anonymous', 'ann', 'bob']) {
    it(`${user}: every action by every name, as the table says, and not once otherwise`, async () => {
      const world = await start();
      const root = await watching(world);
      const deviations: string[] = [];
      let cells = 0;
      let allowed = 0;
      for (const [action, saying] of Object.entries(actions)) {
        for (const name of names) {
          const client = await RawClient.come(world, user);
          const answer = await client.ask(saying(name));
          const heard = root.heard();
          const isAllowed = may(user, action, name);
          const isDone = action === 'signal' ? heard === 1 : answer === 'ok';
          const wanted = isAllowed && leavesTrace.has(action) ? 1 : 0;
          if (isDone !== isAllowed || heard !== wanted) {
            deviations.push(`${action} ${JSON.stringify(name)}: ${answer}, ${heard} heard`);
          }
          client.desk.closed();
          // Whoever entered leaves: that is heard before the next.
          await world.bed.advance(action === 'enter' && isAllowed ? 130_000 : 0);
          root.heard();
          cells += 1;
          allowed += isAllowed ? 1 : 0;
        }
      }
      expect(deviations).toEqual([]);
      expect(cells).toBe(Object.keys(actions).length * names.length);
      // Of its own: 8 of a room, 4 of a board, 3 of the room's roster; and the inbox, by 3.
      expect(allowed).toBe(user === 'anonymous' ? 3 : 18);
      world.bed.close();
    });
  }

  it('whoever is not let in can do nothing, whatever the name', async () => {
    const world = await start();
    const root = await watching(world);
    for (const token of [undefined, 'eve', '__proto__', 'constructor']) {
      for (const [action, saying] of Object.entries(actions)) {
        const client = await RawClient.come(world, token);
        expect(client.why?.name).toBe('UNAUTHORISED');
        expect(`${action}: ${await client.ask(saying('room/a/1'))}`).toBe(`${action}: nothing`);
      }
    }
    expect(root.heard()).toBe(0);
    world.bed.close();
  });
});

describe('D10: what a disconnect leaves behind', () => {
  const roster = '~roster:room/a/1';
  const enter = { type: 'enter', channel: 'room/a/1', data: 7 };

  it('of a client that may not enter is nothing: neither when it asks nor when it goes', async () => {
    const world = await start();
    const root = await watching(world);
    for (const user of ['anonymous', 'bob', 'eve']) {
      const client = await RawClient.come(world, user);
      client.say(enter);
      client.say({ type: 'publish', channel: 'room/a/1', event: 'line', data: 7 });
      // Before anything is answered, and after.
      client.desk.closed();
      await world.bed.advance(300_000);
      const slow = await RawClient.come(world, user);
      await slow.ask(enter);
      slow.desk.closed();
      await world.bed.advance(300_000);
    }
    expect(root.heard()).toBe(0);
    world.bed.close();
  });

  it('of a client that may no more is nothing: it was taken out when its rights were', async () => {
    const world = await start();
    const ann = await RawClient.come(world, 'ann');
    expect(await ann.ask(enter)).toBe('ok');
    const root = await watching(world);
    world.banned.add('ann');
    const checking = world.hub.recheck({ user: 'ann' });
    await world.bed.advance(1_000);
    await checking;
    expect(root.heard()).toBe(1);
    ann.desk.closed();
    await world.bed.advance(300_000);
    expect(root.heard()).toBe(0);
    world.bed.close();
  });

  it('of a member is one removal, with nothing said, for those who may see the roster', async () => {
    const world = await start();
    const ann = await RawClient.come(world, 'ann');
    const mate = await RawClient.come(world, 'ann');
    const bob = await RawClient.come(world, 'bob');
    expect(await mate.ask({ type: 'subscribe', channel: roster })).toBe('ok');
    expect(await bob.ask({ type: 'subscribe', channel: roster })).toBe('FORBIDDEN');
    await ann.ask(enter);
    const [before, bobs] = [mate.got.length, bob.got.length];
    ann.desk.closed();
    await world.bed.advance(300_000);
    expect(mate.got.slice(before)).toMatchObject([
      { type: 'publication', publication: { removed: true, data: null } },
    ]);
    expect(bob.got).toHaveLength(bobs);
    world.bed.close();
  });
});
