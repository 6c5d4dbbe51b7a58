/** socket.io over websockets: both ends use ws by themselves. Text, bytes, acknowledgements, rooms. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

const http = createServer();
const server = new Server(http, { transports: ['websocket'] });
server.on('connection', (socket) => {
  void socket.join('room');
  socket.on('ask', (text, bytes, answer) => {
    answer(text.toUpperCase(), Buffer.concat([bytes, Buffer.from('!')]));
  });
});
await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${http.address().port}`;
const clients = [1, 2].map(() => io(url, { transports: ['websocket'], forceNew: true }));
await Promise.all(
  clients.map((client) => new Promise((resolve) => client.once('connect', resolve))),
);

const asked = await Promise.all(
  clients.map(
    (client) =>
      new Promise((resolve) => {
        client.emit('ask', 'hello', Buffer.from('bytes'), (text, bytes) =>
          resolve(`${text} ${String(bytes)}`),
        );
      }),
  ),
);
const heard = Promise.all(
  clients.map((client) => new Promise((resolve) => client.once('all', resolve))),
);
server.to('room').emit('all', 'to the room');
console.log(JSON.stringify([asked, await heard, clients[0].io.engine.transport.name]));
for (const client of clients) {
  client.close();
}
await server.close();
