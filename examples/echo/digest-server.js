import { createHash } from 'node:crypto';
import { createEndpoint } from 'tautline/endpoint';

const endpoint = createEndpoint();

endpoint.mount('/', {}, async (websocket) => {
  try {
    for await (const message of websocket.streams()) {
      const hash = createHash('sha256');
      for await (const piece of message) {
        hash.update(piece);
      }
      websocket.send(hash.digest('hex'));
    }
  } catch (error) {
    console.log(error.message);
  }
});

const { port } = await endpoint.listen({ port: Number(process.env.PORT ?? 8080) });
console.log(`ws://localhost:${port}/`);
