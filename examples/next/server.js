import { createServer as createHttpServer } from 'node:http';
import next from 'next';
import { createServer } from 'tautline';

const app = next({ dev: process.env.NODE_ENV !== 'production' });
await app.prepare();
const tautline = createServer({
  path: '/realtime',
  policy: {
    connect: ({ token }) => token,
    subscribe: ({ channel }) => channel === 'news',
    publish: ({ channel }) => channel === 'news',
  },
});

const server = createHttpServer(app.getRequestHandler());
await tautline.attach(server);
server.listen(Number(process.env.PORT ?? 8086), () => {
  console.log(`Next.js on http://localhost:${server.address().port}/`);
});
