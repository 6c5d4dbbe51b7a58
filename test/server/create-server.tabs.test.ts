import { afterEach, describe, expect, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { Trunk } from '../../src/client/transports/shared-tabs/trunk.ts';
import { sse } from '../../src/client/transports/sse.ts';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import { createServer, type Server, type ServerOptions } from '../../src/server/index.ts';
import type { ServerMessage } from '../../src/wire/index.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close({ withinMs: 200 })));
});

async function serve(options: Partial<ServerOptions> = {}) {
  const server = createServer({
    policy: { connect: ({ token }) => token, subscribe: () => true },
    ...options,
  });
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  return { server, url: `ws://127.0.0.1:${port}/` };
}

/** Strands by hand. */
class Strands {
  readonly frames: string[] = [];
  private readonly websocket: Websocket;
  private wake: () => void = () => undefined;

  constructor(websocket: Websocket) {
    this.websocket = websocket;
    websocket.on('message', (frame) => {
      this.frames.push(String(frame));
      this.wake();
    });
  }

  say(frame: string): void {
    this.websocket.send(frame);
  }

  /** What was said in a strand. */
  in(strand: number): ServerMessage[] {
    const head = `m${strand} `;
    return this.frames
      .filter((frame) => frame.startsWith(head))
      .flatMap((frame) => JSON.parse(frame.slice(head.length)) as ServerMessage | ServerMessage[]);
  }

  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function open(url: string): Promise<Strands> {
  return new Strands(await dial(url, { subprotocols: ['tautline.tabs.v1'] }));
}

const hello = (token: string): string =>
  JSON.stringify({ type: 'hello', version: 1, capabilities: [], token });

describe('a server and strands', () => {
  it('lets in clients that share a connection, each as who it says', async () => {
    const { server, url } = await serve();
    const strands = await open(url);
    strands.say('o1 tautline.v1.json');
    strands.say(`m1 ${hello('ada')}`);
    strands.say('o2 tautline.v1.binary tautline.v1.json');
    strands.say(`m2 ${hello('bob')}`);
    await strands.until(() => strands.in(1).length + strands.in(2).length === 2);
    expect([strands.in(1), strands.in(2)]).toMatchObject([
      [{ type: 'welcome', user: 'ada' }],
      [{ type: 'welcome', user: 'bob' }],
    ]);
    expect(server.view().sessions).toBe(2);
  });

  it('speaks in its own tongue with who offers both', async () => {
    const { url } = await serve();
    const subprotocols = ['tautline.tabs.v1', 'tautline.v1.json'];
    const websocket = await dial(url, { subprotocols });
    expect(websocket.subprotocol).toBe('tautline.v1.json');
    await websocket.close(1000, '');
  });

  it('D5: counts each strand as a connection of its user', async () => {
    const { url } = await serve({ limits: { maxConnectionsPerUser: 1 } });
    const strands = await open(url);
    for (const strand of [1, 2]) {
      strands.say(`o${strand} tautline.v1.json`);
      strands.say(`m${strand} ${hello('ada')}`);
    }
    await strands.until(() => strands.frames.some((frame) => frame.startsWith('c2 ')));
    expect(strands.in(1)).toMatchObject([{ type: 'welcome' }]);
    expect(strands.frames.find((frame) => frame.startsWith('c2'))).toMatch(/^c2 4005 /);
  });

  it('D12: sends away one whose token has ended, and not its neighbour', async () => {
    const { url } = await serve({
      policy: {
        connect: ({ token }) =>
          token === 'short' ? { user: 'ada', expiresAtMs: Date.now() + 100 } : token,
      },
    });
    const strands = await open(url);
    strands.say('o1 tautline.v1.json');
    strands.say(`m1 ${hello('short')}`);
    strands.say('o2 tautline.v1.json');
    strands.say(`m2 ${hello('bob')}`);
    await strands.until(() => strands.frames.some((frame) => frame.startsWith('c1 4006 ')));
    strands.say('m2 {"type":"ping","id":1}');
    await strands.until(() => strands.in(2).some(({ type }) => type === 'pong'));
  });

  it.each(['sse', 'long-poll'])('lets them in by plain requests, too: %s', async (by) => {
    const { server, url } = await serve();
    const inner = by === 'sse' ? sse({ locks: false }) : longPoll({ locks: false });
    const trunk = new Trunk(inner, url, { spoken: () => undefined, over: () => undefined });
    const users = await Promise.all(
      ['ada', 'bob'].map(
        (user) =>
          new Promise<unknown>((resolve) => {
            const road = trunk.open(user, ['tautline.v1.json'], {
              opened: () => road.send(hello(user)),
              received: (frame) => resolve(JSON.parse(String(frame))),
              closed: resolve,
            });
          }),
      ),
    );
    expect(users).toMatchObject([{ user: 'ada' }, { user: 'bob' }]);
    expect(server.view().sessions).toBe(2);
    trunk.closeAll({ code: 1000, reason: '' });
  });

  it('a long replay in one strand comes whole, and another is answered meanwhile', async () => {
    const broker = memory({ maxEntries: 10_000, maxBytes: 100_000_000 });
    const { server, url } = await serve({ broker });
    const many = 3_000;
    const data = 'x'.repeat(1_000);
    for (let n = 0; n < many; n += 1) {
      void server.publish('room', data);
    }
    const first = await server.publish('room', 'last');
    const strands = await open(url);
    for (const strand of [1, 2]) {
      strands.say(`o${strand} tautline.v1.json`);
      strands.say(`m${strand} ${hello('ada')}`);
    }
    const since = { epoch: first.epoch, offset: 0, id: '' };
    strands.say(`m1 ${JSON.stringify({ type: 'subscribe', id: 1, channel: 'room', since })}`);
    strands.say('m2 {"type":"ping","id":7}');
    await strands.until(() => strands.frames.some((frame) => frame.includes('"caughtUp"')));
    const offsets = strands
      .in(1)
      .flatMap((message) => (message.type === 'publication' ? [message.publication.offset] : []));
    expect(offsets).toEqual(Array.from({ length: many + 1 }, (_, n) => n + 1));
    const pong = strands.frames.findIndex((frame) => frame.includes('"pong"'));
    expect(pong).toBeGreaterThan(-1);
    expect(pong).toBeLessThan(strands.frames.length / 2);
  });
});
