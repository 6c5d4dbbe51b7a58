/** A client on its way in: what it asks for, what it is answered, and what comes between. */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type * as ws from 'ws';
import { accepting, closed, type Library, portOf, type Scenario, type Stage } from './bench.ts';

const bare = { perMessageDeflate: false };

/** A client that is answered like this. */
function answered(
  what: string,
  answer: (request: IncomingMessage) => string,
  protocols: string[] = [],
): Scenario {
  return {
    title: `a client is answered with ${what}`,
    async run(lib, stage) {
      const { url, next } = await stage.rawServer(answer);
      const socket = stage.watch('socket', new lib.WebSocket(url, protocols, bare));
      socket.on('upgrade', (response) => stage.note('socket', 'upgrade', response.statusCode));
      await Promise.race([closed(socket), once(socket, 'open').catch(() => closed(socket))]);
      stage.note('socket', socket.readyState, socket.protocol, socket.extensions);
      if (socket.readyState === socket.CLOSED) {
        await (await next).ended;
      }
    },
  };
}

const keyOf = (request: IncomingMessage): string => request.headers['sec-websocket-key']!;

/** An HTTP server that answers like this, and notes what it was asked. */
async function site(
  stage: Stage,
  answer: (request: IncomingMessage) => { status: number; headers?: Record<string, string> },
  name = 'site',
): Promise<string> {
  const server = createHttpServer((request, response) => reply(request, response));
  const reply = (request: IncomingMessage, response: import('node:http').ServerResponse): void => {
    const { status, headers = {} } = answer(request);
    response.writeHead(status, headers).end('no');
  };
  stage.after(() => {
    server.close();
    server.closeAllConnections();
  });
  server.on('upgrade', (request, socket) => {
    stage.after(() => socket.destroy());
    stage.note(
      name,
      request.url,
      'authorization',
      request.headers.authorization,
      'cookie',
      request.headers.cookie,
      'x-other',
      request.headers['x-other'],
    );
    const { status, headers = {} } = answer(request);
    if (status === 101) {
      socket.write(accepting(keyOf(request)));
      return;
    }
    const fields = Object.entries({ 'Content-Length': '2', ...headers });
    const lines = fields.map(([field, value]) => `${field}: ${value}`);
    socket.end(`HTTP/1.1 ${status} Said\r\n${lines.join('\r\n')}\r\n\r\nno`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${portOf(server)}`;
}

const refusedUrls = [
  'nonsense',
  'ftp://localhost',
  'ws://localhost/#part',
  'ws+unix:',
  'wss://',
  '',
];
const refusedProtocols: readonly unknown[] = [['a', 'a'], [''], ['a b'], 'a,b', [1], null];

export const openingScenarios: readonly Scenario[] = [
  {
    title: 'a client is given addresses and subprotocols that are none',
    async run(lib, stage) {
      for (const url of refusedUrls) {
        stage.try('url', () => new lib.WebSocket(url));
      }
      for (const protocols of refusedProtocols) {
        stage.try('protocols', () => new lib.WebSocket('ws://localhost', protocols as string[]));
      }
      stage.try('version', () => new lib.WebSocket('ws://localhost', { protocolVersion: 1000 }));
    },
  },
  {
    title: 'a client has its url, and its state, before anything happens',
    async run(lib, stage) {
      const { url, next } = await stage.rawServer();
      const socket = new lib.WebSocket(new URL(url.replace('ws:', 'http:')), bare);
      stage.watch('socket', socket);
      stage.note('socket', socket.url.replace(/\d+\/$/, ''), socket.readyState);
      stage.note('socket', socket.bufferedAmount, socket.isPaused, socket.protocol);
      stage.note('socket', socket.binaryType, socket.extensions, socket.onopen, socket.onmessage);
      stage.try('socket', () => socket.send('early'));
      stage.try('socket', () => socket.ping());
      stage.try('socket', () => socket.pong());
      stage.try('socket', () => socket.pause());
      await Promise.all([next, once(socket, 'open')]);
    },
  },
  ...(['close', 'terminate'] as const).flatMap((act): Scenario[] => [
    {
      title: `a client calls ${act} while it connects`,
      async run(lib, stage) {
        const { url } = await stage.rawServer();
        const socket = stage.watch('socket', new lib.WebSocket(url, bare));
        socket[act]();
        stage.note('socket', socket.readyState);
        socket[act]();
        await closed(socket);
      },
    },
    {
      title: `a client calls ${act} in its upgrade`,
      async run(lib, stage) {
        const { url } = await stage.rawServer();
        const socket = stage.watch('socket', new lib.WebSocket(url, bare));
        socket.on('upgrade', () => socket[act]());
        await closed(socket);
      },
    },
    {
      title: `a client calls ${act} in unexpected-response`,
      async run(lib, stage) {
        const host = await site(stage, () => ({ status: 401 }));
        const socket = stage.watch('socket', new lib.WebSocket(`ws://${host}/`, bare));
        socket.on('unexpected-response', (request, response) => {
          stage.note('socket', 'unexpected', request.method, response.statusCode);
          socket[act]();
        });
        await closed(socket);
      },
    },
  ]),
  {
    title: 'a client that nobody listens to',
    async run(lib, stage) {
      const server = createTcpServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      server.close();
      await once(server, 'close');
      const socket = new lib.WebSocket(`ws://127.0.0.1:${port}`, bare);
      socket.on('error', (error) => {
        const { code } = error as { code?: string };
        stage.note('socket', 'error', code, socket.readyState);
      });
      socket.on('close', (code, reason) => stage.note('socket', code, reason, socket.readyState));
      await closed(socket);
      socket.close();
      socket.terminate();
      stage.try('socket', () => socket.send('late'));
      stage.note('socket', socket.bufferedAmount);
    },
  },
  {
    title: 'a client whose server says nothing within handshakeTimeout',
    async run(lib, stage) {
      const { url } = await stage.rawServer(() => '');
      const socket = new lib.WebSocket(url, { ...bare, handshakeTimeout: 50 });
      stage.watch('socket', socket);
      await closed(socket);
    },
  },
  answered('what it asked for', (request) => accepting(keyOf(request))),
  answered('a wrong accept', () => accepting('nonsense')),
  answered('no accept', (request) =>
    accepting(keyOf(request)).replace(/Sec-WebSocket-Accept: \S+\r\n/, ''),
  ),
  answered('another upgrade', (request) =>
    accepting(keyOf(request)).replace('Upgrade: websocket', 'Upgrade: other'),
  ),
  answered('a subprotocol nobody asked for', (request) =>
    accepting(keyOf(request), { 'Sec-WebSocket-Protocol': 'a' }),
  ),
  answered('no subprotocol of those asked for', (request) => accepting(keyOf(request)), ['a', 'b']),
  answered(
    'a subprotocol that was not among those asked for',
    (request) => accepting(keyOf(request), { 'Sec-WebSocket-Protocol': 'c' }),
    ['a', 'b'],
  ),
  answered(
    'the second of the subprotocols asked for',
    (request) => accepting(keyOf(request), { 'Sec-WebSocket-Protocol': 'b' }),
    ['a', 'b'],
  ),
  answered('an extension nobody asked for', (request) =>
    accepting(keyOf(request), { 'Sec-WebSocket-Extensions': 'permessage-deflate' }),
  ),
  answered('a 404', () => 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
  answered('a 200', () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  answered('what is no HTTP', () => 'hello\r\n\r\n'),
  {
    title: 'a client is told a message right behind the answer, also when it listens late',
    async run(lib, stage) {
      const { url } = await stage.rawServer((request) => `${accepting(keyOf(request))}\x81\x02hi`);
      const socket = stage.watch('socket', new lib.WebSocket(url, bare));
      await once(socket, 'message');
    },
  },
  {
    title: 'a client sends its options',
    async run(lib, stage) {
      let request: IncomingMessage | undefined;
      const { url, next } = await stage.rawServer((given) => {
        request = given;
        return accepting(keyOf(given), { 'Sec-WebSocket-Protocol': 'b' });
      });
      const socket = new lib.WebSocket(
        `${url.replace('//', '//us%20er:pass@')}path?q=1`,
        ['a', 'b'],
        {
          ...bare,
          origin: 'https://page.example',
          headers: { 'X-Other': 'yes' },
        },
      );
      stage.watch('socket', socket);
      await Promise.all([next, once(socket, 'open')]);
      const { headers, method } = request!;
      stage.note('request', method, request!.url, headers.origin, headers['x-other']);
      stage.note('request', headers.authorization, headers['sec-websocket-protocol']);
      stage.note('request', headers['sec-websocket-version'], headers.connection, headers.upgrade);
      stage.note('request', Buffer.from(keyOf(request!), 'base64').length, socket.protocol);
    },
  },
  {
    title: 'a client of version 8 sends its origin as that had it',
    async run(lib, stage) {
      let request: IncomingMessage | undefined;
      const { url, next } = await stage.rawServer((given) => {
        request = given;
        return accepting(keyOf(given));
      });
      const options = { ...bare, protocolVersion: 8, origin: 'https://page.example' };
      const socket = stage.watch('socket', new lib.WebSocket(url, options));
      await Promise.all([next, once(socket, 'open')]);
      const { headers } = request!;
      stage.note('request', headers.origin, headers['sec-websocket-origin']);
      stage.note('request', headers['sec-websocket-version']);
    },
  },
  {
    title: 'a client connects by its own createConnection',
    async run(lib, stage) {
      const { port, next } = await stage.rawServer();
      const createConnection = ((options: { host: string }) => {
        stage.note('socket', options.host);
        return connect(port, '127.0.0.1');
      }) as unknown as typeof connect;
      const socket = new lib.WebSocket('ws://nowhere.example', { ...bare, createConnection });
      stage.watch('socket', socket);
      await Promise.all([next, once(socket, 'open')]);
    },
  },
  {
    title: 'a client finishes its request itself',
    async run(lib, stage) {
      let seen: unknown;
      const { url, next } = await stage.rawServer((request) => {
        seen = request.headers['x-last'];
        return accepting(keyOf(request));
      });
      const finishRequest = (
        request: import('node:http').ClientRequest,
        by: ws.WebSocket,
      ): void => {
        stage.note('socket', 'finishes', by.readyState);
        setImmediate(() => {
          request.setHeader('X-Last', 'yes');
          request.end();
        });
      };
      const socket = stage.watch('socket', new lib.WebSocket(url, { ...bare, finishRequest }));
      await Promise.all([next, once(socket, 'open')]);
      stage.note('socket', seen);
    },
  },
  {
    title: 'a client masks with its own keys',
    async run(lib, stage) {
      const generateMask = (mask: Buffer): void => {
        mask.fill(7);
        stage.note('socket', 'mask', mask.length);
      };
      const { socket, peer } = await stage.clientAndPeer(lib, { generateMask });
      socket.send('a');
      socket.ping();
      await peer.got(2);
    },
  },
  ...redirects(),
];

function redirects(): Scenario[] {
  const follow = { ...bare, followRedirects: true };
  const secrets = { Authorization: 'Basic abc', Cookie: 'a=b', 'X-Other': 'yes' };
  async function go(
    lib: Library,
    stage: Stage,
    { location, options }: { location: (here: string, there: string) => string; options?: object },
  ): Promise<ws.WebSocket> {
    const there = await site(stage, () => ({ status: 101 }), 'there');
    const here: string = await site(
      stage,
      ({ url }) =>
        url === '/end'
          ? { status: 101 }
          : { status: 302, headers: { Location: location(here, there) } },
      'here',
    );
    const socket = new lib.WebSocket(`ws://${here}/`, { ...follow, headers: secrets, ...options });
    socket.on('upgrade', () => stage.note('socket', 'upgrade'));
    return stage.watch('socket', socket);
  }
  const ended = (socket: ws.WebSocket): Promise<unknown> =>
    Promise.race([closed(socket), once(socket, 'open').catch(() => closed(socket))]);
  return [
    {
      title: 'a client is sent elsewhere on the same host',
      async run(lib, stage) {
        const socket = await go(lib, stage, { location: () => '/end' });
        await ended(socket);
        stage.note('socket', new URL(socket.url).pathname);
      },
    },
    {
      title: 'a client is sent to another host, which gets no secrets',
      async run(lib, stage) {
        await ended(await go(lib, stage, { location: (_, there) => `ws://${there}/end` }));
      },
    },
    {
      title: 'a client that watches redirects decides itself what another host gets',
      async run(lib, stage) {
        const socket = await go(lib, stage, { location: (_, there) => `http://${there}/end` });
        socket.on('redirect', (url, request) => {
          stage.note('socket', 'redirect', new URL(url).pathname, request.getHeader('cookie'));
        });
        await ended(socket);
      },
    },
    {
      title: 'a client is sent round and round',
      async run(lib, stage) {
        const options = { maxRedirects: 3 };
        await ended(await go(lib, stage, { location: (here) => `ws://${here}/`, options }));
      },
    },
    {
      title: 'a client is sent to what is no address',
      async run(lib, stage) {
        await ended(await go(lib, stage, { location: () => 'ftp://nowhere' }));
        await ended(await go(lib, stage, { location: () => 'ws://' }));
      },
    },
    {
      title: 'a client that follows no redirects is told of one',
      async run(lib, stage) {
        const options = { followRedirects: false };
        await ended(await go(lib, stage, { location: () => '/end', options }));
      },
    },
    {
      title: 'a client terminates when it is sent elsewhere',
      async run(lib, stage) {
        const socket = await go(lib, stage, { location: () => '/end' });
        socket.on('redirect', () => socket.terminate());
        await closed(socket);
      },
    },
  ];
}
