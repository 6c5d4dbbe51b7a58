import { createServer } from 'tautline';

const isLobby = ({ channel }) => channel === 'chat/lobby';
const server = createServer({
  policy: {
    connect: ({ token }) => token,
    subscribe: isLobby,
    // Who may stand in the roster, and who may see it, are questions of their own.
    enter: isLobby,
    roster: isLobby,
  },
});
const { port } = await server.listen({ port: Number(process.env.PORT ?? 8082) });
console.log(`Roster on ws://localhost:${port}/`);
