/** Endpoints beside the routes of an application's own servers, of HTTP/1.1 and of HTTP/2. */
import { createServer as createHttp1 } from 'node:http';
import {
  createServer as createHttp2,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askFields, StreamPeer, sessionWith, tls } from './http2-peers.ts';
import { eventually, newEndpoint, RawPeer, text, upgradeHead } from './support.ts';

async function listening(server: {
  listen(port: number, host: string, told: () => void): unknown;
  address(): unknown;
  close(): unknown;
}): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** What a stream with these fields is answered, and the body. */
async function answered(port: number, fields: OutgoingHttpHeaders): Promise<[unknown, string]> {
  const stream = (await sessionWith(port)).request(fields, {
    endStream: fields[':method'] === 'GET',
  });
  stream.on('error', () => {});
  let status: unknown;
  let body = '';
  stream.on('response', (headers) => {
    status = headers[':status'];
  });
  stream.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  await new Promise<void>((resolve) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
  });
  return [status, body];
}

const get: OutgoingHttpHeaders = { ':method': 'GET', ':path': '/' };
const shapes: [string, () => Http2SecureServer][] = [
  [
    'a listener for requests',
    () =>
      createSecureServer({ ...tls, allowHTTP1: true }, (_request, response) => {
        response.end('page');
      }),
  ],
  [
    'a listener for streams',
    () => {
      const server = createSecureServer(tls);
      server.on('stream', (stream, headers) => {
        if (headers[':method'] !== 'CONNECT') {
          stream.respond({ ':status': 200 });
          stream.end('page');
        }
      });
      return server;
    },
  ],
];

describe.each(shapes)('an HTTP/2 server with %s', (_shape, create) => {
  it('has websockets beside its pages, without a setting of its own', async () => {
    const server = create();
    const endpoint = newEndpoint();
    endpoint.mount('/echo', {}, (websocket, { httpVersion }) => {
      websocket.on(
        'message',
        (message) => void websocket.send(`${httpVersion} ${String(message)}`),
      );
    });
    endpoint.attach(server);
    endpoint.attach(server);
    const port = await listening(server);
    expect(await answered(port, get)).toEqual([200, 'page']);
    const peer = await StreamPeer.open(port, { ':path': '/echo' });
    peer.write(text('hello'));
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('2.0 hello');
    expect(await answered(port, get)).toEqual([200, 'page']);
  });

  it('is as it was when the endpoint is closed', async () => {
    const server = create();
    const before = ['stream', 'connect', 'upgrade'].map((name) => server.listenerCount(name));
    const endpoint = newEndpoint();
    endpoint.mount('/echo', {}, () => {});
    endpoint.attach(server);
    const port = await listening(server);
    const peer = await StreamPeer.open(port, { ':path': '/echo' });
    const closing = endpoint.close();
    expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(1001);
    peer.stream.destroy();
    await closing;
    expect(['stream', 'connect', 'upgrade'].map((name) => server.listenerCount(name))).toEqual(
      before,
    );
    expect(await answered(port, get)).toEqual([200, 'page']);
  });
});

describe('an endpoint that closes on an HTTP/2 server that goes on', () => {
  it('resets what is not decided when its time is over, and not the connection', async () => {
    const server = createSecureServer(tls, (_request, response) => response.end('page'));
    const endpoint = newEndpoint();
    endpoint.mount('/open', {}, () => {});
    let isAsked = false;
    const admit = (): Promise<undefined> => {
      isAsked = true;
      return new Promise(() => {});
    };
    endpoint.mount('/never', { admit }, () => {});
    endpoint.attach(server);
    const session = await sessionWith(await listening(server));
    const open = new StreamPeer(session, { ':path': '/open' });
    await open.status();
    const waiting = new StreamPeer(session, { ':path': '/never' });
    await eventually(() => isAsked);
    await endpoint.close({ withinMs: 50 });
    await waiting.closed();
    expect([open.stream.rstCode, waiting.stream.rstCode]).toEqual([8, 8]);
    expect(session.destroyed).toBe(false);
  });
});

describe('a CONNECT that is not ours', () => {
  const serve = async (): Promise<[Http2SecureServer, number]> => {
    const server = createSecureServer({ ...tls, allowHTTP1: true }, (_request, response) => {
      response.end('page');
    });
    const endpoint = newEndpoint();
    endpoint.mount('/echo', {}, () => {});
    endpoint.attach(server);
    return [server, await listening(server)];
  };

  it('is answered with 405, as Node does', async () => {
    const [, port] = await serve();
    const plain = { ':method': 'CONNECT', ':authority': 'localhost:1' };
    expect(await answered(port, plain)).toEqual([405, '']);
    expect(await answered(port, askFields({ ':protocol': 'connect-udp' }))).toEqual([405, '']);
  });

  it('of a websocket at a path that nobody knows is a 404', async () => {
    const [, port] = await serve();
    expect(await answered(port, askFields({ ':path': '/other' }))).toEqual([
      404,
      'There is no WebSocket at this path.\n',
    ]);
  });

  it('is left to the application when it listens for connect', async () => {
    const [server, port] = await serve();
    server.on('connect', (request, response) => {
      if (request.headers[':path'] !== '/echo') {
        setTimeout(() => {
          response.writeHead(418);
          response.end('mine');
        }, 10);
      }
    });
    const plain = { ':method': 'CONNECT', ':authority': 'localhost:1' };
    expect(await answered(port, plain)).toEqual([418, 'mine']);
    expect(await answered(port, askFields({ ':path': '/other' }))).toEqual([418, 'mine']);
    await StreamPeer.open(port, { ':path': '/echo' });
  });

  it('is left to the application when it listens for streams', async () => {
    const server = createSecureServer(tls);
    server.on('stream', (stream, headers) => {
      if (headers[':path'] === '/theirs') {
        setTimeout(() => stream.respond({ ':status': 418 }, { endStream: true }), 10);
      }
    });
    const endpoint = newEndpoint();
    endpoint.mount('/echo', {}, () => {});
    endpoint.attach(server);
    const port = await listening(server);
    expect(await answered(port, askFields({ ':path': '/theirs' }))).toEqual([418, '']);
    await StreamPeer.open(port, { ':path': '/echo' });
  });

  it('an application that answers every stream at once keeps what it has answered', async () => {
    const server = createSecureServer(tls);
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('page');
    });
    const endpoint = newEndpoint();
    endpoint.mount('/echo', {}, () => expect.unreachable());
    endpoint.attach(server);
    expect(await answered(await listening(server), askFields({ ':path': '/echo' }))).toEqual([
      200,
      'page',
    ]);
  });

  it('over HTTP/1.1 is closed, as Node does', async () => {
    const [, port] = await serve();
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const peer = new RawPeer(socket);
    peer.write('CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await peer.closed();
    expect(peer.heard.length).toBe(0);
  });
});

describe('several endpoints on one server', () => {
  it.each([
    ['HTTP/1.1', () => createHttp1()],
    ['HTTP/2', () => createHttp2()],
  ] as const)(
    '%s: each has its paths; one says of the others that there are none',
    async (_what, create) => {
      const server: ReturnType<typeof createHttp1> | Http2Server = create();
      for (const path of ['/one', '/two']) {
        const endpoint = newEndpoint();
        endpoint.mount(path, {}, (websocket) => websocket.send(path));
        endpoint.attach(server);
      }
      const port = await listening(server);
      const status = async (path: string): Promise<string> => {
        if ('updateSettings' in server) {
          const session = await sessionWith(port, { secure: false });
          return String(await new StreamPeer(session, { ':path': path }).status());
        }
        const peer = new RawPeer(connectTcp(port, '127.0.0.1'));
        peer.write(upgradeHead({ path }));
        return (await peer.head()).slice(9, 12);
      };
      const good = 'updateSettings' in server ? '200' : '101';
      expect(await status('/one')).toBe(good);
      expect(await status('/two')).toBe(good);
      expect(await status('/three')).toBe('404');
    },
  );

  it('that offer the same path: the first has it', async () => {
    const server = createHttp2();
    for (const name of ['first', 'second']) {
      const endpoint = newEndpoint();
      endpoint.mount('/same', {}, (websocket) => websocket.send(name));
      endpoint.attach(server);
    }
    const session = await sessionWith(await listening(server), { secure: false });
    const peer = new StreamPeer(session, { ':path': '/same' });
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('first');
    await eventually(() => peer.heard.length === 0);
  });
});

describe('an HTTP/2 server behind a proxy that ends TLS', () => {
  it('serves websockets over its plain connections, which are not secure', async () => {
    const server = createHttp2();
    const endpoint = newEndpoint();
    endpoint.mount('/', {}, (websocket, { secure }) => websocket.send(String(secure)));
    endpoint.attach(server);
    const session = await sessionWith(await listening(server), { secure: false });
    const peer = new StreamPeer(session);
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('false');
  });

  it('over TLS the same server shape gives HTTP/1.1 to those who want it', async () => {
    const server = createSecureServer({ ...tls, allowHTTP1: true });
    const endpoint = newEndpoint();
    endpoint.mount('/', {}, (websocket, { httpVersion }) => websocket.send(httpVersion));
    endpoint.attach(server);
    const port = await listening(server);
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const peer = new RawPeer(socket);
    peer.write(upgradeHead());
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('1.1');
  });
});
