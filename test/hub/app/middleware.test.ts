/** Middleware over a whole hub: what it is asked and told, in which order, and what clients hear of it. */
import { describe, expect, it } from 'vitest';
import { rateLimit, sizeLimit } from '../../../src/hub/app/index.ts';
import {
  letNear,
  type Middleware,
  type Passing,
  passAll,
  tellAll,
} from '../../../src/hub/app/middleware.ts';
import type { Refusal } from '../../../src/ports/index.ts';
import { type ChatApp, open, startWorld, withRoom } from './world.ts';

const hello = {
  type: 'publish',
  channel: 'chat/1',
  event: 'message',
  data: { text: 'hi', by: 'ann' },
};
const no: Refusal = { code: 'FORBIDDEN', message: 'no' };

function trailOf(told: unknown[]): Middleware {
  return {
    after: ({ action, channel, name, refused }) => void told.push([action, channel, name, refused]),
  };
}

describe('middleware', () => {
  it('is asked in its order, and nobody after the first who says no', async () => {
    const asked: string[] = [];
    const one = (name: string, answer?: Refusal): Middleware => ({
      before: async () => {
        asked.push(name);
        return answer;
      },
      connect: async () => {
        asked.push(name);
        return answer && { refused: 'BUSY' };
      },
    });
    const all = [one('a'), {}, one('b', no), one('c')];
    expect(await passAll(all, {} as Passing<{ id: string }>)).toBe(no);
    expect(await letNear(all, { token: undefined, pipe: 'x', address: undefined }, 0)).toEqual({
      refused: 'BUSY',
    });
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
    expect(await passAll([one('a')], {} as Passing<{ id: string }>)).toBeUndefined();
  });

  it('never says yes: an answer is a no, whatever it is, and authorize is not passed by', async () => {
    for (const answer of [true, false, null, 'go on', {}]) {
      const world = await startWorld({
        ...withRoom({ authorize: () => false }),
        use: [{ before: () => answer as never }],
      });
      expect(await world.ask(await world.come('ann'), hello)).toBe('FORBIDDEN');
      expect(world.failures).toEqual([]);
    }
  });

  it('lets nobody in by an answer of its own', async () => {
    for (const answer of [true, null, 'ann', { user: 'ann' }, {}]) {
      const world = await startWorld({ ...open, use: [{ connect: () => answer as never }] });
      expect((await world.come('bob')).why).toMatchObject({ name: 'UNAUTHORISED' });
    }
  });

  it('is told whatever another throws; that is told to the observer', () => {
    const told: string[] = [];
    const failures: unknown[] = [];
    const throwing = new Error('no disk');
    tellAll<{ id: string }>(
      [
        {
          after: () => {
            throw throwing;
          },
        },
        {},
        { after: () => void told.push('b') },
      ],
      ({ after }) => after?.({} as never),
      (error) => failures.push(error),
    );
    expect(told).toEqual(['b']);
    expect(failures).toEqual([throwing]);
  });

  it('stands between the payload and authorize, and knows who wants what, from where, and when', async () => {
    const passing: unknown[] = [];
    const order: string[] = [];
    const world = await startWorld({
      ...withRoom({
        authorize: () => {
          order.push('authorize');
          return true;
        },
      }),
      use: [
        {
          before: (request) => {
            order.push('before');
            passing.push(request);
            return undefined;
          },
        },
      ],
    });
    const ann = await world.come('ann', '192.0.2.7');
    await world.ask(ann, { ...hello, data: { ...hello.data, extra: 1 } });
    expect(order).toEqual(['before', 'authorize']);
    expect(passing).toEqual([
      {
        user: { id: 'ann', name: 'ANN', rooms: [] },
        session: {
          id: expect.stringMatching(/^[0-9a-z]{26}$/),
          transport: 'raw',
          address: '192.0.2.7',
          connectedAtMs: expect.any(Number),
          expiresAtMs: undefined,
          data: undefined,
        },
        action: 'publish',
        address: '192.0.2.7',
        channel: 'chat/1',
        pattern: 'chat/:room',
        params: { room: '1' },
        name: 'message',
        data: hello.data,
        sent: { ...hello.data, extra: 1 },
        nowMs: expect.any(Number),
      },
    ]);
  });

  it('says no to each action, with its own words; what throws has said no', async () => {
    let answer: () => Refusal | undefined = () => no;
    const world = await startWorld({ ...open, use: [{ before: () => answer() }] });
    const ann = await world.come('ann');
    const requests = [
      hello,
      { type: 'subscribe', channel: 'chat/1' },
      { type: 'subscribe', channel: '~roster:chat/1' },
      { type: 'history', channel: 'chat/1', limit: 1 },
      { type: 'enter', channel: 'chat/1', data: { name: 'Ann' } },
      { type: 'call', method: 'whoAmI', data: null, withinMs: 1_000 },
      { type: 'call', channel: 'chat/1', method: 'size', data: null, withinMs: 1_000 },
      { type: 'publish', channel: 'price/A', key: 'x', data: { bid: 1, ask: 2 } },
      { type: 'publish', channel: 'price/A', key: 'x', data: null, removed: true },
    ];
    for (const request of requests) {
      expect(await world.ask(ann, request)).toBe('FORBIDDEN');
      expect(ann.got.at(-1)).toMatchObject({ message: 'no' });
    }
    answer = () => {
      throw new Error('no disk');
    };
    expect(await world.ask(ann, hello)).toBe('FORBIDDEN');
    expect(world.failures).toEqual([new Error('no disk')]);
    answer = () => undefined;
    for (const request of requests) {
      expect(await world.ask(ann, request)).toBe('ok');
    }
  });

  it('is told how requests ended: done, or refused by whom ever', async () => {
    const told: unknown[] = [];
    const world = await startWorld({
      ...withRoom({ authorize: ({ user }) => user.id === 'ann' }),
      use: [
        {
          after: ({ user, action, channel, name, refused, tookMs }) => {
            told.push([user.id, action, channel, name, refused]);
            expect(tookMs).toBeGreaterThanOrEqual(0);
          },
        },
      ],
    });
    const ann = await world.come('ann');
    const bob = await world.come('bob');
    await world.ask(ann, { type: 'subscribe', channel: 'chat/1' });
    await world.ask(ann, hello);
    await world.ask(ann, { ...hello, data: 1 });
    await world.ask(bob, hello);
    await world.ask(bob, { type: 'call', method: 'whoAmI', data: null, withinMs: 1_000 });
    await world.ask(bob, { type: 'ping' });
    expect(told).toEqual([
      ['ann', 'subscribe', 'chat/1', undefined, undefined],
      ['ann', 'publish', 'chat/1', 'message', undefined],
      ['ann', 'publish', 'chat/1', 'message', 'PAYLOAD_INVALID'],
      ['bob', 'publish', 'chat/1', 'message', 'FORBIDDEN'],
      ['bob', 'call', undefined, 'whoAmI', undefined],
    ]);
  });

  it('is told of each action that it was asked about, whatever it is, and in the same words', async () => {
    const asked: unknown[] = [];
    const told: unknown[] = [];
    let may = true;
    const world = await startWorld({
      ...withRoom({ authorize: () => may }),
      use: [
        {
          before: ({ action, channel, name }) => void asked.push([action, channel, name]),
          after: ({ action, channel, name, refused }) => {
            told.push([action, channel, name]);
            expect(refused).toBe(may ? undefined : 'FORBIDDEN');
          },
        },
      ],
    });
    const ann = await world.come('ann');
    const typing = {
      type: 'signal',
      channel: 'chat/1',
      event: 'typing',
      data: { by: 'ann' },
    } as const;
    const requests = [
      { type: 'subscribe', channel: 'chat/1' },
      { type: 'subscribe', channel: '~roster:chat/1' },
      { type: 'history', channel: '~roster:chat/1', limit: 1 },
      { type: 'unsubscribe', channel: 'chat/1' },
      { type: 'unsubscribe', channel: '~roster:chat/1' },
      { type: 'enter', channel: 'chat/1', data: { name: 'Ann' } },
      { type: 'call', channel: 'chat/1', method: 'size', data: null, withinMs: 1_000 },
      hello,
    ];
    for (const answer of [true, false]) {
      may = answer;
      for (const request of requests) {
        await world.ask(ann, request);
      }
      ann.say(typing);
      await world.settle();
    }
    expect(asked).toHaveLength(14);
    expect(told).toEqual(asked);
    expect(asked.slice(0, 3)).toEqual([
      ['subscribe', 'chat/1', undefined],
      ['roster', 'chat/1', undefined],
      ['roster', 'chat/1', undefined],
    ]);
    expect(asked[6]).toEqual(['signal', 'chat/1', 'typing']);
  });

  it('is told of a signal that it refused, that does not fit, or that the bus lost', async () => {
    const told: unknown[] = [];
    const world = await startWorld({
      ...open,
      use: [{ before: ({ name }) => (name === 'moved' ? no : undefined) }, trailOf(told)],
    });
    const ann = await world.come('ann');
    ann.say({ type: 'signal', channel: 'cursors', event: 'moved', data: [1, 2] });
    ann.say({ type: 'signal', channel: 'chat/1', event: 'typing', data: 1 });
    ann.say({ type: 'signal', channel: '~chat', event: 'typing', data: 1 });
    await world.settle();
    expect(told).toEqual([
      ['signal', '~chat', 'typing', 'CHANNEL_INVALID'],
      ['signal', 'cursors', 'moved', 'FORBIDDEN'],
      ['signal', 'chat/1', 'typing', 'PAYLOAD_INVALID'],
    ]);
    expect(world.refusals).toEqual(['CHANNEL_INVALID', 'FORBIDDEN', 'PAYLOAD_INVALID']);
  });

  it('is told of what was under way when the client went, that nobody knows what became of it', async () => {
    const told: unknown[] = [];
    const world = await startWorld({
      ...withRoom({ authorize: () => new Promise(() => undefined) }),
      use: [trailOf(told)],
    });
    const ann = await world.come('ann');
    void world.ask(ann, hello);
    ann.say({ type: 'signal', channel: 'chat/1', event: 'typing', data: { by: 'ann' } });
    await world.settle();
    expect(told).toEqual([]);
    ann.desk.closed();
    await world.settle();
    expect(told).toEqual([
      ['publish', 'chat/1', 'message', 'ANSWER_UNKNOWN'],
      ['signal', 'chat/1', 'typing', 'ANSWER_UNKNOWN'],
    ]);
  });

  it('is asked before who comes is known, and told how that ended', async () => {
    const told: unknown[] = [];
    const world = await startWorld({
      ...open,
      use: [
        {
          connect: ({ token }) =>
            token === 'early' ? { refused: 'BUSY', retryAfterMs: 500 } : undefined,
          connected: ({ user, refused, visitor }) =>
            void told.push([visitor.token, user?.id, refused]),
        },
      ],
    });
    const early = await world.come('early');
    expect(early.why).toMatchObject({ name: 'BUSY', retryAfterMs: 500 });
    await world.come('ann');
    await world.come();
    expect(told).toEqual([
      ['early', undefined, 'BUSY'],
      ['ann', 'ann', undefined],
      [undefined, undefined, 'UNAUTHORISED'],
    ]);
  });

  it('limits rates and sizes: the client hears which, and when to come back', async () => {
    const use: ChatApp['use'] = [
      rateLimit({ by: 'user', perSecond: 2, actions: ['publish'] }),
      sizeLimit({ most: 30 }),
    ];
    const world = await startWorld({ ...open, use });
    const ann = await world.come('ann');
    const bob = await world.come('bob');
    expect(await world.ask(ann, hello)).toBe('ok');
    const long = { ...hello, data: { text: 'much too long', by: 'ann' } };
    expect(await world.ask(ann, long)).toBe('PAYLOAD_INVALID');
    expect(await world.ask(ann, hello)).toBe('RATE_LIMITED');
    const { retryAfterMs } = ann.got.at(-1) as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(490);
    expect(await world.ask(bob, hello)).toBe('ok');
    await world.bed.advance(retryAfterMs - 1);
    expect(await world.ask(ann, hello)).toBe('ok');
    expect(await world.ask(ann, hello)).toBe('RATE_LIMITED');
  });
});
