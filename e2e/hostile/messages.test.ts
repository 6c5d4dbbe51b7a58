/**
 * What clients say that they should not, through every door of a whole server: before they are let in, nested too deep, too much of it,
 * with numbers that are none. Each is answered as it should be, and others are served.
 */
import { describe, expect, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import type { Policy } from '../../src/ports/index.ts';
import type { ClientMessage, ServerMessage } from '../../src/wire/index.ts';
import { ScriptedBroker, ScriptedEngine } from '../../test/hub/scripted-broker.ts';
import { type Door, doors, openHouse, type Visitor } from './doors.ts';

const soon = { timeout: 10_000, interval: 10 };
const hello: ClientMessage = { type: 'hello', version: 1, capabilities: [], token: 'ann' };
const all: Policy = {
  connect: ({ token }) => token ?? 'nobody',
  subscribe: () => true,
  publish: () => true,
  signal: () => true,
  enter: () => true,
  roster: () => true,
  call: () => true,
};

async function welcomed(door: Door, house: Parameters<Door['enter']>[0]): Promise<Visitor> {
  const visitor = await door.enter(house);
  visitor.say(hello);
  await expect.poll(() => visitor.heard.map(({ type }) => type), soon).toEqual(['welcome']);
  return visitor;
}

async function heardOf(visitor: Visitor, id: number): Promise<ServerMessage> {
  const find = (): ServerMessage | undefined =>
    visitor.heard.find((message) => 'id' in message && message.id === id);
  await expect.poll(find, soon).toBeDefined();
  return find()!;
}

describe.each(doors)('A10: through $name', (door) => {
  const commands: readonly ClientMessage[] = [
    { type: 'renew', id: 1, token: 'x' },
    { type: 'subscribe', id: 1, channel: 'news' },
    { type: 'resume', id: 1, channels: [{ channel: 'news' }] },
    { type: 'unsubscribe', id: 1, channel: 'news' },
    { type: 'publish', id: 1, channel: 'news', data: 1 },
    { type: 'signal', channel: 'news', data: 1 },
    { type: 'history', id: 1, channel: 'news', limit: 1 },
    { type: 'enter', id: 1, channel: 'news', data: 1 },
    { type: 'exit', id: 1, channel: 'news' },
    { type: 'call', id: 1, method: 'run', data: 1, withinMs: 1_000 },
    { type: 'cancel', id: 1 },
    { type: 'answer', id: 1, data: 1 },
    { type: 'decline', id: 1, code: 'CALL_FAILED', message: '' },
    { type: 'ping', id: 1 },
  ];

  it.each(['without a hello', 'behind one that is refused'])(
    'A10: each command %s is the end of its session, and does nothing',
    async (how) => {
      const asked: string[] = [];
      const say = (what: string) => (): boolean => asked.push(what) > 0;
      const broker = new ScriptedBroker(new ScriptedEngine());
      const policy: Policy = {
        connect: () => undefined,
        subscribe: say('subscribe'),
        publish: say('publish'),
        signal: say('signal'),
        enter: say('enter'),
        roster: say('roster'),
        call: say('call'),
      };
      const house = await openHouse({ policy, broker, methods: { run: say('run') } });
      const before = [broker.calls.length, broker.busCalls.length];
      const isRefused = how !== 'without a hello';
      await Promise.all(
        commands.map(async (command) => {
          const visitor = await door.enter(house);
          if (isRefused) {
            visitor.say(hello);
          }
          visitor.say(command);
          await expect.poll(() => visitor.left?.code, soon).toBe(isRefused ? 4503 : 4500);
          expect(visitor.heard.filter(({ type }) => type !== 'disconnect')).toEqual([]);
        }),
      );
      expect(asked).toEqual([]);
      expect([broker.calls.length, broker.busCalls.length]).toEqual(before);
      expect([...broker.engine.claims.keys()].filter((key) => !key.startsWith('~node:'))).toEqual(
        [],
      );
      expect(house.hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
    },
  );
});

/** Lists in lists, as many as `depth`. */
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe.each(doors)('D2: through $name', (door) => {
  const carriers: Readonly<Record<string, (id: number, data: unknown) => ClientMessage>> = {
    'a payload': (id, data) => ({ type: 'publish', id, channel: 'news', data }),
    'a signal': (_id, data) => ({ type: 'signal', channel: 'news', data }),
    'data of a roster': (id, data) => ({ type: 'enter', id, channel: 'news', data }),
    'a call': (id, data) => ({ type: 'call', id, method: 'echo', data, withinMs: 5_000 }),
  };

  it.each(Object.entries(carriers))(
    'D2: %s is as deep as may be, and no deeper',
    async (_what, carry) => {
      const echo = (data: unknown): unknown => data;
      const house = await openHouse({ policy: all, broker: memory(), methods: { echo } });
      const witness = await welcomed(doors[0]!, house);
      witness.say({ type: 'subscribe', id: 1, channel: 'news' });
      witness.say({ type: 'subscribe', id: 2, channel: '~roster:news' });
      await heardOf(witness, 2);
      // The message itself is one of the 64.
      const deepest = await welcomed(door, house);
      deepest.say(carry(3, JSON.parse(nested(62))));
      deepest.say(carry(4, JSON.parse(nested(63))));
      deepest.say({ type: 'ping', id: 5 });
      await heardOf(deepest, 5);
      if ('id' in carry(3, 0)) {
        expect([(await heardOf(deepest, 3)).type, (await heardOf(deepest, 4)).type]).not.toContain(
          'error',
        );
      }
      expect(deepest.heard.filter(({ type }) => type === 'error')).toEqual([]);
      for (const depth of [64, 200_000]) {
        const visitor = await welcomed(door, house);
        // JSON.stringify cannot make it either: the text is put in by hand.
        if (door.name.endsWith('JSON')) {
          visitor.sayRaw(JSON.stringify(carry(3, 'HERE')).replace('"HERE"', nested(depth)));
        } else if (depth === 64) {
          visitor.say(carry(3, JSON.parse(nested(depth))));
        } else {
          continue;
        }
        await expect.poll(() => visitor.left?.code, soon).toBe(4501);
      }
      // Whoever is told what is as deep as may be, and the server that encodes it again, live.
      witness.say({ type: 'ping', id: 9 });
      await heardOf(witness, 9);
      expect(witness.left).toBeUndefined();
    },
  );
});

describe.each(doors.filter(({ name }) => name.endsWith('JSON')))('D1: through $name', (door) => {
  it('D1: a number that is none is answered with what is wrong, or ends its session', async () => {
    const house = await openHouse({ policy: all, broker: memory() });
    const frames = ['0', '-1', '1.5', 'NaN', '1e9', '"1"', '1e400', '9007199254740993'].flatMap(
      (number) => [
        `{"type":"history","id":1,"channel":"news","limit":${number}}`,
        `{"type":"call","id":1,"method":"m","data":1,"withinMs":${number}}`,
        `{"type":"hello","version":1,"capabilities":[],"length":${number}}`,
      ],
    );
    const visitors = await Promise.all(frames.map(() => welcomed(door, house)));
    for (const [index, visitor] of visitors.entries()) {
      visitor.sayRaw(frames[index]!);
    }
    const legal = (frame: string): boolean => /"withinMs":1e9/.test(frame);
    for (const [index, visitor] of visitors.entries()) {
      if (!legal(frames[index]!)) {
        const ended = (): unknown =>
          visitor.left?.code ?? visitor.heard.find(({ type }) => type === 'error')?.type;
        await expect.poll(ended, { ...soon, message: frames[index]! }).toBeDefined();
        expect([4501, 'error', 4500]).toContain(ended());
      }
    }
  });
});

describe.each(doors)('D5: through $name', (door) => {
  const limits = { maxSubscriptions: 5, maxPending: 50 };

  it('D5: ten times the cap in one batch: so many are taken, and each other one is told so', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const house = await openHouse({
      policy: all,
      broker: memory(),
      limits,
      calls: { maxCallsOfSession: 3 },
      presence: { maxRostersOfSession: 4, maxMemberBytes: 100 },
      methods: { wait: () => held.then(() => 'done') },
    });
    const visitor = await welcomed(door, house);
    const codes = async (first: number, count: number): Promise<Record<string, number>> => {
      const found: Record<string, number> = {};
      for (let id = first; id < first + count; id += 1) {
        const answer = await heardOf(visitor, id);
        const name = answer.type === 'error' ? answer.code : answer.type;
        found[name] = (found[name] ?? 0) + 1;
      }
      return found;
    };
    for (let index = 0; index < 50; index += 1) {
      visitor.say({ type: 'subscribe', id: 100 + index, channel: `room:${index}` });
    }
    expect(await codes(100, 50)).toEqual({ subscribed: 5, TOO_MANY_SUBSCRIPTIONS: 45 });
    for (let index = 0; index < 40; index += 1) {
      visitor.say({ type: 'enter', id: 200 + index, channel: `room:${index}`, data: 1 });
    }
    const entered = await codes(200, 40);
    expect(entered['entered']).toBe(4);
    visitor.say({ type: 'enter', id: 300, channel: 'room:0', data: 'x'.repeat(97) });
    visitor.say({ type: 'enter', id: 301, channel: 'room:0', data: 'x'.repeat(200) });
    expect(await codes(300, 2)).toEqual({ entered: 1, DATA_TOO_LARGE: 1 });
    for (let index = 0; index < 30; index += 1) {
      visitor.say({ type: 'call', id: 400 + index, method: 'wait', data: 1, withinMs: 20_000 });
    }
    await expect
      .poll(() => visitor.heard.filter(({ type }) => type === 'error').length, soon)
      .toBe(45 + 36 + 1 + 27);
    release!();
    expect(await codes(400, 30)).toEqual({ reply: 3, TOO_MANY_REQUESTS: 27 });
  });
});
