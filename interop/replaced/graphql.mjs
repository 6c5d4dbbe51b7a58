/** graphql-ws: its server on `useServer`, its client, a query and a subscription. */
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import WebSocket, { WebSocketServer } from 'ws';

const schema = buildSchema('type Query { hello: String } type Subscription { count: Int }');
const roots = {
  query: { hello: () => 'world' },
  subscription: {
    async *count() {
      for (const count of [1, 2, 3]) {
        yield { count };
      }
    },
  },
};
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/graphql' });
const use = useServer({ schema, roots }, server);
await new Promise((resolve) => server.once('listening', resolve));
const url = `ws://127.0.0.1:${server.address().port}/graphql`;
const client = createClient({ url, webSocketImpl: WebSocket });

const answers = [];
for (const query of ['{ hello }', 'subscription { count }']) {
  for await (const { data } of client.iterate({ query })) {
    answers.push(data);
  }
}
console.log(JSON.stringify(answers));
await client.dispose();
await use.dispose();
