import { createServer as createHttpServer } from 'node:http';
import express from 'express';
import { createServer } from 'tautline';

const app = express();
const tautline = createServer({
  path: '/realtime',
  policy: {
    connect: ({ token }) => token,
    subscribe: ({ channel }) => channel === 'news',
    publish: () => false,
  },
});

app.post('/news', express.text(), async (request, response) => {
  await tautline.publish('news', request.body);
  response.sendStatus(204);
});

// Not app.listen: the server is needed for both.
const server = createHttpServer(app);
await tautline.attach(server);
server.listen(Number(process.env.PORT ?? 8083), () => {
  console.log(`Express on http://localhost:${server.address().port}/`);
});
