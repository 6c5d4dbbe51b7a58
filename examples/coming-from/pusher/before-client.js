import { createInterface } from 'node:readline';
import Pusher from 'pusher-js';

const [url = 'http://localhost:8086/', name = 'Ada', room = 'lobby'] = process.argv.slice(2);
const { hostname, port } = new URL(process.env.PUSHER_URL ?? 'http://localhost:6001');
const headers = { authorization: `Bearer ${name}` };
const pusher = new Pusher('chat-key', {
  cluster: '',
  wsHost: hostname,
  wsPort: Number(port),
  forceTLS: false,
  enabledTransports: ['ws'],
  channelAuthorization: { transport: 'ajax', endpoint: `${url}auth`, headers },
});

const channel = pusher.subscribe(`presence-${room}`);
const here = ({ id }) => console.log(`${id} is here`);
channel.bind('message', ({ text, by }) => console.log(`${by}: ${text}`));
channel.bind('pusher:subscription_succeeded', (members) => members.each(here));
channel.bind('pusher:member_added', here);
channel.bind('pusher:member_removed', ({ id }) => console.log(`${id} has left`));

for await (const text of createInterface(process.stdin)) {
  const body = JSON.stringify({ room, text, socket_id: pusher.connection.socket_id });
  const response = await fetch(`${url}send`, { method: 'POST', headers, body });
  const { id } = await response.json();
  console.log(`sent as ${id}`);
}
pusher.disconnect();
