import fastify from 'fastify';
import { createServer } from 'tautline';

const app = fastify();
const tautline = createServer({
  path: '/realtime',
  policy: {
    connect: ({ token }) => token,
    subscribe: ({ channel }) => channel === 'news',
    publish: () => false,
  },
});

app.post('/news', async (request, reply) => {
  await tautline.publish('news', request.body);
  return reply.code(204).send();
});

await tautline.attach(app.server);
// Before Fastify waits for its connections to end.
app.addHook('preClose', () => tautline.close());
await app.listen({ port: Number(process.env.PORT ?? 8084) });
console.log(`Fastify on http://localhost:${app.server.address().port}/`);
