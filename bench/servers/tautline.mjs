/** The server under test: our endpoint by its public door. Echo on `/`, fan-out from `/pub` to `/sub`. */
import { createEndpoint, prepare } from 'tautline/endpoint';
import { serveMeasurements } from './measurements.mjs';

const endpoint = createEndpoint();
const subscribers = new Set();

endpoint.mount('/', { origins: 'any' }, (websocket) => {
  websocket.on('message', (message) => {
    websocket.send(message);
  });
});
endpoint.mount('/sub', { origins: 'any' }, (websocket) => {
  subscribers.add(websocket);
  websocket.on('closed', () => subscribers.delete(websocket));
});
endpoint.mount('/pub', { origins: 'any' }, (websocket) => {
  websocket.on('message', (message) => {
    const prepared = prepare(message);
    for (const subscriber of subscribers) {
      subscriber.send(prepared);
    }
  });
});

const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
serveMeasurements(port);
