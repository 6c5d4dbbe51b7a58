/** How websockets that were dialled over HTTP/2 end when their stream, their connection or their server does. */
import { getEventListeners } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DialOptions, dial, type Websocket } from '../../src/endpoint/index.ts';
import { failure, told } from './answering.ts';
import {
  type Http2Server,
  http2Certificate,
  http2Server,
  openAndEcho,
  tls,
} from './http2-server.ts';
import { eventually, frame, newEndpoint, next, record, uncaught } from './support.ts';

const shared: DialOptions = { http2: true, tls };

function dialMany(server: Http2Server, count: number, options = {}): Promise<Websocket[]> {
  return Promise.all(
    Array.from({ length: count }, () => dial(server.url, { ...shared, ...options })),
  );
}

async function echoed(websocket: Websocket): Promise<void> {
  const answer = next(websocket, 'message');
  websocket.send('hello');
  expect(await answer).toEqual(['hello']);
}

/** What a process is warned of, such as listeners that are never removed. */
function warnings(): Error[] {
  const warned: Error[] = [];
  const listener = (warning: Error): void => void warned.push(warning);
  process.on('warning', listener);
  onTestFinished(() => void process.off('warning', listener));
  return warned;
}

describe('the end of a stream', () => {
  it('by a reset, with whatever code, in the middle of a message: 1006, told once', async () => {
    const errors = uncaught();
    const server = await http2Server();
    const codes = [...Array(14).keys(), 0xffff_ffff];
    const websockets = await dialMany(server, codes.length + 1);
    const closings = websockets.map((websocket) => record(websocket, 'closed'));
    for (const [n, code] of codes.entries()) {
      server.streams[n]!.write(frame(1, 'hello', { masked: false }).subarray(0, 4));
      server.streams[n]!.close(code);
    }
    await eventually(() => closings.filter(({ length }) => length > 0).length === codes.length);
    expect(closings.flat().every(([why]) => why.code === 1006 && !why.clean)).toBe(true);
    await echoed(websockets.at(-1)!);
    expect(server.connections()).toBe(1);
    expect(errors).toEqual([]);
    websockets.at(-1)!.terminate();
  });

  it('by END_STREAM without a Close, and by trailers: 1006', async () => {
    const server = await http2Server({
      onStream: (stream, { ':path': path }) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: path === '/trailers' });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-why': 'enough' }));
        stream.end();
      },
    });
    for (const path of ['', 'trailers']) {
      const websocket = await dial(server.url + path, shared);
      expect(await next(websocket, 'closed')).toMatchObject([{ code: 1006, clean: false }]);
    }
  });
});

describe('the end of a connection', () => {
  it('with very many websockets: each is told once, and nobody is warned of anything', async () => {
    const errors = uncaught();
    const warned = warnings();
    const server = await http2Server();
    const websockets = await dialMany(server, 300);
    expect(server.connections()).toBe(1);
    const closings = websockets.map((websocket) => record(websocket, 'closed'));
    for (const websocket of websockets) {
      websocket.send('on its way');
    }
    server.sockets[0]!.destroy();
    await eventually(() => closings.every(({ length }) => length > 0));
    expect(closings.every((all) => all.length === 1 && all[0]![0].code === 1006)).toBe(true);
    const [again] = await dialMany(server, 1);
    await echoed(again!);
    expect(server.connections()).toBe(2);
    again!.terminate();
    expect([...errors, ...warned]).toEqual([]);
  });

  it('announced (GOAWAY): what is open goes on, and who dials takes another', async () => {
    const server = await http2Server();
    const [first] = await dialMany(server, 1);
    server.sessions[0]!.close();
    await eventually(() => server.sessions[0]!.closed);
    await echoed(first!);
    const [second] = await dialMany(server, 1);
    await echoed(second!);
    await echoed(first!);
    expect(server.connections()).toBe(2);
    expect(await first!.close(4000)).toMatchObject({ code: 4000, clean: true });
    await eventually(async () => (await server.count()) === 1);
    second!.terminate();
  });

  it('announced while somebody dials: lost, and it may be tried again', async () => {
    const errors = uncaught();
    let isFirst = true;
    const server = await http2Server({
      onStream: (stream: ServerHttp2Stream) => {
        if (isFirst) {
          isFirst = false;
          // None was begun to be worked at.
          stream.session!.goaway(0, 0);
          stream.session!.destroy();
        } else {
          openAndEcho(stream);
        }
      },
    });
    const all = await Promise.all(Array.from({ length: 5 }, () => failure(server.url, shared)));
    expect(all.map((error) => told(error))).toEqual(
      all.map(() => ({ code: 'CONNECTION_LOST', retryable: true })),
    );
    const [websocket] = await dialMany(server, 1);
    await echoed(websocket!);
    expect(server.connections()).toBe(2);
    expect(errors).toEqual([]);
    websocket!.terminate();
  });

  it('by an error (GOAWAY with a reason): 1006 for each', async () => {
    const errors = uncaught();
    const server = await http2Server();
    const websockets = await dialMany(server, 10);
    const closings = websockets.map((websocket) => next(websocket, 'closed'));
    server.sessions[0]!.goaway(2);
    for (const closing of closings) {
      expect(await closing).toMatchObject([{ code: 1006, clean: false }]);
    }
    expect(errors).toEqual([]);
  });
});

describe('a server that gives no room', () => {
  it('what is sent is bounded, and a websocket beyond it ends with 1008', async () => {
    const server = await http2Server({ settings: { initialWindowSize: 0 } });
    const [websocket, other] = await dialMany(server, 2, {
      maxBufferedBytes: 1_000_000,
      closeWithinMs: 50,
    });
    const closed = next(websocket!, 'closed');
    let sent = 0;
    while (websocket!.state === 'open') {
      websocket!.send(Buffer.alloc(100_000));
      sent += 1;
    }
    expect(sent).toBeLessThan(12);
    expect(await closed).toMatchObject([
      { code: 1008, clean: false, fault: { name: 'READS_TOO_SLOWLY' } },
    ]);
    expect(websocket!.bufferedBytes).toBe(0);
    await eventually(() => server.streams[0]!.closed);
    expect(server.streams[0]!.rstCode).toBe(8);
    expect(other!.state).toBe('open');
    other!.terminate();
  });
});

describe('giving up', () => {
  it('by very many at once, connecting or asking: nothing stays behind', async () => {
    const errors = uncaught();
    const warned = warnings();
    const server = await http2Server({ onStream: () => {} });
    for (const when of ['connecting', 'asking']) {
      const stop = new AbortController();
      const all = Array.from({ length: 50 }, () =>
        failure(server.url, { ...shared, signal: stop.signal }),
      );
      if (when === 'asking') {
        await eventually(() => server.streams.length === 50);
      } else {
        await new Promise((resolve) => setImmediate(resolve));
      }
      stop.abort();
      expect((await Promise.all(all)).every(({ code }) => code === 'DIAL_ABORTED')).toBe(true);
      expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    }
    await eventually(() => server.streams.every(({ closed }) => closed));
    expect(errors).toEqual([]);
    expect(warned.filter(({ name }) => name !== 'MaxListenersExceededWarning')).toEqual([]);
    await eventually(async () => (await server.count()) === 0);
  });
});

it('a server that stops says 1001 to each, and the connection ends', async () => {
  const endpoint = newEndpoint();
  endpoint.mount('/', {}, () => {});
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls: http2Certificate });
  const websockets = await Promise.all(
    Array.from({ length: 50 }, () => dial(`wss://127.0.0.1:${port}/`, shared)),
  );
  const closings = websockets.map((websocket) => record(websocket, 'closed'));
  await endpoint.close();
  await eventually(() => closings.every(({ length }) => length === 1));
  expect(closings.flat().every(([why]) => why.code === 1001 && why.clean)).toBe(true);
});
