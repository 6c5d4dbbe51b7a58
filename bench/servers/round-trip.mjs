/** A server of TLS that pours and swallows: `/down` sends all the time, `/up` counts. What it listens with stands in `LISTEN`. */
import { createEndpoint } from 'tautline/endpoint';

const { tls, http2 } = JSON.parse(process.env.LISTEN);
const endpoint = createEndpoint();
const message = Buffer.alloc(65_536);
let swallowed = 0;

endpoint.mount('/down', { origins: 'any' }, async (websocket) => {
  while (websocket.state === 'open') {
    if (!websocket.send(message)) {
      await websocket.drained().catch(() => {});
    }
  }
});
endpoint.mount('/up', { origins: 'any' }, (websocket) => {
  websocket.on('message', ({ length }) => {
    swallowed += length;
  });
});

const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls, http2 });
process.on('message', () => process.send({ swallowed }));
process.send({ port });
