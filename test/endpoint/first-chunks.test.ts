import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Alarms } from '../../src/endpoint/alarms.ts';
import { Tally } from '../../src/endpoint/counters.ts';
import { makeEngine } from '../../src/endpoint/engine.ts';
import { FirstChunks } from '../../src/endpoint/first-chunks.ts';
import { handshakeDefaults } from '../../src/endpoint/options.ts';
import { listening, makeServer } from '../../src/endpoint/own-server.ts';
import { makeCertificate } from './certificates.ts';
import { answer, receive } from './reception.ts';
import {
  eventually,
  HandClock,
  newEndpoint,
  RawPeer,
  serve,
  text,
  upgradeHead,
} from './support.ts';

const switched = 'HTTP/1.1 101 Switching Protocols';
const statusOf = (said: string): string => said.slice(0, said.indexOf('\r\n'));

/** What an endpoint says to a head on a server of its own, and on one of Node's that it is attached to. */
async function bothAnswers(heads: readonly string[]): Promise<[own: string, attached: string][]> {
  const endpoint = newEndpoint();
  endpoint.mount('/', {}, () => {});
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
  const other = newEndpoint();
  other.mount('/', {}, () => {});
  const server = createServer({ maxHeaderSize: handshakeDefaults.maxHeadBytes });
  onTestFinished(() => void server.close());
  server.maxHeadersCount = 2000;
  other.attach(server);
  await listening(server, { port: 0 });
  const ports = [port, (server.address() as AddressInfo).port];
  const all: [string, string][] = [];
  for (const head of heads) {
    const said = ports.map(async (to) => {
      const peer = await RawPeer.connect(to);
      peer.socket.write(head, 'latin1');
      const status = statusOf(await peer.head());
      peer.socket.destroy();
      return status;
    });
    all.push([await said[0]!, await said[1]!]);
  }
  return all;
}

describe('A9 a head gets the same answer here and from Node', () => {
  const lines = [
    ['A : b', ': b', 'A', 'A:', 'A:\tb\t', 'A: \x00', 'A: \x01', 'A: \x7f', 'A: \x80'],
    ['A: b\r\n c', 'A: b\nC: d', 'A: b\rC: d', '"A": b', '__proto__: x', 'A: b\x0bc'],
    ['Content-Length: 0', 'Content-Length: 5', 'Content-Length: +0', 'Content-Length:'],
    ['Content-Length: 0\r\nContent-Length: 0', 'Content-Length: 0, 0', 'Content-Length: 00'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip', 'Transfer-Encoding:'],
    ['Transfer-Encoding: chunked\r\nContent-Length: 0', 'Expect: 100-continue'],
    ['Host: other', 'Origin: null', 'Origin: http://evil', 'Connection: close', 'Upgrade: h2c'],
    ['Sec-WebSocket-Version: 8', 'Sec-WebSocket-Protocol: a,a', 'Sec-WebSocket-Extensions: ;'],
  ].flat();
  const targets = ['/?x', '//', '/..', '/%00', '/a b', '/a\tb', '/é', '/a#b', '/\x7f', '*', ''];
  const versions = ['1.0', '0.9', '1.2', '2.0', '1'];
  const methods = ['POST', 'get', 'HEAD', 'FOO'];
  const starts = [
    ...targets.map((target) => upgradeHead({ path: target })),
    ...versions.map((version) => upgradeHead({ version })),
    ...methods.map((method) => upgradeHead({ method })),
    `\r\n${upgradeHead()}`,
    ` ${upgradeHead()}`,
    upgradeHead().replaceAll('\r\n', '\n'),
    upgradeHead({ path: 'http://localhost/' }),
  ];

  it('whatever line is added to it, and whatever it begins with', async () => {
    const heads = [...lines.map((line) => upgradeHead({ extra: `${line}\r\n` })), ...starts];
    const answers = await bothAnswers(heads);
    const differing = answers
      .map(([own, attached], at) => ({ head: heads[at], own, attached }))
      .filter(({ own, attached }) => own !== attached);
    expect(differing).toEqual([]);
    expect(answers.filter(([own]) => own === switched).length).toBeGreaterThan(5);
  });
});

describe('the first chunk of a peer', () => {
  it('may hold a head and frames: none is lost', async () => {
    const heard: unknown[] = [];
    const { port } = await serve({}, (websocket) => {
      websocket.on('message', (message) => heard.push(message));
    });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead(), text('one'), text('\r\n\r\n'));
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(['one', '\r\n\r\n']);
  });

  it('opens nothing by itself when it is a piece of a head, and does not keep the rest from opening it', async () => {
    const { port } = await serve();
    for (const size of [1, 40, upgradeHead().length - 1]) {
      const peer = await RawPeer.connect(port);
      peer.write(upgradeHead().slice(0, size));
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(peer.heard.length).toBe(0);
      peer.write(upgradeHead().slice(size));
      await eventually(() => peer.heard.includes('\r\n\r\n'));
      expect(statusOf(peer.heard.toString('latin1'))).toBe(switched);
    }
  });

  it('may be a request for a page, which is answered, and the upgrade behind it on the same connection is not', async () => {
    const { port, endpoint } = await serve();
    const page = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const said = await answer(port, page, upgradeHead());
    expect(statusOf(said)).toBe('HTTP/1.1 426 Upgrade Required');
    expect(said).not.toContain('101');
    expect(endpoint.websockets.size).toBe(0);
  });

  it('is read over TLS as well, and left to Node as well', async () => {
    const endpoint = newEndpoint();
    const tls = makeCertificate({ names: ['localhost'] });
    let secure: boolean | undefined;
    endpoint.mount('/', {}, (_websocket, request) => {
      secure = request.secure;
    });
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls });
    const ask = async (head: string): Promise<string> => {
      const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert, servername: 'localhost' });
      onTestFinished(() => void socket.destroy());
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk.toString('latin1');
      });
      socket.write(head);
      await eventually(() => said.includes('\r\n\r\n'));
      return statusOf(said);
    };
    expect(await ask(upgradeHead())).toBe(switched);
    expect(secure).toBe(true);
    expect(await ask('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(' 426 ');
    expect(await ask('GET  / HTTP/1.1\r\n\r\n')).toMatch(' 400 ');
  });
});

describe('a peer that agreed on another protocol during TLS', () => {
  it('is left at once, unread', async () => {
    const tls = makeCertificate({ names: ['localhost'] });
    const server = createTlsServer({ ...tls, ALPNProtocols: ['h2'] });
    const left: Socket[] = [];
    server.removeAllListeners('secureConnection');
    server.on('secureConnection', (socket: Socket) => left.push(socket));
    const clock = new HandClock();
    new FirstChunks(server, clock, handshakeDefaults, () => {});
    await listening(server, { port: 0 });
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      ca: tls.cert,
      ALPNProtocols: ['h2'],
      servername: 'localhost',
    });
    onTestFinished(() => void socket.destroy());
    await eventually(() => left.length > 0);
    expect(left[0]!.listenerCount('data')).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('while the application is asked about an upgrade', () => {
  async function asked(): Promise<{
    peer: RawPeer;
    other: () => Promise<RawPeer>;
    decide: () => void;
    opened: string[];
  }> {
    let decide: (() => void) | undefined;
    const opened: string[] = [];
    const { port, endpoint } = await serve();
    const admit = (): Promise<undefined> =>
      new Promise((resolve) => {
        decide = () => resolve(undefined);
      });
    endpoint.mount('/asked', { admit }, (websocket) => {
      opened.push('asked');
      websocket.on('message', (message) => void websocket.send(message));
    });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/asked' }));
    await eventually(() => decide !== undefined);
    return { peer, other: () => RawPeer.open(port), decide: decide!, opened };
  }

  it('what the peer sends is kept', async () => {
    const { peer, other, decide } = await asked();
    peer.write(text('early'));
    // Whoever came later has been answered: so the frame has arrived as well.
    await other();
    decide();
    await peer.head();
    expect((await peer.frames(1)).map(({ payload }) => payload.toString())).toEqual(['early']);
  });

  it('a peer that goes away opens nothing', async () => {
    const { peer, other, decide, opened } = await asked();
    peer.socket.resetAndDestroy();
    await other();
    decide();
    await other();
    expect(opened).toEqual([]);
  });
});

describe('heads that are answered as by Node alone', () => {
  const odd: readonly [string, string][] = [
    ['a proper one', upgradeHead()],
    ['names in other cases', upgradeHead().replace('Upgrade:', 'uPGRADE:')],
    ['POST', upgradeHead({ method: 'POST', fields: { 'Content-Length': '0' } })],
    ['HTTP/1.0', upgradeHead({ version: '1.0' })],
    ['HTTP/2.0', upgradeHead({ version: '2.0' })],
    ['no Upgrade', upgradeHead({ fields: { Upgrade: undefined } })],
    ['no Connection', upgradeHead({ fields: { Connection: undefined } })],
    ['another Upgrade', upgradeHead({ fields: { Upgrade: 'h2c' } })],
    ['no Host', upgradeHead({ fields: { Host: undefined } })],
    ['two of Host', upgradeHead({ extra: 'Host: localhost\r\n' })],
    ['no key', upgradeHead({ fields: { 'Sec-WebSocket-Key': undefined } })],
    ['a body', upgradeHead({ fields: { 'Content-Length': '5' } })],
    ['a body in chunks', upgradeHead({ fields: { 'Transfer-Encoding': 'chunked' } })],
    ['both lengths', upgradeHead({ extra: 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n' })],
    ['another path', upgradeHead({ path: '/none' })],
    ['a query', upgradeHead({ path: '/?a=b' })],
    ['a space in the path', upgradeHead({ path: '/a b' })],
    ['a control character in the path', upgradeHead({ path: '/a\x01' })],
    ['a folded line', upgradeHead({ extra: 'X: a\r\n b\r\n' })],
    ['a space before the colon', upgradeHead({ extra: 'X : a\r\n' })],
    ['a line without a colon', upgradeHead({ extra: 'X\r\n' })],
    ['LF alone', upgradeHead({ extra: 'X: a\n' })],
    ['a NUL', upgradeHead({ extra: 'X: \0\r\n' })],
    ['101 fields', upgradeHead({ extra: 'X: a\r\n'.repeat(96) })],
    ['20,000 bytes', upgradeHead({ extra: `X: ${'a'.repeat(20_000)}\r\n` })],
    ['garbage', 'hello\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
  ];

  it.each(odd)('%s', async (_what, head) => {
    const own = await serve();
    // The same endpoint on a server that it did not make: there Node reads every head.
    const attached = await receive();
    attached.server.removeAllListeners('request');
    attached.server.on('request', (_request, response) => {
      response.writeHead(426, { Connection: 'close' }).end();
    });
    const say = async (port: number): Promise<string> => {
      const peer = await RawPeer.connect(port);
      peer.write(Buffer.from(head, 'latin1'));
      await eventually(() => peer.hasEnded || peer.heard.includes('\r\n\r\n'));
      return statusOf(peer.heard.toString('latin1'));
    };
    expect(await say(own.port)).toBe(await say(attached.port));
  });
});

describe('A5: a peer that says nothing', () => {
  it('is left to Node after a while, and may still open a websocket', async () => {
    const clock = new HandClock();
    const { port } = await serve({}, () => {}, { clock });
    const peer = await RawPeer.connect(port);
    await eventually(() => clock.pending > 0);
    clock.advance(500);
    expect(clock.pending).toBe(0);
    peer.write(upgradeHead());
    await eventually(() => peer.heard.includes('\r\n\r\n'));
    expect(statusOf(peer.heard.toString('latin1'))).toBe(switched);
  });

  it('and comes when all was stopped is cut at once', () => {
    const clock = new HandClock();
    const { server } = makeServer(
      { tls: undefined, handshake: handshakeDefaults, http2: undefined },
      makeEngine(clock),
    );
    const chunks = new FirstChunks(server, clock, handshakeDefaults, () => {});
    chunks.stop();
    const socket = new Socket();
    server.emit('connection', socket);
    expect(socket.destroyed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('and ends is forgotten, not left to Node', async () => {
    const clock = new HandClock();
    const engine = { alarms: new Alarms(clock), counters: new Tally(), nowMs: () => 0 };
    const { server } = makeServer(
      { tls: undefined, handshake: handshakeDefaults, http2: undefined },
      engine,
    );
    const left: unknown[] = [];
    server.removeAllListeners('connection');
    server.on('connection', (socket) => left.push(socket));
    new FirstChunks(server, clock, handshakeDefaults, () => {});
    let hasEnded = false;
    server.on('connection', (socket) => {
      socket.on('end', () => {
        hasEnded = true;
      });
    });
    await listening(server, { port: 0 });
    onTestFinished(() => void server.close());
    const peer = await RawPeer.connect((server.address() as AddressInfo).port);
    peer.socket.end();
    await eventually(() => hasEnded);
    clock.advance(500);
    await peer.closed();
    expect(left).toEqual([]);
  });

  it('is cut at once when the endpoint closes', async () => {
    const clock = new HandClock();
    const { port, endpoint } = await serve({}, () => {}, { clock });
    const peer = await RawPeer.connect(port);
    await eventually(() => clock.pending > 0);
    await endpoint.close();
    await eventually(() => peer.hasEnded);
    expect(clock.pending).toBe(0);
  });

  it('is cut when its time for a head is over', async () => {
    const { port } = await serve({}, () => {}, { handshakeWithinMs: 100 });
    const peer = await RawPeer.connect(port);
    await eventually(() => peer.hasEnded);
    expect(statusOf(peer.heard.toString('latin1'))).toBe('HTTP/1.1 408 Request Timeout');
  });
});
