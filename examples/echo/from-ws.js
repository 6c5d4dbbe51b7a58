import { once } from 'node:events';
import WebSocket, { WebSocketServer } from 'tautline/ws'; // was: 'ws'

const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8080) });
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
await once(server, 'listening');

const client = new WebSocket(`ws://localhost:${server.address().port}/`);
client.on('open', () => client.send('hello'));
client.addEventListener('message', ({ data }) => {
  console.log(data);
  client.close();
  server.close();
});
