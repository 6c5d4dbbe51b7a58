/** Our endpoint as a server that echoes, with the limits it has by default. */
import { createEndpoint, type EndpointOptions } from 'tautline/endpoint';
import { Peer } from './peer.ts';
import type { Subject } from './run.ts';

export async function startServer(options: EndpointOptions = {}): Promise<Subject> {
  const endpoint = createEndpoint(options);
  endpoint.mount('/', { origins: 'any' }, (websocket) => {
    websocket.on('message', (data) => {
      websocket.send(data);
    });
  });
  const generous = { thresholdBytes: 0, contextTakeover: true, peerContextTakeover: true };
  endpoint.mount('/compressed', { origins: 'any', compression: generous }, (websocket) => {
    websocket.on('message', (data) => {
      websocket.send(data);
    });
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  return {
    role: 'server',
    meet: (opening) => Peer.dial(port, opening),
    stop: () => endpoint.close(),
  };
}
