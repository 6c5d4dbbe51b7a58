/** What compiles of an implementation, and what does not. The compiler is the judge: `npx tsc -b test`. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import {
  type AppSession,
  type Implementing,
  implement,
  rateLimit,
} from '../../../src/hub/app/index.ts';
import { createHub } from '../../../src/hub/index.ts';
import type { Position } from '../../../src/wire/index.ts';
import { chat } from './chat.ts';

type ChatApp = Implementing<typeof chat>;

const yes = (): true => true;
const open = {
  authenticate: () => undefined,
  channels: {
    'chat/:room': {
      authorize: yes,
      calls: { send: () => ({ id: '1' }), size: () => 1 },
    },
    'price/:symbol': { authorize: yes },
    cursors: { authorize: yes },
  },
  authorize: yes,
  calls: { whoAmI: () => ({ name: 'Ann' }) },
} satisfies ChatApp;
const room = open.channels['chat/:room'];

describe('an implementation', () => {
  it('is typed by its contract: users, parameters, actions and what they are about', () => {
    const app = implement(chat, {
      ...open,
      authenticate: ({ token }) =>
        token === undefined ? undefined : { id: token, name: 'Ann', rooms: [] },
      channels: {
        ...open.channels,
        'chat/:room': {
          ...room,
          authorize: ({ user, params, channel, ...wish }) => {
            expectTypeOf(user.rooms).toEqualTypeOf<string[]>();
            expectTypeOf(params).toEqualTypeOf<{ readonly room: string }>();
            expectTypeOf(channel).toBeString();
            expectTypeOf(wish.action).toEqualTypeOf<
              'call' | 'enter' | 'publish' | 'roster' | 'signal' | 'subscribe'
            >();
            if (wish.action === 'publish' && wish.name === 'message') {
              expectTypeOf(wish.data).toEqualTypeOf<{ text: string; by: string }>();
            }
            if (wish.action === 'call') {
              expectTypeOf(wish.name).toEqualTypeOf<'send' | 'size'>();
            }
            return user.rooms.includes(params.room);
          },
          see: ({ user, name, data }) => name !== 'message' || data.by !== user.id,
          presence: ({ user, params }) => ({ name: `${user.name} of ${params.room}` }),
          slow: 'drop',
          calls: {
            async send({ text }, { user, params, channel, publish, signal, into, ...more }) {
              expectTypeOf(text).toBeString();
              expectTypeOf(params.room).toBeString();
              expectTypeOf(channel).toBeString();
              expectTypeOf(more.idempotencyKey).toBeString();
              expectTypeOf(more.session.id).toBeString();
              expectTypeOf(more.session.connectedAtMs).toBeNumber();
              expectTypeOf(more.session.data).toBeUndefined();
              expectTypeOf(more.abandoned).toEqualTypeOf<AbortSignal>();
              expectTypeOf(
                publish('message', { text, by: user.id }),
              ).resolves.toEqualTypeOf<Position>();
              await signal('typing', { by: user.id });
              await into('price/:symbol', { symbol: 'A' }).set('x', { bid: 1, ask: 2 });
              // @ts-expect-error: there is no such event
              await publish('massage', { text, by: user.id });
              // @ts-expect-error: a field is missing
              await publish('message', { text });
              // @ts-expect-error: a log has no keys
              expect(more.set).toBeUndefined();
              // @ts-expect-error: the contract has no progress of this method
              await more.progress(1);
              return { id: '1' };
            },
            async size(input, { progress, user, params }) {
              expectTypeOf(input).toBeNull();
              expectTypeOf([user.name, params.room]).toEqualTypeOf<string[]>();
              await progress({ done: '5' });
              // @ts-expect-error: what is told is what goes into the schema
              await progress({ done: 5 });
              // @ts-expect-error: a field is missing
              await progress({});
              return 1;
            },
          },
        },
        'price/:symbol': {
          authorize: ({ action, name, data }) => {
            expectTypeOf(action).toEqualTypeOf<'remove' | 'set' | 'subscribe'>();
            if (action === 'set') {
              expectTypeOf(name).toBeString();
              expectTypeOf(data.bid).toBeNumber();
            }
            return true;
          },
          see: ({ key, data }) => key !== 'secret' && data !== null,
          slow: 'latest',
        },
      },
    });
    expectTypeOf(app.channel('chat/:room', { room: '1' }).publish).toBeFunction();
    expect(app.contract).toBe(chat);
  });

  it('is complete, or it does not compile', () => {
    const wrong = [
      // @ts-expect-error: nobody is let in without it
      (): unknown => implement(chat, { ...open, authenticate: undefined }),
      (): unknown =>
        implement(chat, {
          ...open,
          // @ts-expect-error: a pattern is missing
          channels: { 'chat/:room': room, cursors: open.channels.cursors },
        }),
      (): unknown =>
        implement(chat, {
          ...open,
          channels: {
            ...open.channels,
            // @ts-expect-error: authorize is missing
            cursors: {},
          },
        }),
      (): unknown =>
        implement(chat, {
          ...open,
          channels: {
            ...open.channels,
            // @ts-expect-error: a method is missing
            'chat/:room': { authorize: yes, calls: { send: () => ({ id: '1' }) } },
          },
        }),
      (): unknown =>
        implement(chat, {
          ...open,
          channels: {
            ...open.channels,
            // @ts-expect-error: the contract has no presence there
            cursors: { authorize: yes, presence: () => ({ name: 'Ann' }) },
          },
        }),
      (): unknown =>
        implement(chat, {
          ...open,
          channels: {
            ...open.channels,
            // @ts-expect-error: the contract has no such channel
            'chat/:roam': { authorize: yes },
          },
        }),
      (): unknown =>
        implement(chat, {
          ...open,
          // @ts-expect-error: it would end nothing there
          authenticate: () => ({ id: 'ann', name: 'Ann', expiresAtMs: 5 }),
          use: 'so that this is refused when it runs, too' as never,
        }),
      // @ts-expect-error: who may call what belongs to no channel is not said
      (): unknown => implement(chat, { ...open, authorize: undefined }),
    ];
    for (const one of wrong) {
      expect(one).toThrow(expect.objectContaining({ code: 'APP_INVALID' }));
    }
  });

  it('has no typed way to say what the contract does not have', async () => {
    const app = implement(chat, open);
    const wrong = [
      // @ts-expect-error: no such pattern
      (): unknown => app.channel('chat/:roam', { roam: '1' }),
      // @ts-expect-error: no such parameter
      (): unknown => app.channel('chat/:room', { rom: '1' }),
      // @ts-expect-error: the parameters are missing
      (): unknown => app.channel('chat/:room'),
    ];
    for (const one of wrong) {
      expect(one).toThrow(expect.objectContaining({ code: 'PARAMS_INVALID' }));
    }
    const answers = [
      // @ts-expect-error: no such event
      app.channel('chat/:room', { room: '1' }).publish('massage', {}),
      // @ts-expect-error: a wrong payload
      app.channel('chat/:room', { room: '1' }).publish('message', { text: 1, by: 'x' }),
      // @ts-expect-error: no such signal
      app.channel('cursors').signal('typing', [1, 2]),
      // @ts-expect-error: a wrong value
      app.channel('price/:symbol', { symbol: 'A' }).set('x', { bid: '1', ask: 2 }),
    ];
    for (const answer of answers) {
      await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AppError' }));
    }
    // @ts-expect-error: signals only
    expect(app.channel('cursors').publish).toBeDefined();
  });

  it('a contract without methods wants none, and one without presence no word about it', () => {
    const small = contract({ channels: { news: { events: { item: z.string() } } } });
    implement(small, {
      authenticate: () => ({ id: 'ann' }),
      channels: {
        news: { authorize: ({ user, action }) => user.id === 'ann' || action === 'subscribe' },
      },
    });
    expect(() =>
      implement(small, {
        authenticate: () => ({ id: 'ann' }),
        channels: { news: { authorize: yes } },
        // @ts-expect-error: there are no methods
        calls: { whoAmI: () => 1 },
      }),
    ).toThrow();
  });

  it('has the user and the session of its contract wherever somebody asks', () => {
    const typed = contract({
      user: z.object({ id: z.string(), name: z.string() }),
      session: z.object({ device: z.string(), tries: z.number().default(0) }),
      channels: {
        room: {
          events: { message: z.string() },
          presence: z.object({ name: z.string() }),
          calls: { send: { in: z.null(), out: z.null() } },
        },
      },
      calls: { logout: { in: z.null(), out: z.null() } },
    });
    type Typed = Implementing<typeof typed>;
    type User = { id: string; name: string };
    type Session = AppSession<{ device: string; tries: number }>;
    const whole: Typed = {
      authenticate: ({ handshake }) => ({
        user: { id: 'ann', name: 'Ann' },
        session: { device: handshake?.headers['user-agent'] ?? 'unknown' },
        expiresAtMs: 5,
      }),
      channels: {
        room: {
          authorize: ({ user, session }) => {
            expectTypeOf(user).toEqualTypeOf<User>();
            expectTypeOf(session).toEqualTypeOf<Session>();
            return true;
          },
          see: ({ user, session }) => {
            expectTypeOf(user).toEqualTypeOf<User>();
            expectTypeOf(session).toEqualTypeOf<Session>();
            return true;
          },
          presence: ({ user, session }) => {
            expectTypeOf(user).toEqualTypeOf<User>();
            expectTypeOf(session).toEqualTypeOf<Session>();
            return { name: `${user.name} by ${session.data.device}` };
          },
          calls: {
            send: (_, { user, session }) => {
              expectTypeOf(user).toEqualTypeOf<User>();
              expectTypeOf(session).toEqualTypeOf<Session>();
              return null;
            },
          },
        },
      },
      authorize: ({ user, session }) => {
        expectTypeOf(user).toEqualTypeOf<User>();
        expectTypeOf(session).toEqualTypeOf<Session>();
        return true;
      },
      calls: {
        logout: (_, { user, session }) => {
          expectTypeOf(user).toEqualTypeOf<User>();
          expectTypeOf(session).toEqualTypeOf<Session>();
          // @ts-expect-error: nothing is known of that
          void session.data.age;
          return null;
        },
      },
      use: [
        rateLimit({ by: 'user', perSecond: 5 }),
        {
          before: ({ user, session }) => {
            expectTypeOf(user).toEqualTypeOf<User>();
            expectTypeOf(session).toEqualTypeOf<Session>();
            return undefined;
          },
          after: ({ user, session }) => {
            expectTypeOf(user).toEqualTypeOf<User>();
            expectTypeOf(session).toEqualTypeOf<Session>();
          },
        },
      ],
    };
    const app = implement(typed, whole);
    const wrong: Typed['authenticate'][] = [
      // @ts-expect-error: nothing is said of the session
      () => ({ id: 'ann', name: 'Ann' }),
      // @ts-expect-error: nothing is said of the session
      () => ({ user: { id: 'ann', name: 'Ann' } }),
      // @ts-expect-error: a field of the session is missing
      () => ({ user: { id: 'ann', name: 'Ann' }, session: {} }),
      // @ts-expect-error: a field of the user is missing
      () => ({ user: { id: 'ann' }, session: { device: 'a' } }),
      () => undefined,
      () => ({ refused: 'BUSY' }),
    ];
    // @ts-expect-error: the contract says nothing of sessions
    const other: ChatApp['authenticate'] = () => ({ user: { id: 'a', name: 'A' }, session: {} });
    expect([app.contract, wrong.length, typeof other]).toEqual([typed, 6, 'function']);
  });

  it('stands instead of a policy: one or the other', () => {
    const app = implement(chat, open);
    // @ts-expect-error: both
    const both = (): unknown => createHub({ app, policy: { connect: () => 'ann' } });
    expect(both).toThrow(expect.objectContaining({ code: 'APP_INVALID' }));
  });
});
