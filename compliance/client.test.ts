/**
 * The suite against our endpoint as a client: it dials a peer that is a raw TCP server, and echoes.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dial } from 'tautline/endpoint';
import { type Opening, Peer } from './peer.ts';
import type { Subject } from './run.ts';
import { conform } from './suite.ts';

const generous = { thresholdBytes: 0, contextTakeover: true, peerContextTakeover: true };

async function startListener(): Promise<Subject> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;

  async function meet(opening: Opening): Promise<Peer> {
    const arrival = once(listener, 'connection') as Promise<[Socket]>;
    const compression = opening.deflate !== undefined && generous;
    const dialing = dial(`ws://127.0.0.1:${port}/`, { compression }).then((websocket) => {
      websocket.on('message', (data) => {
        websocket.send(data);
      });
    });
    const [socket] = await arrival;
    const [peer] = await Promise.all([Peer.accept(socket, opening), dialing]);
    return peer;
  }

  return {
    role: 'client',
    meet,
    stop: async () => {
      listener.close();
      await once(listener, 'close');
    },
  };
}

conform('client', startListener);
