// @ts-check
import { createInterface } from 'node:readline';
import { createClient } from 'tautline/client';
import { withContract } from 'tautline/client/app';

const [url = 'ws://localhost:8084/realtime', name = 'Ada', room = 'lobby'] = process.argv.slice(2);
/** @type {import('tautline/client/app').AppClient<typeof import('./after-server.js').app>} */
const rt = withContract(createClient(url, { token: name }));
const channel = rt.channel('room/:name', { name: room });

channel.on('message', ({ text }, { by }) => {
  if (by !== name) console.log(`${by}: ${text}`);
});
channel.on('presence', ({ kind, member }) => {
  console.log(`${member.user} ${kind === 'left' ? 'has left' : 'is here'}`);
});
channel.on('gap', ({ reason }) => console.log(`Messages are missing here: ${reason}`));
await channel.enter({});

for await (const text of createInterface(process.stdin)) {
  const { id } = await channel.call('send', { text });
  console.log(`sent as ${id}`);
}
channel.leave();
await channel.exit();
rt.close();
