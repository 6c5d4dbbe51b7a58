/** Websockets for the tests of `OpenWebsocket`: both sides of one, or the server’s with its socket watched. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { dial, type MountOptions, type Websocket } from '../../src/endpoint/index.ts';
import type { Line } from '../../src/endpoint/line.ts';
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
  /** Sizes of what was written to the line of the server, since the handshake. */
  readonly writes: number[];
  /** What was read from it. */
  readonly chunks: Uint8Array[];
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
    const peer = await RawPeer.open(port);
    await eventually(() => websockets.length > i);
    const websocket = websockets[i]!;
    const chunks: Uint8Array[] = [];
    const line = lineOf(websocket);
    const { owner } = line;
    const turn = owner!.turn.bind(owner);
    owner!.turn = (chunk) => {
      chunks.push(chunk);
      turn(chunk);
    };
    all.push({ peer, websocket, writes: writesTo(line), chunks });
  }
  return all;
}

export function lineOf(websocket: Websocket): Line {
  return (websocket as unknown as { readonly drive: { readonly line: Line } }).drive.line;
}

/** Sizes of what is written from now on. */
export function writesTo(line: Line): number[] {
  const sizes: number[] = [];
  const write = line.write.bind(line);
  line.write = (chunk) => {
    sizes.push(chunk.length);
    write(chunk);
  };
  return sizes;
}

export const payloads = (frames: readonly { payload: Buffer }[]): string[] =>
  frames.map(({ payload }) => payload.toString());
