import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'tautline';
import { implement } from 'tautline/app';
import { contract } from 'tautline/contract';
import { z } from 'zod';

export const app = contract({
  user: z.object({ id: z.string() }),
  channels: {
    'room/:name': {
      events: { message: z.object({ text: z.string() }) },
      presence: z.object({}),
      calls: { send: { in: z.object({ text: z.string() }), out: z.object({ id: z.number() }) } },
    },
  },
});

const chat = implement(app, {
  // In the place of this: your sessions, or a token that you verify.
  authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
  channels: {
    'room/:name': {
      authorize: ({ action }) => action !== 'publish',
      calls: {
        async send({ text }, { publish }) {
          const { offset } = await publish('message', { text });
          return { id: offset };
        },
      },
    },
  },
});

// The same HTTP server may serve Socket.IO besides, at its own path.
const http = createHttpServer();
await createServer({ app: chat, path: '/realtime' }).attach(http);
http.listen(Number(process.env.PORT ?? 8084), () => {
  console.log(`Chat on ws://localhost:${http.address().port}/realtime`);
});
