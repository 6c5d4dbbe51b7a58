import { createServer } from 'tautline';

const isLobby = ({ channel }) => channel === 'chat/lobby';
const server = createServer({
  // Nothing is allowed that is not allowed here.
  policy: { connect: ({ token }) => token, subscribe: isLobby, publish: isLobby },
});
const { port } = await server.listen({ port: Number(process.env.PORT ?? 8082) });
console.log(`Chat on ws://localhost:${port}/`);
