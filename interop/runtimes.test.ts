/**
 * Our own clients where they were not written: the SDK, and the `WebSocket` of browsers, built, in Bun and Deno.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createEndpoint, type Websocket } from '../src/endpoint/index.ts';
import { createServer } from '../src/server/index.ts';
import { converse, messages, summary } from './converse.ts';
import { type Peer, startPeer } from './process.ts';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

const runtimes: readonly { name: string; start: (...words: readonly string[]) => Peer }[] = [
  { name: 'Bun', start: (...words) => startPeer(path('node_modules/.bin/bun'), ...words) },
  {
    name: 'Deno',
    start: (...words) => startPeer(path('node_modules/.bin/deno'), 'run', '-A', ...words),
  },
];

/** Under the conditions of both `tautline/client` is the client on our own endpoint; the file is the one that pages get. */
const doors = [path('dist/client/index.js'), 'tautline/client'];

describe.each(runtimes)('in $name', ({ start }) => {
  it.each(doors)(
    'the SDK subscribes, publishes, and is told what was published: %s',
    async (door) => {
      const server = createServer({
        policy: { connect: ({ token }) => token, subscribe: () => true, publish: () => true },
      });
      const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
      await server.publish('room', 'before');
      const peer = start('sdk-client.mjs', door, `ws://127.0.0.1:${port}/`);
      try {
        expect(JSON.parse(await peer.firstLine)).toEqual([['Ada', 'mine']]);
        expect((await server.publish('room', 'after')).offset).toBe(3);
      } finally {
        await peer.stop();
        await server.close({ withinMs: 0 });
      }
    },
  );

  it('the WebSocket of browsers sends back every message unchanged, and is closed by us', async () => {
    const endpoint = createEndpoint();
    const arrived = new Promise<Websocket>((resolve) => {
      endpoint.mount('/', { subprotocols: ['echo.v1'] }, resolve);
    });
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    const door = path('dist/browser-shape/index.js');
    const peer = start('shape-client.mjs', door, `ws://127.0.0.1:${port}/`);
    try {
      // A peer that dies says why, and is not waited for.
      const websocket = await Promise.race([arrived, peer.firstLine.then(() => arrived)]);
      expect(await converse(websocket)).toEqual([...messages, ...messages].map(summary));
      expect(await websocket.close(4002, 'bye')).toMatchObject({ code: 4002, clean: true });
      const seen = { code: 4002, reason: 'bye', clean: true, subprotocol: 'echo.v1' };
      expect(JSON.parse(await peer.firstLine)).toEqual(seen);
    } finally {
      await peer.stop();
      await endpoint.close({ withinMs: 0 });
    }
  });
});
