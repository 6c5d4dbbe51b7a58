import { createInterface } from 'node:readline';
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

const [url = 'http://localhost:8087/', name = 'Ada', room = 'lobby'] = process.argv.slice(2);
const { host } = new URL(process.env.CENTRIFUGO_URL ?? 'http://localhost:8000');
async function getToken() {
  const headers = { authorization: `Bearer ${name}` };
  const response = await fetch(`${url}token`, { headers });
  return response.text();
}
const centrifuge = new Centrifuge(`ws://${host}/connection/websocket`, {
  websocket: WebSocket,
  getToken,
});

const channel = centrifuge.newSubscription(`room:${room}`);
const here = new Map();
const joined = ({ client, user }) => {
  if (!here.has(client)) console.log(`${user} is here`);
  here.set(client, user);
};
channel.on('publication', ({ data: { text, by } }) => {
  if (by !== name) console.log(`${by}: ${text}`);
});
channel.on('join', ({ info }) => joined(info));
channel.on('leave', ({ info: { client, user } }) => {
  if (here.delete(client)) console.log(`${user} has left`);
});
channel.on('subscribed', async () => {
  const { clients } = await channel.presence();
  Object.values(clients).forEach(joined);
});
channel.subscribe();
centrifuge.connect();

for await (const text of createInterface(process.stdin)) {
  const { data } = await centrifuge.rpc('send', { room, text });
  console.log(`sent as ${data.id}`);
}
centrifuge.disconnect();
