import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Road } from '../../../src/client/index.ts';
import { dialled } from '../../../src/client/node/transport.ts';
import {
  createEndpoint,
  type Endpoint,
  type WebsocketHandler,
} from '../../../src/endpoint/index.ts';

const endpoints: Endpoint[] = [];
afterEach(async () => {
  await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.close({ withinMs: 100 })));
});

interface Heard {
  readonly road: Road;
  readonly told: unknown[];
  /** Resolves when `closed` is told. */
  readonly over: Promise<void>;
}

function open(url: string): Heard {
  const told: unknown[] = [];
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const road = dialled().open(url, ['tautline.v1.json'], {
    opened: () => {
      told.push('opened');
      road.send('ours');
    },
    received: (payload) => told.push(payload),
    closed: (why) => {
      told.push(why);
      end();
    },
  });
  return { road, told, over };
}

async function serve(handle: WebsocketHandler): Promise<string> {
  const endpoint = createEndpoint();
  endpoints.push(endpoint);
  endpoint.mount('/', { subprotocols: ['tautline.v1.json'] }, handle);
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  return `ws://127.0.0.1:${port}/`;
}

describe('the road that is dialled', () => {
  it('tells of opening, text, bytes and closing, and sends', async () => {
    const got: unknown[] = [];
    const url = await serve((websocket) => {
      websocket.on('message', (message) => {
        got.push(message);
        websocket.send('theirs');
        websocket.send(new Uint8Array([7]));
        void websocket.close(4000, 'bye');
      });
    });
    const { told, over } = open(url);
    await over;
    expect(got).toEqual(['ours']);
    expect(told).toEqual(['opened', 'theirs', Buffer.from([7]), { code: 4000, reason: 'bye' }]);
  });

  it('nobody there: closed with 1006, and nothing is thrown', async () => {
    const free = createTcpServer();
    await new Promise<void>((resolve) => {
      free.listen(0, '127.0.0.1', resolve);
    });
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => {
      free.close(resolve);
    });
    const { road, told, over } = open(`ws://127.0.0.1:${port}/`);
    road.send('too early');
    await over;
    expect(told).toMatchObject([{ code: 1006 }]);
  });

  it('closed before it is open, it never opens', async () => {
    const url = await serve(() => {});
    const { road, told, over } = open(url);
    road.close(1000, 'changed my mind');
    await over;
    expect(told).toMatchObject([{ code: 1006 }]);
  });
});
