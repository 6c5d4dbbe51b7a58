/** The last wall before a handler, behind the judge: no handler of another channel, and none for nobody. */
import { describe, expect, it } from 'vitest';
import { methodsFor } from '../../../src/hub/app/handlers.ts';
import { InOrder } from '../../../src/hub/app/in-order.ts';
import { checked } from '../../../src/hub/app/loose.ts';
import { Places } from '../../../src/hub/app/places.ts';
import type { Inputs } from '../../../src/hub/app/verdict.ts';
import type { ApplicationsHub } from '../../../src/hub/application.ts';
import type { CallContext } from '../../../src/hub/calls/methods.ts';
import { annsSession, insider } from './ann.ts';
import { chat } from './chat.ts';
import { type ChatApp, open, withRoom } from './world.ts';

const openCalls = open.channels['chat/:room'].calls;

function methods(app: ChatApp = open) {
  const said: unknown[] = [];
  const hub = { publish: async (...one: unknown[]) => void said.push(one) };
  const loose = checked(chat, app);
  const inputs = new WeakMap() as Inputs;
  const table = methodsFor({
    contract: chat,
    loose,
    places: new Places(chat, loose),
    inputs,
    inOrder: new InOrder(),
    hub: () => hub as unknown as ApplicationsHub,
  });
  const ann = { id: 'ann', name: 'Ann', rooms: [] };
  const call = async (name: string, data: unknown, more: Partial<CallContext> = {}) => {
    const { signal } = new AbortController();
    return table[name]!(data, {
      user: 'ann',
      guest: insider(ann),
      channel: undefined,
      session: 's',
      idempotencyKey: 's:1',
      progress: async () => undefined,
      signal,
      ...more,
    });
  };
  return { table, call, said, inputs };
}

describe('methods of a contract', () => {
  it('are all that it names, in channels or in none, once each', () => {
    expect(Object.keys(methods().table).toSorted()).toEqual(['send', 'size', 'whoAmI']);
  });

  it('run the handler of their channel, or of none', async () => {
    const { call, said } = methods();
    expect(await call('whoAmI', null)).toEqual({ name: 'Ann' });
    expect(await call('send', { text: ' hi ' }, { channel: 'chat/1' })).toEqual({ id: 's:1' });
    expect(said).toEqual([['chat/1', { text: 'hi', by: 'ann' }, { by: 'ann', event: 'message' }]]);
  });

  it('run nothing of another channel, of none in one, or for nobody', async () => {
    const { call, said } = methods();
    const wrong = [
      call('send', { text: 'hi' }),
      call('send', { text: 'hi' }, { channel: 'cursors' }),
      call('send', { text: 'hi' }, { channel: 'elsewhere' }),
      call('whoAmI', null, { channel: 'elsewhere' }),
      call('whoAmI', null, { channel: 'chat/1' }),
      call('whoAmI', null, { guest: undefined }),
      call('whoAmI', null, { guest: { user: { id: 'ann' } } }),
    ];
    for (const one of wrong) {
      await expect(one).rejects.toMatchObject({ code: 'EVENT_UNKNOWN' });
    }
    expect(said).toEqual([]);
  });

  it('are told who calls, by which session', async () => {
    const told: unknown[] = [];
    const calls = { whoAmI: (_: null, { session }: { session: unknown }) => told.push(session) };
    const { call } = methods({ ...open, calls } as unknown as ChatApp);
    await call('whoAmI', null).catch(() => undefined);
    expect(told).toEqual([annsSession]);
  });

  it('tell what the contract has of their progress, as it was given, and nothing else', async () => {
    const told: unknown[] = [];
    const progress = async (data: unknown): Promise<void> => void told.push(data);
    const tries = async (given: unknown, method: 'size' | 'whoAmI'): Promise<unknown> => {
      let outcome: unknown;
      const tell = async (_: unknown, context: { progress: typeof progress }): Promise<number> => {
        outcome = await context.progress(given).catch((error: unknown) => error);
        return 1;
      };
      const { call } = methods({
        ...withRoom({ calls: { ...openCalls, size: tell } as never }),
        calls: { whoAmI: tell as never },
      });
      const channel = method === 'size' ? 'chat/1' : undefined;
      await call(method, null, { channel, progress }).catch(() => undefined);
      return outcome;
    };
    expect(await tries({ done: '5', more: 1 }, 'size')).toBeUndefined();
    expect(told).toEqual([{ done: '5', more: 1 }]);
    expect(await tries({ done: 5 }, 'size')).toMatchObject({
      name: 'AppError',
      code: 'PAYLOAD_INVALID',
      issues: [{ path: 'done' }],
    });
    expect(await tries({ done: '5' }, 'whoAmI')).toMatchObject({ code: 'EVENT_UNKNOWN' });
    expect(told).toHaveLength(1);
  });

  it('take what the judge made of the input, and validate what it did not see', async () => {
    const { call, said, inputs } = methods();
    const data = { text: 'sent' };
    const { in: schema } = chat.shape.channels['chat/:room'].calls.send;
    inputs.set(data, { schema, value: { text: 'judged' } });
    await call('send', data, { channel: 'chat/1' });
    expect(said).toMatchObject([['chat/1', { text: 'judged' }, {}]]);
    const other = { text: 'of another method' };
    inputs.set(other, { schema: chat.shape.calls.whoAmI.in, value: null });
    await call('send', other, { channel: 'chat/1' });
    expect(said[1]).toMatchObject(['chat/1', other, {}]);
    await expect(call('send', { text: 7 }, { channel: 'chat/1' })).rejects.toMatchObject({
      code: 'PAYLOAD_INVALID',
    });
    await expect(call('whoAmI', 'not null')).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
  });

  it('give what the schema makes of an answer, and refuse one that does not fit', async () => {
    const extra = { id: '1', secret: 'x' };
    const { call } = methods(
      withRoom({ calls: { send: () => extra, size: () => 'one' as never } }),
    );
    const channel = 'chat/1';
    expect(await call('send', { text: 'a' }, { channel })).toEqual({ id: '1' });
    await expect(call('size', null, { channel })).rejects.toMatchObject({ code: 'ANSWER_INVALID' });
  });

  it('reach every channel of the contract, in the name of the caller', async () => {
    const app: ChatApp = {
      ...open,
      calls: {
        whoAmI: async (_, { into, user }) => {
          await into('price/:symbol', { symbol: 'A' }).set('x', { bid: 1, ask: 2 });
          await into('chat/:room', { room: '2' }).publish('message', { text: '1', by: user.id });
          expect(() => into('chat/:room', { room: '' })).toThrow('room must be a string');
          return { name: user.name };
        },
      },
    };
    const { call, said } = methods(app);
    await call('whoAmI', null);
    expect(said).toMatchObject([
      ['price/A', { bid: 1, ask: 2 }, { key: 'x', by: 'ann' }],
      ['chat/2', { text: '1' }, { event: 'message', by: 'ann' }],
    ]);
  });
});
