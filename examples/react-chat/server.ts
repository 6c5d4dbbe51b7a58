import { servePage } from '@tautline/example-serve-page';
import { ClassicLevel } from 'classic-level';
import { createServer } from 'tautline';
import { implement, rateLimit } from 'tautline/app';
import { durable } from 'tautline/brokers/durable';
import { systemClock } from 'tautline/endpoint';
import { app } from './app.ts';

const chat = implement(app, {
  // In the place of this: your sessions, or a token that you verify.
  authenticate: ({ token = '' }) => (/^[^\s].{0,19}$/u.test(token) ? { id: token } : undefined),
  channels: {
    'chat/:room': {
      authorize: ({ params }) => ['harbour', 'galley'].includes(params.room),
      presence: ({ user }) => ({ name: user.id }),
    },
  },
  use: [rateLimit({ by: 'user', perSecond: 5, burst: 20, actions: ['publish'] })],
});

const store = new ClassicLevel(process.env['FOLDER'] ?? '.tautline');
const broker = durable({ store, clock: systemClock, onTrouble: console.error });
const server = createServer({ app: chat, broker, path: '/live', limits: { sessionMs: 15_000 } });
await servePage(server, new URL('page/', import.meta.url), {
  port: 8086,
  closed: () => store.close(),
});
