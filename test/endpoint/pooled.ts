/** A pool of HTTP/2 sessions, as its tests need it. */
import type { ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { readAddress } from '../../src/endpoint/address.ts';
import { connectTo } from '../../src/endpoint/connect.ts';
import { type Connecting, type Found, Http2Pool } from '../../src/endpoint/http2-pool.ts';
import { type RouteOptions, readRoute } from '../../src/endpoint/route.ts';
import { extendedRequest } from '../../src/protocol/index.ts';
import { type Http2Server, type Http2ServerOptions, http2Server, tls } from './http2-server.ts';
import { HandClock } from './support.ts';

export const idleMs = 1000;
export const never: AbortSignal = new AbortController().signal;
export const fields: Readonly<Record<string, string>> = extendedRequest({
  scheme: 'https',
  host: 'localhost',
  target: '/',
});

export interface Pooled {
  readonly pool: Http2Pool;
  readonly clock: HandClock;
  readonly server: Http2Server;
  /** Those that were connected. */
  readonly sockets: Socket[];
  readonly find: (giveUp?: AbortSignal, key?: string) => Promise<Found>;
  /** With the answer of the server. */
  readonly stream: () => Promise<ClientHttp2Stream>;
}

/** A pool with a clock that is turned by hand, and a server for it. */
export async function pooled(
  { maxStreams = 1000, ...options }: Http2ServerOptions & { maxStreams?: number } = {},
  routeOptions: RouteOptions = {},
): Promise<Pooled> {
  const server = await http2Server(options);
  const clock = new HandClock();
  const pool = new Http2Pool(clock, { maxStreams, idleMs });
  const limits = { maxHeadBytes: 1000, maxHeaders: 10 };
  const route = readRoute(readAddress(server.url, {}), { tls, ...routeOptions }, limits, {});
  const sockets: Socket[] = [];
  const connecting: Connecting = async (giveUp) => {
    const socket = await connectTo(route, ['h2', 'http/1.1'], giveUp);
    sockets.push(socket);
    onTestFinished(() => void socket.destroy());
    return socket;
  };
  const find: Pooled['find'] = (giveUp = never, key = 'a') => pool.find(key, connecting, giveUp);
  return {
    pool,
    clock,
    server,
    sockets,
    find,
    async stream() {
      const stream = (await find()).seat!.open(fields);
      stream.on('error', () => {});
      await new Promise((resolve) => stream.once('response', resolve));
      return stream;
    },
  };
}
