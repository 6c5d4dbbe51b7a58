import { constants } from 'node:http2';
import { createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DialOptions, dial, type Websocket } from '../../src/endpoint/index.ts';
import { failure, told } from './answering.ts';
import { http2Certificate, http2Server, openAndEcho, tls } from './http2-server.ts';
import { eventually, next, serve } from './support.ts';

const shared: DialOptions = { http2: true, tls };

async function echoed(websocket: Websocket): Promise<void> {
  const answer = next(websocket, 'message');
  websocket.send('hello');
  expect(await answer).toEqual(['hello']);
}

describe('http2: true, where it cannot be', () => {
  it('a server of HTTP/1.1: on the same socket, and nothing is dialled twice', async () => {
    const server = await http2Server({ alpn: ['http/1.1'] });
    const websocket = await dial(server.url, { ...shared, subprotocols: ['a'] });
    await echoed(websocket);
    expect(server.connections()).toBe(1);
    expect(server.heads[0]).toContain('Sec-WebSocket-Protocol: a\r\n');
    await websocket.close();
  });

  it('many at once: all open, each on a socket of its own', async () => {
    const server = await http2Server({ alpn: ['http/1.1'] });
    const dialled = Array.from({ length: 5 }, () => dial(server.url, shared));
    const websockets = await Promise.all(dialled);
    await Promise.all(websockets.map(echoed));
    expect(server.connections()).toBe(5);
    expect(server.heads).toHaveLength(5);
    await Promise.all(websockets.map((websocket) => websocket.close()));
  });

  it('RFC 8441 §3 a server whose settings do not say so: HTTP/1.1 on a new socket', async () => {
    const server = await http2Server({
      settings: { enableConnectProtocol: false },
      allowHTTP1: true,
    });
    const websocket = await dial(server.url, shared);
    await echoed(websocket);
    expect(server.streams).toEqual([]);
    expect(server.heads).toHaveLength(1);
    expect(server.connections()).toBe(2);
    await eventually(async () => (await server.count()) === 1);
    await websocket.close();
  });

  it('RFC 9113 §7 a server that answers HTTP_1_1_REQUIRED: HTTP/1.1 on a new socket', async () => {
    const server = await http2Server({
      allowHTTP1: true,
      onStream: (stream) => stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED),
    });
    const websocket = await dial(server.url, shared);
    await echoed(websocket);
    expect(server.streams).toHaveLength(1);
    expect(server.heads).toHaveLength(1);
    expect(server.connections()).toBe(2);
    websocket.terminate();
  });

  it('a server that knows no ALPN', async () => {
    const server = await http2Server({ alpn: 'none' });
    const websocket = await dial(server.url, shared);
    await echoed(websocket);
    expect(server.connections()).toBe(1);
    await websocket.close();
  });

  it('ws: is HTTP/1.1', async () => {
    const { url } = await serve();
    const websocket = await dial(url, shared);
    expect(websocket.state).toBe('open');
    websocket.terminate();
  });

  it('without the option nothing but http/1.1 is offered', async () => {
    const server = await http2Server({ allowHTTP1: true });
    const websocket = await dial(server.url, { tls });
    await echoed(websocket);
    expect(server.streams).toEqual([]);
    await websocket.close();
  });
});

describe('http2: true and what is the same over both', () => {
  it('other certificates are another connection', async () => {
    const server = await http2Server();
    const one = await dial(server.url, shared);
    const other = await dial(server.url, { http2: true, tls: { ...tls } });
    expect(server.connections()).toBe(2);
    one.terminate();
    other.terminate();
  });

  it('A11 a certificate that is wrong is asked for nothing', async () => {
    const server = await http2Server();
    const error = await failure(server.url, { http2: true });
    expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: false });
    expect(server.sessions).toEqual([]);
  });

  it('a signal closes the open websocket with 1001', async () => {
    const server = await http2Server();
    const stop = new AbortController();
    const websocket = await dial(server.url, { ...shared, signal: stop.signal });
    const why = next(websocket, 'closed');
    stop.abort();
    expect((await why)[0]).toMatchObject({ code: 1001, clean: true });
  });

  it('a websocket without an answer to its pings: the next dialling takes another connection', async () => {
    let isSilent = true;
    const server = await http2Server({
      onStream: (stream) => {
        if (isSilent) {
          stream.respond({ ':status': 200 });
        } else {
          openAndEcho(stream);
        }
      },
    });
    const keepAlive = { pingAfterMs: 20, pongWithinMs: 20 };
    const lost = await dial(server.url, { ...shared, ...keepAlive });
    expect(await next(lost, 'closed')).toMatchObject([{ code: 1006 }]);
    isSilent = false;
    const websocket = await dial(server.url, shared);
    await echoed(websocket);
    expect(server.connections()).toBe(2);
    websocket.terminate();
  });

  it('the time covers the making of the connection', async () => {
    const silent = createServer({ ...http2Certificate, ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => {});
      socket.resume();
    });
    onTestFinished(() => void silent.close());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const error = await failure(`wss://127.0.0.1:${port}`, { ...shared, handshakeWithinMs: 50 });
    expect(told(error)).toMatchObject({ code: 'HANDSHAKE_TOO_LATE', retryable: true });
  });
});
