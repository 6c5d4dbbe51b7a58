/**
 * Interoperability with programs that are not ours, in both roles.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Closing, createEndpoint, dial, type Websocket } from '../src/endpoint/index.ts';
import { compressed, compressionOf, converse, messages, summary } from './converse.ts';
import { type Peer, startPeer } from './process.ts';

/** Debian's own, which has the packages; another may come first in the path. */
const python = '/usr/bin/python3';
const bin = (name: string): string =>
  fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/** What a peer does otherwise than the others do: its own doing, and written down here so that it is seen when it changes. */
interface Habits {
  /** It takes a byte order mark at the beginning of a text for none of its characters. */
  readonly dropsByteOrderMark?: boolean;
  /** The code it puts in its answer to a Close frame, when that is not the one it got. */
  readonly answersCloseWith?: number;
  /** It has no permessage-deflate. */
  readonly isPlain?: boolean;
  /** It inflates, and compresses nothing itself. */
  readonly sendsPlain?: boolean;
}

interface Client extends Habits {
  readonly name: string;
  readonly start: (url: string) => Peer;
}

const clients: readonly Client[] = [
  { name: 'ws', start: (url) => startPeer('node', 'ws-client.mjs', url) },
  {
    name: 'undici',
    start: (url) => startPeer('node', 'undici-client.mjs', url),
    sendsPlain: true,
    dropsByteOrderMark: true,
  },
  { name: 'Bun', start: (url) => startPeer(bin('bun'), 'global-client.mjs', url) },
  {
    name: 'Deno',
    start: (url) => startPeer(bin('deno'), 'run', '--allow-net', 'global-client.mjs', url),
    isPlain: true,
  },
  {
    name: 'Python websockets',
    start: (url) => startPeer(python, 'websockets_client.py', url),
  },
  {
    name: 'Python aiohttp',
    start: (url) => startPeer(python, 'aiohttp_client.py', url),
    answersCloseWith: 1000,
  },
];

interface Server extends Habits {
  readonly name: string;
  readonly start: () => Peer;
}

const servers: readonly Server[] = [
  { name: 'ws', start: () => startPeer('node', 'ws-server.mjs') },
  { name: 'Bun', start: () => startPeer(bin('bun'), 'bun-server.mjs') },
  {
    name: 'Deno',
    start: () => startPeer(bin('deno'), 'run', '--allow-net', 'deno-server.mjs'),
    isPlain: true,
  },
  { name: 'Python websockets', start: () => startPeer(python, 'websockets_server.py') },
  {
    name: 'Python aiohttp',
    start: () => startPeer(python, 'aiohttp_server.py'),
    answersCloseWith: 1000,
  },
];

/** With our compression on and off. */
function bothWays<Row extends Habits>(rows: readonly Row[]) {
  return rows.flatMap((row) => [
    { ...row, compression: false, how: 'plain' },
    { ...row, compression: true, how: row.isPlain ? 'asked to compress, plain' : 'compressed' },
  ]);
}

/** What must travel compressed. */
function compressedWith({ compression, isPlain, sendsPlain }: Habits & { compression: boolean }) {
  const agreed = compressed(compression && !isPlain);
  return sendsPlain ? { ...agreed, received: false } : agreed;
}

/** What must come back, of both rounds. */
function answersOf({ dropsByteOrderMark = false }: Habits): readonly string[] {
  const round = messages.map((message) =>
    summary(
      dropsByteOrderMark && typeof message === 'string' ? message.replace('\ufeff', '') : message,
    ),
  );
  return [...round, ...round];
}

/** Lets a client start against a server of ours, and gives the websocket that comes of it. */
async function withServer(
  { start, compression }: Client & { readonly compression: boolean },
  talk: (websocket: Websocket, peer: Peer) => Promise<void>,
): Promise<void> {
  const endpoint = createEndpoint();
  const arrived = new Promise<Websocket>((resolve) => {
    const options = { origins: 'any', subprotocols: ['echo.v1'], compression } as const;
    endpoint.mount('/', options, resolve);
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  const peer = start(`ws://127.0.0.1:${port}/`);
  try {
    // A peer that dies says why, and is not waited for.
    const websocket = await Promise.race([arrived, peer.firstLine.then(() => arrived)]);
    await talk(websocket, peer);
  } finally {
    await peer.stop();
    await endpoint.close({ withinMs: 0 });
  }
}

describe.each(bothWays(clients))('with $name as the client, we as the server, $how', (client) => {
  it('sends back every message unchanged, answers pings, and is closed by us', async () => {
    await withServer(client, async (websocket, peer) => {
      expect(await converse(websocket)).toEqual(answersOf(client));
      expect(compressionOf(websocket)).toEqual(compressedWith(client));
      expect(await websocket.ping()).toBeGreaterThan(0);
      const closing = await websocket.close(4002, 'bye');
      expect(closing).toMatchObject({
        code: client.answersCloseWith ?? 4002,
        clean: true,
        fault: undefined,
      });
      const seen = JSON.parse(await peer.firstLine) as object;
      expect(seen).toEqual({ code: 4002, reason: 'bye', clean: true, subprotocol: 'echo.v1' });
    });
  });

  it('closes, and we see its code and reason', async () => {
    await withServer(client, async (websocket) => {
      const closed = new Promise<Closing>((resolve) => websocket.on('closed', resolve));
      websocket.send('close me');
      expect(await closed).toEqual({ code: 4003, reason: 'asked', clean: true, fault: undefined });
    });
  });
});

describe.each(bothWays(servers))('with $name as the server, we as the client, $how', (server) => {
  async function withPeer(talk: (websocket: Websocket) => Promise<void>): Promise<void> {
    const peer = server.start();
    try {
      const url = `ws://127.0.0.1:${await peer.firstLine}/`;
      const { compression } = server;
      await talk(await dial(url, { subprotocols: ['echo.v1'], compression }));
    } finally {
      await peer.stop();
    }
  }

  it('sends back every message unchanged, answers pings, and is closed by us', async () => {
    await withPeer(async (websocket) => {
      expect(websocket.subprotocol).toBe('echo.v1');
      expect(await converse(websocket)).toEqual(answersOf(server));
      expect(compressionOf(websocket)).toEqual(compressedWith(server));
      expect(await websocket.ping()).toBeGreaterThan(0);
      const closing = await websocket.close(4002, 'bye');
      expect(closing).toMatchObject({
        code: server.answersCloseWith ?? 4002,
        clean: true,
        fault: undefined,
      });
    });
  });

  it('closes, and we see its code and reason', async () => {
    await withPeer(async (websocket) => {
      const closed = new Promise<Closing>((resolve) => websocket.on('closed', resolve));
      websocket.send('close me');
      expect(await closed).toEqual({ code: 4003, reason: 'asked', clean: true, fault: undefined });
    });
  });
});
