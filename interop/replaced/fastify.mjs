/** @fastify/websocket: a route, a real client, and a client injected without a network. */
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import WebSocket from 'ws';

const app = fastify();
await app.register(websocket, { options: { maxPayload: 1024 } });
app.get('/echo', { websocket: true }, (socket, request) => {
  socket.send(`hello ${request.query.name}`);
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
await app.listen({ host: '127.0.0.1', port: 0 });

const said = [];
function talk(client) {
  return new Promise((resolve) => {
    client.on('message', (data) => {
      said.push(String(data));
      if (String(data) === 'again') {
        client.close(1000);
      }
    });
    client.on('close', (code) => resolve(said.push(code)));
  });
}

const { port } = app.server.address();
const client = new WebSocket(`ws://127.0.0.1:${port}/echo?name=net`);
client.once('open', () => client.send('again'));
await talk(client);

let ended = Promise.resolve();
const injected = await app.injectWS(
  '/echo?name=nobody',
  {},
  {
    onInit: (socket) => {
      ended = talk(socket);
    },
  },
);
injected.send('again');
await ended;
console.log(JSON.stringify(said));
// The server's end of what was injected has no network that could end.
process.exit(0);
