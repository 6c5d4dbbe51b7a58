/**
 * The server that a page and our browser's shape both meet.
 * In: the folder of the scripts that it serves under `/shape/`. Out: where it is. `/echo`, `/bye` and `/count` behave; `raw` breaks rules.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createEndpoint } from '../src/endpoint/index.ts';
import { acceptFor } from '../src/protocol/index.ts';

/** What it says behind the handshake, before it ends the connection. */
const frames: Readonly<Record<string, readonly number[]>> = {
  '/text': [0x81, 1, 0xff],
  '/reserved': [0xc1, 0],
  '/close': [0x88, 1, 3],
  '/lost': [],
};

export interface ShapeServer {
  readonly page: string;
  readonly base: string;
  readonly raw: string;
  stop(): Promise<void>;
}

export async function startShapeServer(scripts: URL): Promise<ShapeServer> {
  const endpoint = createEndpoint();
  const page = createServer(({ url = '/' }, response) => {
    const [, script] = /^\/shape\/(\w+\.mjs)$/.exec(url) ?? [];
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(
      script === undefined
        ? '<!doctype html><title>shape</title>'
        : readFileSync(new URL(script, scripts)),
    );
  });
  endpoint.mount('/echo', { subprotocols: ['b'] }, (websocket) => {
    websocket.on('message', (message) => void websocket.send(message));
  });
  endpoint.mount('/bye', {}, (websocket) => {
    websocket.send('one');
    websocket.send('two');
    void websocket.close(4001, 'bye');
  });
  endpoint.mount('/count', {}, (websocket) => {
    websocket.on('message', (message) => void websocket.send(String(message.length)));
  });
  endpoint.attach(page);
  const raw = createServer().on('upgrade', misbehave);
  const base = await listen(page);
  return {
    page: base.replace('ws', 'http'),
    base,
    raw: await listen(raw),
    async stop() {
      await endpoint.close({ withinMs: 0 });
      for (const server of [page, raw]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function misbehave(
  { url, headers }: { url?: string; headers: NodeJS.Dict<string | string[]> },
  socket: Socket,
): void {
  socket.on('error', () => {});
  const accept = acceptFor(String(headers['sec-websocket-key']));
  const fields = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept';
  socket.write(`HTTP/1.1 101 Switching\r\n${fields}: ${accept}\r\n\r\n`);
  socket.end(Buffer.from(frames[url ?? ''] ?? []));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
