import { createServer as createHttpServer } from 'node:http';
import { json } from 'node:stream/consumers';
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
    },
  },
});

const chat = implement(app, {
  // In the place of this: your sessions, or a token that you verify.
  authenticate: ({ token }) => (token === undefined ? undefined : { id: token }),
  channels: {
    // What the endpoint for authorization has decided.
    'room/:name': { authorize: ({ action }) => action !== 'publish' },
  },
});

async function send({ room, text }, by) {
  const channel = chat.channel('room/:name', { name: room });
  const { offset } = await channel.publish('message', { text }, { by });
  return { id: offset };
}

const server = createHttpServer(async (request, response) => {
  const user = request.headers.authorization?.replace('Bearer ', '');
  if (user === undefined) return response.writeHead(401).end();
  response.end(JSON.stringify(await send(await json(request), user)));
});
await createServer({ app: chat, path: '/realtime' }).attach(server);
server.listen(Number(process.env.PORT ?? 8086), () => {
  console.log(`Chat on http://localhost:${server.address().port}/`);
});
