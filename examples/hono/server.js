import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createServer } from 'tautline';

const app = new Hono();
const tautline = createServer({
  path: '/realtime',
  policy: {
    connect: ({ token }) => token,
    subscribe: ({ channel }) => channel === 'news',
    publish: () => false,
  },
});

app.post('/news', async (context) => {
  await tautline.publish('news', await context.req.text());
  return context.body(null, 204);
});

const port = Number(process.env.PORT ?? 8085);
const server = serve({ fetch: app.fetch, port }, ({ port }) => {
  console.log(`Hono on http://localhost:${port}/`);
});
await tautline.attach(server);
