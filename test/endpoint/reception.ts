/** A server with an endpoint beside its routes, and what it says to bytes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Endpoint, MountOptions } from '../../src/endpoint/index.ts';
import { type HandClock, newEndpoint, RawPeer } from './support.ts';

export interface Reception {
  readonly server: Server;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Requests that reached the routes of the server. */
  readonly requests: string[];
}

/** An endpoint beside the routes of a server, with a websocket at `/`. */
export async function receive(options: MountOptions = {}, clock?: HandClock): Promise<Reception> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end('page');
  });
  onTestFinished(() => server.close().closeAllConnections());
  const endpoint = newEndpoint(clock === undefined ? {} : { clock });
  endpoint.mount('/', options, () => {});
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, endpoint, requests };
}

/** Everything that the server says until it ends. */
export async function answer(port: number, ...bytes: (string | Uint8Array)[]): Promise<string> {
  const peer = await RawPeer.connect(port);
  peer.write(...bytes);
  await peer.ended();
  peer.socket.end();
  return peer.heard.toString('latin1');
}
