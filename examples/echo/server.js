import { createEndpoint } from 'tautline/endpoint';

const endpoint = createEndpoint();
endpoint.mount('/', { origins: 'any' }, (websocket) => {
  websocket.on('message', (message) => {
    websocket.send(message);
  });
});
const { port } = await endpoint.listen({ port: Number(process.env.PORT ?? 8081) });
console.log(`Echo on ws://localhost:${port}/`);
