import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Refusal } from '../../src/endpoint/index.ts';
import { makeCertificate } from './certificates.ts';
import { answer, receive } from './reception.ts';
import {
  connectionCount,
  eventually,
  HandClock,
  newEndpoint,
  RawPeer,
  serve,
  text,
  uncaught,
  upgradeHead,
} from './support.ts';
import { lineOf, writesTo } from './watched.ts';

describe('§4.2.2 the answer', () => {
  it('is the 101 of the standard, and nothing more', async () => {
    const { port } = await serve();
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead());
    expect(await peer.head()).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    );
  });

  it('chooses the subprotocol that the mount likes best of those offered', async () => {
    const { port, accepted } = await serve({ subprotocols: ['b', 'a'] });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ fields: { 'Sec-WebSocket-Protocol': 'x, a, b' } }));
    expect(await peer.head()).toContain('Sec-WebSocket-Protocol: b\r\n');
    expect((await accepted()).subprotocol).toBe('b');
  });

  it('leaves the subprotocol out when none is spoken here', async () => {
    const { port, accepted } = await serve({ subprotocols: ['b'] });
    await RawPeer.open(port, { fields: { 'Sec-WebSocket-Protocol': 'toString, __proto__' } });
    expect((await accepted()).subprotocol).toBe(undefined);
  });

  it('goes before what the handler sends, in the same write', async () => {
    const { port, endpoint } = await receive();
    let writes: number[] = [];
    endpoint.mount('/greets', {}, (websocket) => {
      writes = writesTo(lineOf(websocket));
      websocket.send('welcome');
    });
    const peer = await RawPeer.open(port, { path: '/greets' });
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('welcome');
    expect(writes).toEqual([129 + 9]);
  });
});

describe('admit', () => {
  it('is asked with the request, before anything is accepted', async () => {
    const asked: unknown[] = [];
    const { port } = await receive({
      admit: async (request) => {
        asked.push([request.path, request.query.get('q'), request.headers.one('cookie')]);
        return { name: 'REFUSED', status: 401, message: 'Who are you?', headers: { Hint: 'yes' } };
      },
    });
    const whole = await answer(port, upgradeHead({ path: '/?q=1', fields: { Cookie: 'a=b' } }));
    expect(whole).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n.*Hint: yes\r\n\r\nWho are you\?\n$/s);
    expect(asked).toEqual([['/', '1', 'a=b']]);
  });

  it('is not asked about what is refused anyway', async () => {
    const { port } = await receive({ admit: () => expect.unreachable() });
    const fields = { 'Sec-WebSocket-Version': '12' };
    expect(await answer(port, upgradeHead({ fields }))).toMatch(/^HTTP\/1\.1 426 /);
  });

  it('what came while it was asked is not lost', async () => {
    let decide: (() => void) | undefined;
    const admit = (): Promise<undefined> =>
      new Promise((resolve) => {
        decide = () => resolve(undefined);
      });
    const { port, server, endpoint } = await receive();
    endpoint.mount('/echo', { admit }, (websocket) => {
      websocket.on('message', (message) => void websocket.send(`echo ${String(message)}`));
    });
    const hasEnded = new Promise((resolve) => {
      server.on('connection', (socket) => socket.once('end', resolve));
    });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/echo' }), text('one'), text('two'));
    await eventually(() => decide !== undefined);
    // The side of the peer has ended before there is a websocket.
    peer.socket.end();
    await hasEnded;
    decide!();
    await peer.head();
    expect((await peer.frames(2)).map(({ payload }) => payload.toString())).toEqual([
      'echo one',
      'echo two',
    ]);
    await peer.closed();
    await eventually(() => endpoint.websockets.size === 0);
  });

  it('throwing is a 500 and an uncaught exception', async () => {
    const errors = uncaught();
    const { port } = await receive({
      admit: () => {
        throw new Error('a mistake');
      },
    });
    expect(await answer(port, upgradeHead())).toMatch(/^HTTP\/1\.1 500 /);
    expect(errors).toEqual([new Error('a mistake')]);
  });

  it.each([
    [
      'a field that cannot be sent',
      { name: 'REFUSED', status: 403, message: '', headers: { A: 'b\r\nc' } },
    ],
    ['something else altogether', false],
  ])('giving %s is a 500 and an uncaught exception', async (_what, given) => {
    const errors = uncaught();
    const { port, server } = await receive({ admit: () => given as Refusal });
    expect(await answer(port, upgradeHead())).toMatch(/^HTTP\/1\.1 500 /);
    expect(errors.length).toBe(1);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  it('has the time of a handshake, then the answer is 503', async () => {
    const clock = new HandClock();
    let isAsked = false;
    const { port } = await receive(
      {
        admit: () => {
          isAsked = true;
          return new Promise(() => {});
        },
      },
      clock,
    );
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead());
    await eventually(() => isAsked);
    clock.advance(9999);
    expect(peer.heard.length).toBe(0);
    clock.advance(1);
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('a peer that went away meanwhile opens nothing', async () => {
    let decide: (() => void) | undefined;
    const { port, server, endpoint } = await receive({
      admit: () =>
        new Promise((resolve) => {
          decide = () => resolve(undefined);
        }),
    });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead());
    await eventually(() => decide !== undefined);
    peer.socket.resetAndDestroy();
    await eventually(async () => (await connectionCount(server)) === 0);
    decide!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(endpoint.websockets.size).toBe(0);
  });
});

describe('the handler', () => {
  it('throwing closes with 1011 and surfaces as an uncaught exception', async () => {
    const errors = uncaught();
    const { port } = await serve({}, () => {
      throw new Error('a mistake');
    });
    const peer = await RawPeer.open(port);
    expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(1011);
    expect(errors).toEqual([new Error('a mistake')]);
  });

  it('may close, or cut, what it was given', async () => {
    const closes = await serve({}, (websocket) => void websocket.close(4000, 'no'));
    const closed = await RawPeer.open(closes.port);
    expect((await closed.frames(1))[0]?.payload).toEqual(Buffer.from('\x0f\xa0no', 'latin1'));
    const cuts = await serve({}, (websocket) => websocket.terminate());
    const cut = await RawPeer.connect(cuts.port);
    cut.write(upgradeHead(), text('never told'));
    await cut.ended();
    await eventually(() => cuts.endpoint.websockets.size === 0);
  });
});

describe('over TLS', () => {
  const certificate = makeCertificate({ addresses: ['127.0.0.1'] });

  it('accepts, refuses, and outlives a reset', async () => {
    const errors = uncaught();
    const server = createTlsServer(certificate);
    onTestFinished(() => server.close().closeAllConnections());
    const endpoint = newEndpoint();
    endpoint.mount('/', {}, (websocket, request) => websocket.send(String(request.secure)));
    endpoint.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connect = async (): Promise<RawPeer> => {
      const socket = connectTls({ port, host: '127.0.0.1', ca: certificate.cert });
      onTestFinished(() => void socket.destroy());
      await new Promise((resolve) => socket.once('secureConnect', resolve));
      return new RawPeer(socket);
    };
    const good = await connect();
    good.write(upgradeHead({ fields: { Origin: 'https://localhost' } }));
    expect(await good.head()).toMatch(/^HTTP\/1\.1 101 /);
    expect((await good.frames(1))[0]?.payload.toString()).toBe('true');
    const refused = await connect();
    refused.write(upgradeHead({ fields: { Origin: 'http://localhost' } }));
    expect(await refused.head()).toMatch(/^HTTP\/1\.1 403 /);
    await refused.ended();
    for (let round = 0; round < 10; round += 1) {
      const peer = await connect();
      peer.write(upgradeHead(), round % 2 === 0 ? text('hello') : Buffer.from([0xff, 0xff]));
      peer.socket.destroy();
    }
    good.socket.destroy();
    await eventually(async () => (await connectionCount(server)) === 0);
    await eventually(() => endpoint.websockets.size === 0);
    expect(errors).toEqual([]);
  });
});
