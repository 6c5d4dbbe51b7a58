/** A server with an endpoint beside its routes, or one that the endpoint makes itself; and what it says to bytes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Endpoint, MountOptions } from '../../src/endpoint/index.ts';
import { type HandClock, newEndpoint, RawPeer, secret, speakTls } from './support.ts';

export interface Reception {
  readonly server: Server;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Requests that reached the routes of the server. */
  readonly requests: string[];
}

let whose: 'shared' | 'own' = 'shared';

/** From here on the servers of this file are the endpoint's own, with TLS or without. */
export function receiveByOwn(tls?: { readonly key: string; readonly cert: string }): void {
  whose = 'own';
  speakTls(tls);
}

/** An endpoint beside the routes of a server, with a websocket at `/`. */
export async function receive(options: MountOptions = {}, clock?: HandClock): Promise<Reception> {
  return whose === 'own' ? receiveAlone(options, clock) : receiveBeside(options, clock);
}

async function receiveAlone(options: MountOptions, clock?: HandClock): Promise<Reception> {
  const endpoint = newEndpoint(clock === undefined ? {} : { clock });
  endpoint.mount('/', options, () => {});
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', ...secret() });
  // Nobody gets at it from outside; these tests only count its connections.
  const [own] = Reflect.get(endpoint, 'own') as Set<{ server: Server }>;
  return { server: own!.server, port, endpoint, requests: [] };
}

async function receiveBeside(options: MountOptions, clock?: HandClock): Promise<Reception> {
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
