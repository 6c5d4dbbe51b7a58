/**
 * Whole sessions by every road: the hub, its own subprotocol, and the SDK. What is published comes once and in order, whichever road
 * carries it, when roads break, and when the client changes from one to another in the middle.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import { createClient } from '../../src/client/create-client.ts';
import type { Client, ClientTransport } from '../../src/client/index.ts';
import { dialled } from '../../src/client/node/transport.ts';
import { ladder } from '../../src/client/transports/ladder.ts';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import { createEndpoint, systemClock } from '../../src/endpoint/index.ts';
import { eventSource } from '../../src/gateways/event-source.ts';
import { native } from '../../src/gateways/native.ts';
import { createHub } from '../../src/hub/index.ts';
import { eventSourceTransport } from '../../src/transports/event-source.ts';
import { httpTransport } from '../../src/transports/http-transport.ts';
import { websocketTransport } from '../../src/transports/websocket.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) {
    await end();
  }
});
const soon = { timeout: 20_000 };

async function start() {
  const endpoint = createEndpoint();
  const hub = createHub({
    policy: {
      connect: ({ token }) => (token === 'no' ? undefined : (token ?? 'somebody')),
      subscribe: ({ channel }) => channel !== 'secret',
      publish: () => true,
    },
    broker: memory(),
    clock: systemClock,
  });
  const gateways = [native()];
  websocketTransport({ endpoint, path: '/', gateways, hub });
  const roads = httpTransport({ endpoint, path: '/', gateways, hub });
  eventSourceTransport({ endpoint, path: '/events', gateway: eventSource(), hub, cookie: 'who' });
  await hub.start();
  await roads.start();
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  ending.push(async () => {
    await hub.stop({ withinMs: 500 });
    roads.stop();
    await endpoint.close({ withinMs: 0 });
  });
  return { hub, endpoint, roads, url: `ws://127.0.0.1:${port}/` };
}

/** A client that follows a channel, and what it was told. */
async function follow(
  url: string,
  transport: ClientTransport,
): Promise<{ client: Client; told: unknown[] }> {
  const client = createClient(url, { transport, backoff: { firstMs: 10 } });
  ending.push(() => client.close());
  const told: unknown[] = [];
  const subscription = client.subscribe('room');
  subscription.on('publication', ({ data }) => told.push(data));
  subscription.on('gap', ({ reason }) => told.push(`gap ${reason}`));
  await expect.poll(() => subscription.position, soon).toBeDefined();
  return { client, told };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe.each([
  ['websockets', dialled],
  ['streams', sse],
  ['polls', longPoll],
])('by %s', (_what, transport) => {
  it('what is published comes once and in order, while requests fail', async () => {
    const { hub, url } = await start();
    let count = 0;
    const failing: typeof fetch = (...given) => {
      count += 1;
      return count % 4 === 0 ? Promise.reject(new Error('lost')) : fetch(...given);
    };
    const made = transport === dialled ? dialled() : (transport as typeof sse)({ fetch: failing });
    const { client, told } = await follow(url, made);
    for (const number of numbers(50)) {
      await (number % 2 === 0 ? client.publish('room', number) : hub.publish('room', number));
    }
    await expect.poll(() => told.length, soon).toBe(50);
    expect(told).toEqual(numbers(50));
  });

  it('a client that comes back resumes', async () => {
    const { hub, roads, endpoint, url } = await start();
    const { told } = await follow(url, transport());
    const other = await follow(url, sse());
    for (const number of numbers(30)) {
      await hub.publish('room', number);
      if (number % 10 === 0) {
        await expect.poll(() => told.at(-1), soon).toBe(number);
        // Every road breaks.
        roads.stop();
        await roads.start();
        for (const websocket of endpoint.websockets) {
          websocket.terminate();
        }
      }
    }
    await expect.poll(() => told.at(-1), soon).toBe(30);
    await expect.poll(() => other.told.at(-1), soon).toBe(30);
    expect([told, other.told]).toEqual([numbers(30), numbers(30)]);
  });
});

describe('a ladder under a session', () => {
  it('goes down where no websocket passes, and up again when one does, without a gap', async () => {
    const { hub, url } = await start();
    let passes = false;
    const guarded: ClientTransport = {
      name: 'websocket',
      open(...given) {
        const [, , listener] = given;
        if (passes) {
          return dialled().open(...given);
        }
        queueMicrotask(() => listener.closed({ code: 1006, reason: 'no upgrade passes' }));
        return { send() {}, close() {} };
      },
    };
    const used: string[] = [];
    const watched = (transport: ClientTransport): ClientTransport => ({
      ...transport,
      open(address, subprotocols, listener) {
        return transport.open(address, subprotocols, {
          ...listener,
          opened() {
            used.push(transport.name);
            listener.opened();
          },
        });
      },
    });
    const transport = ladder([watched(guarded), watched(sse()), watched(longPoll())], {
      climbAfterMs: 300,
    });
    const { told } = await follow(url, transport);
    for (const number of numbers(100)) {
      await hub.publish('room', number);
      await new Promise((resolve) => setTimeout(resolve, 10));
      passes ||= number === 30;
    }
    await expect.poll(() => told.at(-1), soon).toBe(100);
    expect(told).toEqual(numbers(100));
    expect(used[0]).toBe('sse');
    expect(used.at(-1)).toBe('websocket');
    expect(hub.view().sessions).toBe(1);
  });
});

describe('a plain EventSource', () => {
  const read = async (response: Response, until: string): Promise<string> => {
    const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(until)) {
      const { value, done } = await chunks.read();
      if (done) {
        break;
      }
      text += value;
    }
    await chunks.cancel();
    return text;
  };
  const datas = (text: string): unknown[] =>
    [...text.matchAll(/^data: (\{"data".*)$/gm)].map(
      ([, json]) => (JSON.parse(json!) as { data: unknown }).data,
    );

  it('follows a channel, and goes on behind the last event', async () => {
    const { hub, url } = await start();
    const events = `${url.replace('ws', 'http')}events?channel=room`;
    await hub.publish('room', 0);
    const response = await fetch(events, { headers: { Cookie: 'who=ada' } });
    await hub.publish('room', 1);
    const first = await read(response, '"data":1');
    expect(datas(first)).toEqual([1]);
    const last = [...first.matchAll(/^id: (.*)$/gm)].at(-1)![1]!;
    await hub.publish('room', 2);
    await hub.publish('room', 3);
    const again = await fetch(events, { headers: { 'Last-Event-ID': last } });
    expect(datas(await read(again, '"data":3'))).toEqual([2, 3]);
  });

  it('A10: who is not let in gets 403, and so does who may not follow', async () => {
    const { url } = await start();
    const events = `${url.replace('ws', 'http')}events`;
    expect((await fetch(`${events}?channel=room&ticket=no`)).status).toBe(403);
    expect((await fetch(`${events}?channel=secret`)).status).toBe(403);
    expect((await fetch(`${events}?channel=room&since=nonsense`)).status).toBe(400);
  });
});
