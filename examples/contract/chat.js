import { implement, quota, rateLimit } from 'tautline/app';
import { app } from './app.js';

const members = { 42: ['ann', 'bob'] };

export const chat = implement(app, {
  // In the place of this: your sessions, or a token that you verify.
  authenticate: ({ token }) => (token === undefined ? undefined : { id: token, name: token }),
  channels: {
    'chat/:room': {
      authorize: ({ user, params }) => members[params.room]?.includes(user.id) === true,
      presence: ({ user }) => ({ name: user.name }),
      calls: {
        async send({ text }, { user, publish, idempotencyKey }) {
          await publish('message', { text, by: user.name });
          return { id: idempotencyKey };
        },
      },
    },
    'price/:symbol': { authorize: ({ action }) => action === 'subscribe' },
  },
  use: [
    rateLimit({ by: 'user', perSecond: 5, actions: ['publish', 'call'] }),
    quota({ by: 'user', most: 1_000, perMs: 86_400_000, actions: ['publish', 'call'] }),
  ],
});
