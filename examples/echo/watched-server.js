import { subscribe } from 'node:diagnostics_channel';
import { createEndpoint } from 'tautline/endpoint';

for (const name of ['websocket:open', 'websocket:close', 'handshake:refused']) {
  subscribe(`tautline:${name}`, (told) => console.log(name, JSON.stringify(told)));
}

const endpoint = createEndpoint();

endpoint.mount('/', {}, (websocket) => {
  websocket.on('message', (message) => websocket.send(message));
});

const { port } = await endpoint.listen({ port: Number(process.env.PORT ?? 8080) });
console.log(`ws://localhost:${port}/`);

process.once('SIGINT', async () => {
  await endpoint.close({ withinMs: 10_000 });
  console.log(JSON.stringify(endpoint.counters));
});
