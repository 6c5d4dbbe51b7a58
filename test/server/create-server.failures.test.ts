/** What goes wrong around a server is told, and the rest goes on. */
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import { createEndpoint, dial, systemClock } from '../../src/endpoint/index.ts';
import { createServer } from '../../src/server/index.ts';

const policy = { connect: () => 'ann', subscribe: () => true, publish: () => true };

describe('a broker that cannot be stopped', () => {
  it('is told by close, and the port is free all the same', async () => {
    const failure = new Error('cannot stop');
    const broker = { ...delegate(), stop: () => Promise.reject(failure) };
    const server = createServer({ policy, broker });
    const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
    await expect(server.close()).rejects.toBe(failure);
    const refused = await new Promise((resolve) => {
      connect(port, '127.0.0.1').once('error', resolve).once('connect', resolve);
    });
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is told to the observer when a signal closed the server', async () => {
    const failure = new Error('cannot stop');
    const broker = { ...delegate(), stop: () => Promise.reject(failure) };
    const told = new Promise((resolve) => {
      const server = createServer({ policy, broker, observer: { failed: resolve } });
      const controller = new AbortController();
      void server
        .listen({ port: 0, host: '127.0.0.1', signal: controller.signal })
        .then(() => controller.abort());
    });
    expect(await told).toBe(failure);
  });
});

describe('the time to close', () => {
  it('is one for all: the endpoint has what the hub and the broker have left of it', async () => {
    const after = vi.spyOn(systemClock, 'after');
    const nowMs = vi.spyOn(systemClock, 'nowMs').mockReturnValue(1_000);
    onTestFinished(() => void vi.restoreAllMocks());
    for (const [tookMs, leftMs] of [
      [3_000, 2_000],
      [9_000, 0],
    ] as const) {
      const stop = async (): Promise<void> => {
        nowMs.mockReturnValue(1_000 + tookMs);
      };
      nowMs.mockReturnValue(1_000);
      const server = createServer({ policy, broker: { ...delegate(), stop } });
      await server.listen({ port: 0, host: '127.0.0.1' });
      await server.close({ withinMs: 5_000 });
      expect(after.mock.lastCall![0]).toBe(leftMs);
    }
  });
});

describe('a signal that was aborted before', () => {
  it('starts nothing', async () => {
    let starts = 0;
    const inner = delegate();
    const start: typeof inner.start = (ears) => {
      starts += 1;
      return inner.start(ears);
    };
    const server = createServer({ policy, broker: { ...inner, start } });
    const reason = new Error('changed my mind');
    const listening = server.listen({ port: 0, signal: AbortSignal.abort(reason) });
    await expect(listening).rejects.toBe(reason);
    expect(starts).toBe(0);
  });
});

/** The methods of a memory broker, as an object of its own. */
function delegate(): ReturnType<typeof memory> {
  const inner = memory();
  return {
    supports: inner.supports,
    log: inner.log,
    claims: inner.claims,
    bus: inner.bus,
    start: (ears) => inner.start(ears),
    stop: () => inner.stop(),
  };
}

describe('two endpoints on one server', () => {
  it('serve their own paths, and one of them refuses what neither knows', async () => {
    const http = createHttpServer();
    const endpoints = ['/a', '/b'].map((path) => {
      const endpoint = createEndpoint();
      endpoint.mount(path, {}, (websocket) => websocket.send(path));
      endpoint.attach(http);
      return endpoint;
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await Promise.all(endpoints.map((endpoint) => endpoint.close({ withinMs: 0 })));
      http.closeAllConnections();
      http.close();
    });
    const { port } = http.address() as { port: number };
    for (const path of ['/a', '/b']) {
      const websocket = await dial(`ws://127.0.0.1:${port}${path}`);
      expect(await websocket[Symbol.asyncIterator]().next()).toMatchObject({ value: path });
    }
    await expect(dial(`ws://127.0.0.1:${port}/c`)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a websocket that somebody else closes', () => {
  it('disturbs neither the publisher nor the other subscribers', async () => {
    const http = createHttpServer();
    const server = createServer({ policy });
    await server.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await server.close({ withinMs: 0 });
      http.close();
    });
    const { port } = http.address() as { port: number };
    const clients = await Promise.all(
      [1, 2, 3].map(async () => {
        const client = await dial(`ws://127.0.0.1:${port}/`, {
          subprotocols: ['tautline.v1.json'],
        });
        const messages = client[Symbol.asyncIterator]();
        client.send('{"type":"hello","version":1,"capabilities":[],"token":""}');
        client.send('{"type":"subscribe","id":1,"channel":"news"}');
        const until = async (some: string): Promise<void> => {
          for (;;) {
            const { value, done } = await messages.next();
            if (done === true || String(value).includes(some)) {
              expect(String(value)).toContain(some);
              return;
            }
          }
        };
        await until('"caughtUp"');
        return { client, until };
      }),
    );
    clients[0]!.client.pause();
    clients[0]!.client.terminate();
    await server.publish('news', 'one');
    await server.publish('news', 'two');
    await Promise.all(clients.slice(1).map(({ until }) => until('"two"')));
  });
});
