/**
 * The suite against our endpoint as a server that compresses what it sends, with the options it has by default. The peer agrees, and
 * sends as it did before: whoever may compress need not.
 */
import { createEndpoint } from 'tautline/endpoint';
import { Peer } from './peer.ts';
import type { Subject } from './run.ts';
import type { Case } from './script.ts';
import { conform } from './suite.ts';

const deflate = { offer: 'permessage-deflate; client_max_window_bits', answer: undefined };

async function startServer(): Promise<Subject> {
  const endpoint = createEndpoint();
  endpoint.mount('/compressed', { origins: 'any', compression: true }, (websocket) => {
    websocket.on('message', (data) => {
      websocket.send(data);
    });
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  return {
    role: 'server',
    meet: (opening) => Peer.dial(port, { ...opening, deflate }),
    stop: () => endpoint.close(),
  };
}

/** Without those that compress themselves, and those in which RSV1 has no meaning. */
function isMeant({ id, opening }: Case): boolean {
  return opening?.deflate === undefined && !/^(T\.8\/)?3\.|^T\.5\.2$/.test(id);
}

conform('server', startServer, { name: 'server that compresses', isMeant });
