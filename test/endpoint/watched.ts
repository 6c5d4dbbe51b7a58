/** Websockets for the tests of `OpenWebsocket`: both sides of one, or the server’s with its socket watched. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { dial, type MountOptions, type Websocket } from '../../src/endpoint/index.ts';
import { eventually, type Handler, newEndpoint, RawPeer, serve } from './support.ts';

export interface Pair {
  readonly client: Websocket;
  readonly server: Websocket;
}

export async function pair(options: MountOptions = {}): Promise<Pair> {
  const { url, accepted } = await serve(options);
  const client = await dial(url);
  return { client, server: await accepted() };
}

export interface Watched {
  readonly peer: RawPeer;
  readonly websocket: Websocket;
  /** Sizes of what was written to the socket of the server, since the handshake. */
  readonly writes: number[];
  /** What was read from it. */
  readonly chunks: Buffer[];
}

/** A raw peer, and the server's side of it with its socket watched. */
export async function watched(handler: Handler = () => {}, count = 1): Promise<Watched[]> {
  const server = createServer();
  onTestFinished(() => server.close().closeAllConnections());
  const endpoint = newEndpoint();
  const websockets: Websocket[] = [];
  endpoint.mount('/', {}, (websocket, request) => {
    websockets.push(websocket);
    handler(websocket, request);
  });
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const all: Watched[] = [];
  for (let i = 0; i < count; i += 1) {
    const sockets: Socket[] = [];
    server.once('connection', (socket) => void sockets.push(socket));
    const peer = await RawPeer.open(port);
    await eventually(() => websockets.length > i);
    const socket = sockets[0]!;
    const writes: number[] = [];
    const chunks: Buffer[] = [];
    const write = socket.write.bind(socket);
    socket.write = ((...values: Parameters<typeof write>) => {
      writes.push((values[0] as Buffer).length);
      return write(...values);
    }) as typeof socket.write;
    socket.prependListener('data', (chunk: Buffer) => void chunks.push(chunk));
    all.push({ peer, websocket: websockets[i]!, writes, chunks });
  }
  return all;
}

export const payloads = (frames: readonly { payload: Buffer }[]): string[] =>
  frames.map(({ payload }) => payload.toString());
