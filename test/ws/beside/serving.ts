/** A server: whom it lets in, what it tells whom it does not, and how it ends. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type * as ws from 'ws';
import {
  closed,
  closeFrame,
  headOf,
  type Library,
  portOf,
  type Scenario,
  type Stage,
  urlOf,
} from './bench.ts';

/** Writes a head, and notes all that comes back. */
async function ask(stage: Stage, port: number, head: string, who = 'answer'): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  stage.after(() => socket.destroy());
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => undefined);
  socket.write(head);
  await Promise.race([
    once(socket, 'close'),
    new Promise<void>((resolve) => {
      socket.on('data', () => (answer.startsWith('HTTP/1.1 101') ? resolve() : undefined));
    }),
  ]);
  for (const line of answer.replace(/Date: [^\r]*/, 'Date').split('\r\n')) {
    stage.note(who, line);
  }
}

function asked(what: string, head: string, options: ws.ServerOptions = {}): Scenario {
  return {
    title: `a server is asked ${what}`,
    async run(lib, stage) {
      const server = await stage.serve(lib, options);
      server.on('connection', (socket, request) => {
        stage.note('server', 'connection', request.url, socket.protocol, socket.url);
      });
      await ask(stage, portOf(server), head);
    },
  };
}

const heads: readonly (readonly [what: string, head: string])[] = [
  ['as the standard has it', headOf({})],
  ['for a websocket by POST', headOf({}, 'POST / HTTP/1.1')],
  ['to upgrade to something else', headOf({ Upgrade: 'h2c' })],
  ['without a key', headOf({ 'Sec-WebSocket-Key': undefined })],
  ['with a key that is none', headOf({ 'Sec-WebSocket-Key': 'short' })],
  ['without a version', headOf({ 'Sec-WebSocket-Version': undefined })],
  ['for version 12', headOf({ 'Sec-WebSocket-Version': '12' })],
  ['for version 8', headOf({ 'Sec-WebSocket-Version': '8' })],
  ['for two subprotocols', headOf({ 'Sec-WebSocket-Protocol': 'b, a' })],
  ['for the same subprotocol twice', headOf({ 'Sec-WebSocket-Protocol': 'a, a' })],
  ['for an empty subprotocol', headOf({ 'Sec-WebSocket-Protocol': '' })],
  ['for an extension', headOf({ 'Sec-WebSocket-Extensions': 'permessage-deflate' })],
  ['for a page', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
];

type Verify = ws.ServerOptions['verifyClient'];
const verifiers: Readonly<Record<string, Verify>> = {
  'says yes': () => true,
  'says no': () => false,
  'says no later, with a status, a body and a field': (_, answer) =>
    void setImmediate(() => answer(false, 418, 'teapot', { 'X-Why': 'tea' })),
  'says no, and nothing else': (_, answer) => answer(false),
  'says yes later': (_, answer) => void setImmediate(() => answer(true)),
};

export const servingScenarios: readonly Scenario[] = [
  ...heads.map(([what, head]) => asked(what, head)),
  asked('for its path', headOf({}, 'GET /here?q HTTP/1.1'), { path: '/here' }),
  asked('for another path', headOf({}, 'GET /there HTTP/1.1'), { path: '/here' }),
  ...Object.entries(verifiers).map(
    ([what, verifyClient]): Scenario =>
      asked(`when verifyClient ${what}`, headOf({}), { verifyClient }),
  ),
  asked('when handleProtocols chooses the last', headOf({ 'Sec-WebSocket-Protocol': 'a, b' }), {
    handleProtocols: (protocols) => [...protocols].at(-1)!,
  }),
  asked('when handleProtocols chooses none', headOf({ 'Sec-WebSocket-Protocol': 'a, b' }), {
    handleProtocols: () => false,
  }),
  asked('when handleProtocols has nothing to choose from', headOf({}), {
    handleProtocols: () => 'never',
  }),
  {
    title: 'a server tells verifyClient what it needs',
    async run(lib, stage) {
      const verifyClient: Verify = ({
        origin,
        secure,
        req,
      }: Parameters<ws.VerifyClientCallbackSync>[0]) => {
        stage.note('server', origin, secure, req.url);
        return true;
      };
      const server = await stage.serve(lib, { verifyClient });
      await ask(stage, portOf(server), headOf({ Origin: 'https://a.example' }, 'GET /p HTTP/1.1'));
    },
  },
  {
    title: 'a server is constructed wrongly',
    async run(lib, stage) {
      const server = createServer();
      for (const options of [
        undefined,
        {},
        { port: 0, noServer: true },
        { server, noServer: true },
      ]) {
        stage.try('server', () => new lib.WebSocketServer(options));
      }
    },
  },
  {
    title: 'a server adds header lines',
    async run(lib, stage) {
      const server = await stage.serve(lib);
      server.on('headers', (headers, request) => {
        stage.note('server', headers, request.url);
        headers.push('Set-Cookie: a=b');
      });
      await ask(stage, portOf(server), headOf({}));
    },
  },
  {
    title: 'a server tells wsClientError, and answers itself',
    async run(lib, stage) {
      const server = await stage.serve(lib);
      server.on('wsClientError', (error, socket, request) => {
        stage.note('server', error, request.url);
        socket.end('HTTP/1.1 499 Mine\r\nConnection: close\r\n\r\n');
      });
      await ask(stage, portOf(server), headOf({ 'Sec-WebSocket-Key': 'no' }));
    },
  },
  {
    title: 'a server on a port that is taken tells error',
    async run(lib, stage) {
      const first = await stage.serve(lib);
      const second = new lib.WebSocketServer({ host: '127.0.0.1', port: portOf(first) });
      const [error] = (await once(second, 'error')) as [Error & { code: string }];
      stage.note('server', error.code);
    },
  },
  {
    title: 'a server without a server hands upgrades on',
    async run(lib, stage) {
      const http = createServer().listen(0, '127.0.0.1');
      stage.after(() => http.close());
      await once(http, 'listening');
      const server = await stage.serve(lib, { noServer: true });
      stage.try('server', () => server.address());
      server.on('connection', () => stage.note('server', 'connection'));
      http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        stage.note('server', 'should', server.shouldHandle(request));
        server.handleUpgrade(request, socket, head, (websocket, same) => {
          stage.watch('socket', websocket);
          stage.note('server', 'callback', same === request, server.clients.size);
          stage.try('server', () =>
            server.handleUpgrade(request, socket, head, () => stage.note('server', 'twice')),
          );
        });
      });
      const client = new lib.WebSocket(urlOf(http));
      await once(client, 'open');
      client.terminate();
      await closed(client);
    },
  },
  {
    title: 'two servers share one by path',
    async run(lib, stage) {
      const http = createServer().listen(0, '127.0.0.1');
      stage.after(() => http.close());
      await once(http, 'listening');
      const one = await stage.serve(lib, { noServer: true });
      const two = await stage.serve(lib, { noServer: true });
      one.on('connection', (socket) => socket.send('one'));
      two.on('connection', (socket) => socket.send('two'));
      http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        const server = request.url === '/one' ? one : two;
        server.handleUpgrade(request, socket, head, (websocket) => {
          server.emit('connection', websocket, request);
        });
      });
      for (const path of ['/one', '/two']) {
        const client = new lib.WebSocket(urlOf(http, path));
        stage.note('client', await once(client, 'message'));
        client.terminate();
        await closed(client);
      }
    },
  },
  ...[true, false].map(
    (clientTracking): Scenario => ({
      title: `a server closes${clientTracking ? '' : ' without knowing its clients'}`,
      async run(lib, stage) {
        const http = createServer().listen(0, '127.0.0.1');
        stage.after(() => http.close());
        await once(http, 'listening');
        const server = await stage.serve(lib, { server: http, clientTracking });
        server.on('close', () => stage.note('server', 'close', server.clients?.size));
        const met = once(server, 'connection') as Promise<[ws.WebSocket]>;
        const client = stage.watch('client', new lib.WebSocket(urlOf(http)));
        const [[socket]] = await Promise.all([met, once(client, 'open')]);
        stage.note('server', server.clients?.size, server.clients?.has(socket));
        const told = new Promise<void>((resolve) => {
          server.close((error) => {
            stage.note('server', 'callback', error);
            resolve();
          });
        });
        stage.note('server', server.address());
        await new Promise((resolve) => setImmediate(resolve));
        client.send('still open');
        stage.note('socket', (await once(socket, 'message'))[0]);
        client.close(1000);
        await told;
        await new Promise<void>((resolve) => {
          server.close((error) => {
            stage.note('server', 'again', error);
            resolve();
          });
        });
      },
    }),
  ),
  {
    title: 'a server on its own port ends when its last client has gone',
    async run(lib, stage) {
      const { server, socket, peer } = await stage.serverAndPeer(lib);
      const told = new Promise<void>((resolve) => server.close(() => resolve()));
      peer.write({ payload: 'still here' }, closeFrame(1000));
      await Promise.all([told, closed(socket)]);
      stage.note('server', server.clients.size);
    },
  },
  {
    title: 'a server that is closing refuses',
    async run(lib, stage) {
      const http = createServer().listen(0, '127.0.0.1');
      stage.after(() => http.close());
      await once(http, 'listening');
      const server = await stage.serve(lib, { noServer: true });
      http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        server.handleUpgrade(request, socket, head, () => undefined);
      });
      server.close();
      await ask(stage, portOf(http), headOf({}));
    },
  },
  {
    title: 'a server uses a class of the program',
    async run(lib, stage) {
      class Named extends lib.WebSocket {
        readonly called = 'named';
        greet(): void {
          this.send(`hello from ${this.called}`);
        }
      }
      const server = await stage.serve(lib, { WebSocket: Named } as ws.ServerOptions);
      server.on('connection', (socket) => (socket as Named).greet());
      const client = new lib.WebSocket(urlOf(server), { perMessageDeflate: false });
      const [data] = await once(client, 'message');
      stage.note('client', data);
      stage.note(
        'server',
        [...server.clients].every((socket) => socket instanceof Named),
      );
      client.terminate();
      await closed(client);
    },
  },
  {
    title: 'a server hears what came behind the head',
    async run(lib, stage) {
      const server = await stage.serve(lib);
      const told = new Promise<void>((resolve) => {
        server.on('connection', (socket) => {
          stage.watch('socket', socket).once('message', () => resolve());
        });
      });
      const masked = '\x81\x82\x00\x00\x00\x00hi';
      const peer = connect(portOf(server), '127.0.0.1');
      stage.after(() => peer.destroy());
      peer.write(Buffer.from(headOf({}) + masked, 'latin1'));
      await told;
    },
  },
  {
    title: 'a websocket becomes a stream',
    run: (lib, stage) => stream(lib, stage),
  },
  {
    title: 'a stream of a websocket ends when the peer closes',
    async run(lib, stage) {
      const { socket, peer } = await stage.serverAndPeer(lib);
      const duplex = lib.createWebSocketStream(socket, { encoding: 'utf8' });
      watchStream(stage, duplex);
      peer.write({ payload: 'one' }, { first: 0x82, payload: 'two' }, closeFrame(1000));
      await once(duplex, 'end');
      duplex.end();
      await once(duplex, 'close');
    },
  },
  {
    title: 'a stream of a websocket is destroyed',
    async run(lib, stage) {
      const { socket, peer } = await stage.serverAndPeer(lib);
      const duplex = lib.createWebSocketStream(socket);
      watchStream(stage, duplex);
      duplex.destroy(new Error('enough'));
      await Promise.all([once(duplex, 'close').catch(() => undefined), peer.ended, closed(socket)]);
    },
  },
  {
    title: 'a stream of a websocket whose peer breaks a rule',
    async run(lib, stage) {
      const { socket, peer } = await stage.serverAndPeer(lib);
      const duplex = lib.createWebSocketStream(socket);
      watchStream(stage, duplex);
      peer.write({ first: 0x83 });
      await Promise.all([closed(socket), peer.ended]);
    },
  },
];

function watchStream(stage: Stage, duplex: Duplex): void {
  duplex.on('data', (chunk) => stage.note('stream', 'data', chunk));
  for (const name of ['end', 'finish', 'close']) {
    duplex.on(name, () => stage.note('stream', name));
  }
  duplex.on('error', (error) => stage.note('stream', 'error', error));
}

async function stream(lib: Library, stage: Stage): Promise<void> {
  const server = await stage.serve(lib);
  server.on('connection', (socket) => {
    const duplex = lib.createWebSocketStream(socket);
    duplex.pipe(duplex);
  });
  const client = new lib.WebSocket(urlOf(server), { perMessageDeflate: false });
  const duplex = lib.createWebSocketStream(client);
  const chunks: Buffer[] = [];
  duplex.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const name of ['end', 'finish', 'close']) {
    duplex.on(name, () => stage.note('stream', name));
  }
  duplex.write('before it is open');
  duplex.write(Buffer.alloc(1_000_000, 'x'));
  while (Buffer.concat(chunks).length < 1_000_017) {
    await once(duplex, 'data');
  }
  duplex.end('the last');
  await once(duplex, 'close');
  const whole = Buffer.concat(chunks).toString();
  stage.note('stream', whole.length, whole.slice(0, 17), whole.slice(-8));
}
