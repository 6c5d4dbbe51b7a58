import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const [url = 'http://localhost:8084/', name = 'Ada', room = 'lobby'] = process.argv.slice(2);
const socket = io(url, { auth: { token: name } });

socket.on('message', ({ text, by }) => console.log(`${by}: ${text}`));
socket.on('joined', (user) => console.log(`${user} is here`));
socket.on('left', (user) => console.log(`${user} has left`));
// After each reconnection too: the server has forgotten the room by then.
socket.on('connect', async () => {
  for (const user of await socket.emitWithAck('enter', room)) console.log(`${user} is here`);
});

for await (const text of createInterface(process.stdin)) {
  const { id } = await socket.emitWithAck('send', { room, text });
  console.log(`sent as ${id}`);
}
socket.disconnect();
