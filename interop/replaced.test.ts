/**
 * Packages that are made for ws, on `tautline/ws` in its place: nothing else of them is changed. Each program runs in a process of its
 * own, once as it is and once with ws replaced, and says the same.
 */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { chromiumPath, quietChromium } from './chromium.ts';
import { type Peer, startPeer } from './process.ts';

const folder = fileURLToPath(new URL('./replaced/', import.meta.url));

interface Program {
  readonly file: string;
  readonly does: string;
  readonly words?: readonly string[];
  readonly says: string;
}

const programs: readonly Program[] = [
  {
    file: 'graphql.mjs',
    does: 'graphql-ws: a query and a subscription',
    says: '[{"hello":"world"},{"count":1},{"count":2},{"count":3}]',
  },
  {
    file: 'hocuspocus.mjs',
    does: 'Hocuspocus: two write into one Yjs document, and it becomes the same',
    says: 'true 200',
  },
  {
    file: 'socket-io.mjs',
    does: 'socket.io: acknowledgements with text and bytes, and a room',
    says: '[["HELLO bytes!","HELLO bytes!"],["to the room","to the room"],"websocket"]',
  },
  {
    file: 'fastify.mjs',
    does: '@fastify/websocket: a client over the network, and one without',
    says: '["hello net","again",1000,"hello nobody","again",1000]',
  },
  {
    file: 'mqtt.mjs',
    does: 'MQTT.js and aedes: a broker on streams of websockets',
    says: '["news/5 5","news/70000 70000","news/0 0"]',
  },
  {
    file: 'puppeteer.mjs',
    does: 'puppeteer-core: Chromium is driven, and gives a large answer',
    words: [chromiumPath, ...quietChromium],
    says: '["clicked",3000000,true]',
  },
];

const running: Peer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.stop()));
});

function run(args: readonly string[]): Peer {
  const peer = startPeer(process.execPath, ...args);
  running.push(peer);
  return peer;
}

describe.each(programs)('$does', ({ file, words = [], says }) => {
  it('on ws', async () => {
    expect(await run([`${folder}${file}`, ...words]).firstLine).toBe(says);
  });

  it('on tautline/ws', async () => {
    const replaced = ['--import', `${folder}replace.mjs`, `${folder}${file}`, ...words];
    expect(await run(replaced).firstLine).toBe(says);
  });
});
