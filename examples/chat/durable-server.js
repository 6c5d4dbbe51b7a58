import { ClassicLevel } from 'classic-level';
import { createServer } from 'tautline';
import { durable } from 'tautline/brokers/durable';
import { systemClock } from 'tautline/endpoint';

const store = new ClassicLevel(process.env.FOLDER ?? 'chat-log');
const isLobby = ({ channel }) => channel === 'chat/lobby';
const server = createServer({
  broker: durable({ store, clock: systemClock, onTrouble: console.error }),
  policy: { connect: ({ token }) => token, subscribe: isLobby, publish: isLobby },
});
const { port } = await server.listen({ port: Number(process.env.PORT ?? 8082) });
console.log(`Chat on ws://localhost:${port}/`);

process.once('SIGINT', async () => {
  await server.close();
  await store.close();
});
