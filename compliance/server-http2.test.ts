/** The suite against our endpoint as a server, each case on a stream of one HTTP/2 connection. */
import { type ClientHttp2Session, connect } from 'node:http2';
import { createEndpoint } from 'tautline/endpoint';
import { makeCertificate } from '../test/endpoint/certificates.ts';
import { type Opening, Peer } from './peer.ts';
import type { Subject } from './run.ts';
import type { Case } from './script.ts';
import { conform } from './suite.ts';

async function startServer(): Promise<Subject> {
  const endpoint = createEndpoint();
  endpoint.mount('/', { origins: 'any' }, (websocket) => {
    websocket.on('message', (data) => {
      websocket.send(data);
    });
  });
  const tls = makeCertificate({ addresses: ['127.0.0.1'] });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls });
  const session = connect(`https://127.0.0.1:${port}`, { ca: tls.cert });
  // RFC 8441 §3: nobody may ask before the server has said that it knows.
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  return {
    role: 'server',
    meet: (opening) => meet(session, port, opening),
    async stop() {
      session.destroy();
      await endpoint.close();
    },
  };
}

function meet(session: ClientHttp2Session, port: number, opening: Opening): Promise<Peer> {
  const fields = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':path': '/',
    ':authority': `127.0.0.1:${port}`,
    'sec-websocket-version': '13',
  };
  return Peer.onStream(session.request(fields, { endStream: false }), opening);
}

/** What is compressed is the same bytes, whatever carries them. */
const isMeant = ({ opening }: Case): boolean => opening?.deflate === undefined;

conform('server', startServer, { name: 'server-http2', isMeant });
