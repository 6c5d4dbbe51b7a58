/**
 * Roads of plain requests behind nginx and HAProxy of Debian, told what docs/2-guides/behind-a-proxy.md says; and behind an nginx that
 * holds streams back, one that passes no upgrade on, and one that keeps what it may.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { haproxy, nginx, type ReverseProxy, start } from '../../interop/reverse-proxies.ts';
import { ladder } from '../../src/client/transports/ladder.ts';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import type { ClientTransport, Road } from '../../src/client/transports/transport.ts';
import { websocket } from '../../src/client/transports/websocket.ts';
import { createEndpoint, dial } from '../../src/endpoint/index.ts';
import type { Payload, Pipe } from '../../src/ports/index.ts';
import { eventSourceTransport } from '../../src/transports/event-source.ts';
import { websocketTransport } from '../../src/transports/websocket.ts';
import {
  Bus,
  Clerk,
  deskAt,
  down,
  echo,
  openRoad,
  say,
  serve,
} from '../../test/transports/roads.ts';

/** Such an nginx with other lines in its location. */
function nginxWith(name: string, change: (config: string, folder: string) => string): ReverseProxy {
  return { ...nginx, name, config: (ports, folder) => change(nginx.config(ports, folder), folder) };
}

const holdingBack = nginxWith('an nginx that holds streams back', (config) =>
  config.replace(
    'proxy_http_version 1.1;',
    'proxy_http_version 1.1; proxy_ignore_headers X-Accel-Buffering; gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0;',
  ),
);
const withoutUpgrades = nginxWith('an nginx that passes no upgrade on', (config) =>
  config.replace(/proxy_set_header (Upgrade|Connection) [^;]*;/g, ''),
);
const keeping = nginxWith('an nginx that keeps what it may', (config, folder) =>
  config
    .replace('server {', `proxy_cache_path ${folder}/cache keys_zone=all:1m; server {`)
    .replace(
      'proxy_http_version 1.1;',
      'proxy_http_version 1.1; proxy_cache all; proxy_cache_key $uri; proxy_cache_valid any 1m;',
    ),
);

/** Nor does it keep what it must not hold back: this one holds everything back. */
const keepingMore: ReverseProxy = {
  ...keeping,
  name: 'an nginx that keeps what it may, and holds everything back',
  config: (...given) =>
    keeping
      .config(...given)
      .replace('proxy_cache all;', 'proxy_cache all; proxy_ignore_headers X-Accel-Buffering;'),
};

function open(transport: ClientTransport, port: number): { road: Road; told: unknown[] } {
  const told: unknown[] = [];
  const road = transport.open(`ws://127.0.0.1:${port}/live`, ['test'], {
    opened: () => told.push('opened'),
    received: (payload) => told.push(payload),
    closed: ({ code, reason }) => told.push(`closed ${code} ${reason}`),
  });
  onTestFinished(() => road.close(1000, ''));
  return { road, told };
}

const soon = { timeout: 10_000 };

describe.each([nginx, haproxy])('behind $name', (proxy) => {
  it.each([
    ['streams', sse],
    ['polls', longPoll],
  ])('%s carry both ways, at once, and leave', async (_what, transport) => {
    const { port, clerk } = await serve();
    clerk.answer = echo;
    const { road, told } = open(transport(), await start(proxy, port));
    await expect.poll(() => told, soon).toEqual(['opened']);
    for (let i = 1; i <= 20; i += 1) {
      road.send(`${i}`);
      await expect.poll(() => told.at(-1), soon).toBe(`re ${i}`);
    }
    expect(told).toEqual(['opened', ...Array.from({ length: 20 }, (_, i) => `re ${i + 1}`)]);
    road.close(1000, '');
    await expect.poll(() => clerk.told.at(-1), soon).toBe('closed');
  });

  it('a silent stream outlives the silence that the proxy allows', async () => {
    const quick: ReverseProxy = {
      ...proxy,
      config: (...given) => proxy.config(...given).replaceAll(/\b60s/g, '1s'),
    };
    const { port, clerk } = await serve({ heartbeatMs: 300 });
    const { told } = open(sse(), await start(quick, port));
    await expect.poll(() => told, soon).toEqual(['opened']);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    say(clerk.pipes[0]!, 'still here');
    await expect.poll(() => told, soon).toEqual(['opened', 'still here']);
  });
});

describe('behind proxies that know better', () => {
  it('D17: a stream that is held back is found out, and the ladder goes on to polls', async () => {
    const { port, clerk } = await serve();
    const transport = ladder([sse({ firstByteMs: 1_000 }), longPoll()]);
    const { road, told } = open(transport, await start(holdingBack, port));
    await expect.poll(() => told, soon).toEqual(['opened']);
    expect(clerk.pipes.at(-1)!.name).toBe('long-poll');
    clerk.answer = echo;
    road.send('x');
    await expect.poll(() => told, soon).toEqual(['opened', 're x']);
  });

  it('where no upgrade passes the ladder goes on to a stream', async () => {
    const endpoint = createEndpoint();
    const clerk = new Clerk();
    const hub = deskAt(new Bus().post('node1'));
    websocketTransport({ endpoint, path: '/live', gateways: [clerk.gateway()], hub });
    const { port } = await serve({ endpoint, gateways: [clerk.gateway()] });
    clerk.answer = echo;
    const dialled: ClientTransport =
      typeof WebSocket === 'function' ? websocket() : { name: 'websocket', open: dialling };
    const { road, told } = open(
      ladder([dialled, sse(), longPoll()]),
      await start(withoutUpgrades, port),
    );
    await expect.poll(() => told, soon).toEqual(['opened']);
    expect(clerk.pipes.at(-1)!.name).toBe('sse');
    road.send('x');
    await expect.poll(() => told, soon).toEqual(['opened', 're x']);
  });

  it.each([
    ['polls, streams and events', keeping],
    ['polls, which it may hold back', keepingMore],
  ])('D17: a cache in front gives nobody what is for another, by %s', async (_by, proxy) => {
    const { port, clerk, endpoint } = await serve({ pollMs: 50, heartbeatMs: 50 });
    const told = new Map<string, Pipe>();
    const gateway = {
      subprotocol: 'events',
      open: (pipe: Pipe) => ({
        received: (wish: Payload) => {
          const { token } = JSON.parse(String(wish)) as { token: string };
          told.set(token, pipe);
          say(pipe, `data: of ${token};\n\n`);
        },
        closed: () => undefined,
      }),
    };
    const hub = deskAt(new Bus().post('n'));
    eventSourceTransport({ endpoint, path: '/live/events', gateway, hub, cookie: 'who' });
    const url = `http://127.0.0.1:${await start(proxy, port)}/live`;
    const users = Array.from({ length: 10 }, (_, index) => `user-${index}`);
    const roads: string[] = [];
    while (roads.length < users.length) {
      roads.push(await openRoad(url));
    }
    const heard = users.map(() => '');
    const listen = async (index: number, response: Response, until: string): Promise<void> => {
      const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (let has = ''; !has.includes(until); ) {
        const { value, done } = await chunks.read();
        expect(done, has).toBe(false);
        has += `${value}`;
        heard[index] = `${heard[index]}${value}`;
      }
      await chunks.cancel();
    };
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        users.map(async (user, index) => {
          const pipe = clerk.pipes[index]!;
          const word = `of ${user}; ${round}.`;
          say(pipe, word);
          const kind = proxy === keeping && round % 2 === 0 ? { 'Tautline-Down': 'stream' } : {};
          await listen(index, await down(url, roads[index]!, round, kind), `; ${round}.`);
          if (proxy === keeping) {
            const headers = { Cookie: `who=${user}` };
            await listen(index, await fetch(`${url}/events?channel=a`, { headers }), ';');
          }
        }),
      );
    }
    for (const [index, user] of users.entries()) {
      expect([...heard[index]!.matchAll(/of ([\w-]+);/g)].map(([, whose]) => whose)).toEqual(
        Array.from({ length: proxy === keeping ? 20 : 10 }, () => user),
      );
    }
    expect(told.size).toBe(proxy === keeping ? users.length : 0);
  });
});

const dialling: ClientTransport['open'] = (url, subprotocols, listener) => {
  dial(url, { subprotocols }).then(
    () => listener.opened(),
    (error: unknown) => listener.closed({ code: 1006, reason: String(error) }),
  );
  return { send() {}, close() {} };
};
