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

const server = createServer({ app: chat });
const { port } = await server.listen({ port: Number(process.env.PORT ?? 8085) });
console.log(`Chat on ws://localhost:${port}/`);
