import { createServer } from 'tautline';
import { memory } from 'tautline/brokers/memory';

const isLobby = ({ channel }) => channel === 'chat/lobby';
const server = createServer({
  broker: memory({ maxEntries: 3 }),
  policy: { connect: ({ token }) => token, subscribe: isLobby, publish: isLobby },
});
const { port } = await server.listen({ port: Number(process.env.PORT ?? 8082) });
console.log(`Chat on ws://localhost:${port}/`);
