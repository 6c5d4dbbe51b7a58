/** What a contract promises, over a whole hub. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { memory } from '../../../src/brokers/memory.ts';
import { contract } from '../../../src/contract/index.ts';
import { implement } from '../../../src/hub/app/index.ts';
import { CallError, createHub } from '../../../src/hub/index.ts';
import type { Visitor } from '../../../src/ports/index.ts';
import { testbed } from '../../../src/testbed/index.ts';
import type { Publication, ServerMessage } from '../../../src/wire/index.ts';
import { chat } from './chat.ts';
import type { RawClient } from './raw-client.ts';
import { type ChatApp, open, startWorld, withRoom } from './world.ts';

const message = { text: 'hi', by: 'ann' };
const hello = { type: 'publish', channel: 'chat/1', event: 'message', data: message };

function publications(client: RawClient): readonly Partial<Publication>[] {
  return client.got.flatMap((one) => (one.type === 'publication' ? [one.publication] : []));
}

function refusal(client: RawClient, code: string): ServerMessage | undefined {
  return client.got.find((one) => one.type === 'error' && one.code === code);
}

describe('what is published', () => {
  it('is what was sent, when it fits; the schema changes nothing of it', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    expect(await world.ask(ann, { ...hello, data: { ...message, extra: 1 } })).toBe('ok');
    expect(publications(ann)).toMatchObject([
      { event: 'message', data: { ...message, extra: 1 }, by: 'ann' },
    ]);
  });

  it('is refused where it does not fit, and the field is named', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    const edited = { id: '1', items: [{ text: 'a' }, { text: 2 }] };
    expect(await world.ask(ann, { ...hello, event: 'edited', data: edited })).toBe(
      'PAYLOAD_INVALID',
    );
    expect(refusal(ann, 'PAYLOAD_INVALID')).toMatchObject({
      retryable: false,
      message: expect.stringContaining('items[1].text'),
      details: { issues: [{ path: 'items[1].text', message: expect.any(String) }] },
    });
  });

  it('under a name that the contract does not have in this channel is EVENT_UNKNOWN', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    for (const event of ['typing', 'Message', 'constructor', '__proto__', 'gap', undefined]) {
      const named = event === undefined ? {} : { event };
      const asked = { type: 'publish', channel: 'chat/1', data: message, ...named };
      expect(await world.ask(ann, asked)).toBe('EVENT_UNKNOWN');
    }
    const key = { type: 'publish', channel: 'price/A', key: 'x', data: { bid: 1, ask: 2 } };
    expect(await world.ask(ann, { ...key, event: 'message' })).toBe('EVENT_UNKNOWN');
  });

  it('in keyed state is a value that fits, or a removal', async () => {
    const wishes: unknown[] = [];
    const world = await startWorld({
      ...open,
      channels: {
        ...open.channels,
        'price/:symbol': {
          authorize: ({ action, name, data }) => {
            wishes.push([action, name, data]);
            return true;
          },
        },
      },
    });
    const ann = await world.come('ann');
    const price = { type: 'publish', channel: 'price/A', key: 'x' };
    expect(await world.ask(ann, { ...price, data: { bid: 1 } })).toBe('PAYLOAD_INVALID');
    expect(await world.ask(ann, { ...price, data: { bid: 1, ask: 2 } })).toBe('ok');
    expect(await world.ask(ann, { ...price, data: null, removed: true })).toBe('ok');
    expect(wishes).toEqual([
      ['set', 'x', { bid: 1, ask: 2 }],
      ['remove', 'x', undefined],
    ]);
  });

  it('is judged by schemas that take their time, in the order in which it was sent', async () => {
    const slow = contract({
      channels: {
        log: {
          events: {
            line: z.number().refine(async (n) => {
              for (let turn = 0; turn < 10 - n; turn += 1) {
                await Promise.resolve();
              }
              return n < 5;
            }),
          },
        },
      },
    });
    const bed = testbed();
    const app = implement(slow, {
      authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
      channels: { log: { authorize: () => true } },
    });
    await bed.serve({ app });
    const ann = bed.client('ann', { token: 'ann' });
    const heard: unknown[] = [];
    ann.subscribe('log').on('publication', ({ data }) => heard.push(data));
    await bed.advance(100);
    const codes = [1, 2, 7, 3].map((n) =>
      ann.publish('log', n, { event: 'line' }).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    );
    await bed.advance(1_000);
    expect(await Promise.all(codes)).toEqual(['ok', 'ok', 'PAYLOAD_INVALID', 'ok']);
    expect(heard).toEqual([1, 2, 3]);
    bed.close();
  });
});

describe('what never fits', () => {
  it('reaches neither authorize, nor middleware, nor a handler, nor another client', async () => {
    const reached: string[] = [];
    const note = (what: string) => (): true => {
      reached.push(what);
      return true;
    };
    const app: ChatApp = {
      ...withRoom({
        authorize: ({ action }) => action === 'subscribe' || note('authorize')(),
        calls: {
          send: () => ({ id: `${note('handler')()}` }),
          size: () => Number(note('handler')()),
        },
      }),
      use: [
        {
          before: ({ action }) => {
            if (action !== 'subscribe') {
              note('before')();
            }
            return undefined;
          },
        },
      ],
    };
    const world = await startWorld(app);
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    const told = ann.got.length;
    expect(await world.ask(ann, { ...hello, data: 1 })).toBe('PAYLOAD_INVALID');
    expect(await world.ask(ann, { ...hello, event: 'other' })).toBe('EVENT_UNKNOWN');
    const call = { type: 'call', channel: 'chat/1', method: 'send', withinMs: 1_000 };
    expect(await world.ask(ann, { ...call, data: { text: 1 } })).toBe('PAYLOAD_INVALID');
    expect(await world.ask(ann, { ...call, method: 'other', data: {} })).toBe('FORBIDDEN');
    expect(await world.ask(ann, { type: 'enter', channel: 'chat/1', data: 1 })).toBe(
      'PAYLOAD_INVALID',
    );
    await world.ask(ann, { type: 'signal', channel: 'chat/1', event: 'typing', data: 1 });
    await world.ask(ann, { type: 'signal', channel: 'chat/1', event: 'other', data: message });
    expect(reached).toEqual([]);
    expect(ann.got.slice(told).map(({ type }) => type)).toEqual(Array(5).fill('error'));
    expect(world.refusals.slice(-2)).toEqual(['PAYLOAD_INVALID', 'EVENT_UNKNOWN']);
  });
});

describe('a channel', () => {
  it('has its parameters from its pattern, decoded, and nobody else names them', async () => {
    const seen: unknown[] = [];
    const room = withRoom({
      authorize: ({ params, channel }) => {
        seen.push([params, channel]);
        return true;
      },
    });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    expect(await world.ask(ann, { type: 'subscribe', channel: 'chat/a=20b' })).toBe('ok');
    expect(seen).toEqual([[{ room: 'a b' }, 'chat/a=20b']]);
    for (const channel of ['chat', 'chat/', 'chat/=61', 'chat/1/2', 'Chat/1', 'other', 'price']) {
      expect(await world.ask(ann, { type: 'subscribe', channel })).toBe('FORBIDDEN');
    }
    expect(seen).toHaveLength(1);
  });

  it('is of the kind that its contract says', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    const kinds: string[] = [];
    for (const channel of ['chat/1', 'price/A', 'cursors']) {
      await world.ask(ann, { type: 'subscribe', channel });
      const answer = ann.got.findLast(({ type }) => type === 'subscribed');
      kinds.push(answer?.type === 'subscribed' ? answer.kind : 'none');
    }
    expect(kinds).toEqual(['log', 'state', 'signals']);
    expect(world.app.channels('chat/1')).toMatchObject({ retain: { entries: 1_000 } });
    expect(world.app.channels('elsewhere')).toBeUndefined();
  });

  it('is shown as `see` says: live, and by history', async () => {
    const room = withRoom({
      see: ({ user, params, name, data, by }) =>
        name === 'message' && data.text !== params.room && by !== user.id,
    });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    const bob = await world.come('bob');
    await world.ask(bob, { type: 'subscribe', channel: 'chat/1' });
    await world.ask(ann, { ...hello, data: { ...message, text: '1' } });
    await world.ask(ann, hello);
    await world.ask(bob, { ...hello, data: { ...message, by: 'bob' } });
    expect(publications(bob)).toMatchObject([{ data: message }]);
    const id = bob.say({ type: 'history', channel: 'chat/1', limit: 10 });
    await world.settle();
    expect(bob.answerTo(id)).toMatchObject({ publications: [{ data: message }] });
  });

  it('that anybody filters is shown to nobody by anything but a plain true', async () => {
    const world = await startWorld(withRoom({ see: (() => undefined) as never }));
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    await world.ask(ann, { type: 'subscribe', channel: 'price/A' });
    await world.ask(ann, hello);
    await world.app.channel('price/:symbol', { symbol: 'A' }).set('x', { bid: 1, ask: 2 });
    await world.settle();
    // What has no `see` is shown whole.
    expect(publications(ann)).toMatchObject([{ key: 'x' }]);
  });
});

describe('authorize', () => {
  it('is asked with what the schema made of the data, and only a plain true is a yes', async () => {
    const asked: unknown[] = [];
    let answer: unknown = true;
    const room = withRoom({
      authorize: ({ user, action, name, data, again }) => {
        asked.push([user.id, action, name, data, again]);
        return answer as boolean;
      },
    });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    expect(await world.ask(ann, { ...hello, data: { ...message, extra: 1 } })).toBe('ok');
    expect(asked).toEqual([['ann', 'publish', 'message', message, undefined]]);
    for (answer of [false, undefined, 1, 'yes', {}, null, Promise.resolve(1)]) {
      expect(await world.ask(ann, hello)).toBe('FORBIDDEN');
    }
    answer = Promise.resolve(true);
    expect(await world.ask(ann, hello)).toBe('ok');
    answer = Promise.reject(new Error('no database'));
    expect(await world.ask(ann, hello)).toBe('FORBIDDEN');
    expect(world.failures).toEqual([new Error('no database')]);
  });

  it('may say why not', async () => {
    const why = { code: 'RATE_LIMITED', message: 'slowly', retryAfterMs: 700 } as const;
    const world = await startWorld(withRoom({ authorize: () => why }));
    const ann = await world.come('ann');
    expect(await world.ask(ann, hello)).toBe('RATE_LIMITED');
    expect(refusal(ann, 'RATE_LIMITED')).toMatchObject({
      message: 'slowly',
      retryable: true,
      retryAfterMs: 700,
    });
  });

  it('is asked again by recheck, which no middleware counts', async () => {
    const counted: string[] = [];
    const asked: unknown[] = [];
    let isMember = true;
    const room = withRoom({
      authorize: ({ action, again, data }) => {
        asked.push([action, again, data]);
        return isMember;
      },
    });
    const world = await startWorld({
      ...room,
      use: [{ before: ({ action }) => void counted.push(action) }],
    });
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    await world.ask(ann, { type: 'enter', channel: 'chat/1', data: { name: 'Ann' } });
    asked.length = 0;
    isMember = false;
    const checking = world.hub.recheck({ user: 'ann' });
    await world.bed.advance(100);
    await checking;
    expect(asked).toEqual([
      ['subscribe', true, undefined],
      ['enter', true, { name: 'Ann' }],
    ]);
    expect(counted).toEqual(['subscribe', 'enter']);
    expect(ann.got.at(-1)).toMatchObject({ type: 'gap', gap: { reason: 'unauthorised' } });
  });
});

describe('who comes in', () => {
  const visitor: Visitor[] = [];
  async function comeAs(answer: unknown) {
    const world = await startWorld({
      ...open,
      authenticate: (one) => {
        visitor.push(one);
        return answer as undefined;
      },
    });
    const client = await world.come('token');
    return { world, client, told: client.why?.name ?? client.got[0]?.type };
  }

  it('is a user of the contract, and as the contract makes it', async () => {
    expect((await comeAs({ id: 'ann', name: 'Ann' })).told).toBe('welcome');
    expect((await comeAs({ user: { id: 'ann', name: 'Ann' } })).told).toBe('welcome');
    expect(visitor[0]).toMatchObject({ token: 'token', address: '192.0.2.1' });
    const rooms: unknown[] = [];
    const room = withRoom({
      authorize: ({ user }) => {
        rooms.push(user.rooms);
        return true;
      },
    });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    // The default of its schema.
    expect(rooms).toEqual([[]]);
  });

  it('is nobody else: no user, a word of refusal, or a user that the contract does not know', async () => {
    expect((await comeAs(undefined)).told).toBe('UNAUTHORISED');
    expect((await comeAs(null)).told).toBe('UNAUTHORISED');
    expect((await comeAs({ refused: 'TOKEN_EXPIRED' })).told).toBe('TOKEN_EXPIRED');
    for (const wrong of [
      { id: 'ann' },
      { id: '', name: 'A' },
      { id: 7, name: 'A' },
      'ann',
      true,
      {},
    ]) {
      const { told, world } = await comeAs(wrong);
      expect(told).toBe('UNAUTHORISED');
      expect(world.failures).toMatchObject([{ code: 'USER_INVALID' }]);
    }
  });

  it('stays until its token ends', async () => {
    const world = await startWorld({
      ...open,
      authenticate: ({ token }) => ({
        user: { id: 'ann', name: 'Ann' },
        expiresAtMs: Number(token),
      }),
    });
    const ann = await world.come(`${world.bed.clock.wallMs() + 60_000}`);
    await world.bed.advance(59_000);
    expect(ann.why).toBeUndefined();
    await world.bed.advance(1_000);
    expect(ann.why?.name).toBe('TOKEN_EXPIRED');
  });
});

describe('a roster', () => {
  it('says what the server says of a user, whatever its client says', async () => {
    const room = withRoom({
      presence: ({ user, params }) => ({ name: `${user.name} in ${params.room}` }),
    });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: '~roster:chat/1' });
    const lie = { type: 'enter', channel: 'chat/1', data: { name: 'Admin' } };
    expect(await world.ask(ann, lie)).toBe('ok');
    expect(publications(ann)).toMatchObject([
      { data: { user: 'ann', data: { name: 'ANN in 1' } } },
    ]);
  });

  it('says what the client says, when it fits', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: '~roster:chat/1' });
    const enter = { type: 'enter', channel: 'chat/1' };
    expect(await world.ask(ann, { ...enter, data: { name: 1 } })).toBe('PAYLOAD_INVALID');
    expect(await world.ask(ann, { ...enter, data: { name: 'Ann' } })).toBe('ok');
    expect(publications(ann)).toMatchObject([{ data: { data: { name: 'Ann' } } }]);
  });

  it('is not there where the contract has no presence', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    expect(await world.ask(ann, { type: 'enter', channel: 'cursors', data: {} })).toBe('FORBIDDEN');
    const roster = { type: 'subscribe', channel: '~roster:cursors' };
    expect(await world.ask(ann, roster)).toBe('FORBIDDEN');
  });

  it('lets nobody in of whom the server says something wrong, or throws: the observer hears why', async () => {
    const enter = { type: 'enter', channel: 'chat/1', data: { name: 'Ann' } };
    const wrong = await startWorld(withRoom({ presence: (() => undefined) as never }));
    const ann = await wrong.come('ann');
    expect(await wrong.ask(ann, enter)).toBe('FORBIDDEN');
    expect(wrong.failures).toMatchObject([{ code: 'MEMBER_INVALID' }]);
    const throwing = await startWorld(
      withRoom({
        presence: () => {
          throw new Error('no database');
        },
      }),
    );
    const bob = await throwing.come('bob');
    expect(await throwing.ask(bob, enter)).toBe('FORBIDDEN');
    expect(throwing.failures).toEqual([new Error('no database')]);
  });
});

describe('a call', () => {
  const send = { type: 'call', channel: 'chat/1', method: 'send', withinMs: 5_000 };

  it('is answered by the handler of its channel, which is given what the schema made of the input', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    const id = ann.say({ ...send, data: { text: '  hi  ' } });
    await world.settle();
    expect(ann.answerTo(id)).toMatchObject({ type: 'reply', data: { id: expect.any(String) } });
    // It publishes into the same channel, in the caller's name.
    expect(publications(ann)).toMatchObject([
      { event: 'message', data: { text: 'hi' }, by: 'ann' },
    ]);
    const who = ann.say({ type: 'call', method: 'whoAmI', data: null, withinMs: 5_000 });
    await world.settle();
    expect(ann.answerTo(who)).toMatchObject({ type: 'reply', data: { name: 'ANN' } });
    const size = ann.say({ ...send, method: 'size', data: null });
    await world.settle();
    expect(ann.answerTo(size)).toMatchObject({ type: 'reply', data: 1 });
  });

  it('is of its channel: no method answers elsewhere, and none of no channel in one', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    const call = { type: 'call', withinMs: 5_000, data: null };
    for (const asked of [
      { ...call, method: 'size' },
      { ...call, method: 'size', channel: 'cursors' },
      { ...call, method: 'size', channel: 'elsewhere' },
      { ...call, method: 'whoAmI', channel: 'chat/1' },
      { ...call, method: 'toString', channel: 'chat/1' },
      { ...call, method: 'constructor' },
    ]) {
      expect(await world.ask(ann, asked)).toBe('FORBIDDEN');
    }
  });

  it('validates once: a schema is not asked twice for one call', async () => {
    let asked = 0;
    const counted = contract({
      channels: {},
      calls: {
        add: {
          in: z.object({ n: z.number() }).refine(() => {
            asked += 1;
            return true;
          }),
          out: z.number(),
        },
      },
    });
    const bed = testbed();
    const app = implement(counted, {
      authenticate: () => ({ id: 'ann' }),
      channels: {},
      authorize: () => true,
      calls: { add: ({ n }) => n + 1 },
    });
    await bed.serve({ app });
    const ann = bed.client('ann');
    await bed.advance(100);
    const adding = ann.call('add', { n: 1 });
    await bed.advance(100);
    expect(await adding).toBe(2);
    expect(asked).toBe(1);
    bed.close();
  });

  it('whose answer does not fit fails; the caller learns nothing of it, the observer all', async () => {
    const room = withRoom({ calls: { send: () => ({ id: 7 }) as never, size: () => 1 } });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    expect(await world.ask(ann, { ...send, data: { text: 'hi' } })).toBe('CALL_FAILED');
    expect(refusal(ann, 'CALL_FAILED')).toMatchObject({ message: 'the call failed' });
    expect(JSON.stringify(refusal(ann, 'CALL_FAILED'))).not.toContain('details');
    expect(world.failures).toMatchObject([{ code: 'ANSWER_INVALID', issues: [{ path: 'id' }] }]);
  });

  it('that publishes what does not fit fails as its own fault; a CallError is told', async () => {
    const room = withRoom({
      calls: {
        send: async (_, { publish, user }) => {
          await publish('message', { text: 'x'.repeat(21), by: user.id });
          return { id: '1' };
        },
        size: () => {
          throw new CallError('too many', { most: 1 });
        },
      },
    });
    const world = await startWorld(room);
    const ann = await world.come('ann');
    expect(await world.ask(ann, { ...send, data: { text: 'hi' } })).toBe('CALL_FAILED');
    expect(world.failures).toMatchObject([{ code: 'PAYLOAD_INVALID', issues: [{ path: 'text' }] }]);
    expect(await world.ask(ann, { ...send, method: 'size', data: null })).toBe('CALL_FAILED');
    expect(ann.got.at(-1)).toMatchObject({ message: 'too many', details: { most: 1 } });
  });
});

describe("the server's own code", () => {
  it('publishes, signals and sets, validated, as nobody or as somebody', async () => {
    const world = await startWorld();
    const ann = await world.come('ann');
    for (const channel of ['chat/1', 'price/A']) {
      await world.ask(ann, { type: 'subscribe', channel });
    }
    const room = world.app.channel('chat/:room', { room: '1' });
    expect(room.name).toBe('chat/1');
    await room.publish('message', message);
    await room.publish('message', message, { by: 'bot' });
    await room.signal('typing', { by: 'bot' }, { by: 'bot' });
    const price = world.app.channel('price/:symbol', { symbol: 'A' });
    await price.set('x', { bid: 1, ask: 2 });
    await price.remove('x');
    await world.settle();
    const said = ann.got.flatMap((one) => {
      if (one.type === 'signal') {
        return [['signal', one.event, one.data, one.by]];
      }
      const { event, key, by, removed } = one.type === 'publication' ? one.publication : {};
      return one.type === 'publication' ? [[event ?? key, by, removed]] : [];
    });
    expect(said).toEqual(
      expect.arrayContaining([
        ['message', undefined, undefined],
        ['message', 'bot', undefined],
        ['signal', 'typing', { by: 'bot' }, 'bot'],
        ['x', undefined, undefined],
        ['x', undefined, true],
      ]),
    );
    const wrong = [
      room.publish('message', { text: 'x'.repeat(21), by: 'ann' }),
      room.signal('typing', {} as never),
      price.set('x', { bid: 1 } as never),
    ];
    for (const one of wrong) {
      await expect(one).rejects.toMatchObject({ code: 'PAYLOAD_INVALID', name: 'AppError' });
    }
    await expect(room.publish('other' as never, message as never)).rejects.toMatchObject({
      code: 'EVENT_UNKNOWN',
    });
  });

  it('has no hub before it is given to one, has one hub at the most, and says so', async () => {
    const app = implement(chat, open);
    const room = app.channel('chat/:room', { room: '1' });
    await expect(room.publish('message', message)).rejects.toMatchObject({ code: 'APP_NOT_BOUND' });
    const world = await startWorld();
    const again = (): unknown =>
      createHub({ app: world.app, broker: memory(), clock: world.bed.clock });
    expect(again).toThrow(expect.objectContaining({ code: 'APP_BOUND_TWICE' }));
    const stopping = world.hub.stop();
    await world.bed.advance(6_000);
    await stopping;
    const own = world.app.channel('chat/:room', { room: '1' });
    await expect(own.publish('message', message)).rejects.toMatchObject({
      code: 'HUB_NOT_RUNNING',
    });
    await expect(own.signal('typing', { by: 'ann' })).rejects.toMatchObject({
      code: 'HUB_NOT_RUNNING',
    });
  });
});
