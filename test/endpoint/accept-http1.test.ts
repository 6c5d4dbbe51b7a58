import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Endpoint, MountOptions, Refusal } from '../../src/endpoint/index.ts';
import { makeCertificate } from './certificates.ts';
import {
  closeFrame,
  connectionCount,
  eventually,
  frame,
  HandClock,
  type HeadOptions,
  newEndpoint,
  RawPeer,
  sampleKey,
  serve,
  text,
  uncaught,
  upgradeHead,
} from './support.ts';

interface Reception {
  readonly server: Server;
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Requests that reached the routes of the server. */
  readonly requests: string[];
}

/** An endpoint beside the routes of a server, with a websocket at `/`. */
async function receive(options: MountOptions = {}, clock?: HandClock): Promise<Reception> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end('page');
  });
  onTestFinished(() => server.close().closeAllConnections());
  const endpoint = newEndpoint(clock === undefined ? {} : { clock });
  endpoint.mount('/', options, () => {});
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, endpoint, requests };
}

/** Everything that the server says until it ends. */
async function answer(port: number, ...bytes: (string | Uint8Array)[]): Promise<string> {
  const peer = await RawPeer.connect(port);
  peer.write(...bytes);
  await peer.ended();
  peer.socket.end();
  return peer.heard.toString('latin1');
}

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
    const { server, port, endpoint } = await receive();
    const writes: number[] = [];
    server.on('connection', (socket) => {
      const write = socket.write.bind(socket);
      socket.write = ((...values: Parameters<typeof write>) => {
        writes.push((values[0] as Buffer).length);
        return write(...values);
      }) as typeof socket.write;
    });
    endpoint.mount('/greets', {}, (websocket) => websocket.send('welcome'));
    const peer = await RawPeer.open(port, { path: '/greets' });
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('welcome');
    expect(writes).toEqual([129 + 9]);
  });
});

describe('A9 a refused upgrade leaves nothing to be used again', () => {
  const pipelined = 'GET /internal HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const cases: [string, HeadOptions, number][] = [
    ['version 777', { fields: { 'Sec-WebSocket-Version': '777' } }, 426],
    ['no version', { fields: { 'Sec-WebSocket-Version': undefined } }, 426],
    ['a short key', { fields: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }, 400],
    ['no key', { fields: { 'Sec-WebSocket-Key': undefined } }, 400],
    ['two keys', { extra: `Sec-WebSocket-Key: ${sampleKey}\r\n` }, 400],
    ['POST', { method: 'POST' }, 405],
    ['HTTP/1.0', { version: '1.0' }, 505],
    ['Content-Length: 5', { fields: { 'Content-Length': '5' } }, 400],
    ['Transfer-Encoding: chunked', { fields: { 'Transfer-Encoding': 'chunked' } }, 400],
    ['two Host fields', { extra: 'Host: other\r\n' }, 400],
    ['a bare LF', { extra: 'A: b\n' }, 400],
    ['a field without a name', { extra: ': b\r\n' }, 400],
    ['a space before the colon', { extra: 'A : b\r\n' }, 400],
    ['a subprotocol offered twice', { fields: { 'Sec-WebSocket-Protocol': 'a, a' } }, 400],
    ['an unknown path', { path: '/elsewhere' }, 404],
    ['another origin', { fields: { Origin: 'http://evil.example' } }, 403],
  ];
  it.each(cases)('%s: one answer, then the end', async (_what, options, status) => {
    const { port, requests, endpoint, server } = await receive();
    const whole = await answer(port, upgradeHead(options), pipelined);
    expect(whole.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(whole).toMatch(/^Connection: close\r$/m);
    expect(/^Sec-WebSocket-Version: 13\r$/m.test(whole)).toBe(status === 426);
    expect(requests).toEqual([]);
    expect(endpoint.websockets.size).toBe(0);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  it('a folded line hides no request behind it', async () => {
    const { port, requests } = await receive();
    const whole = await answer(port, upgradeHead({ extra: 'A: b\r\n c\r\n' }), pipelined);
    expect(whole.match(/HTTP\/1\.1 \d+/g)?.length).toBe(1);
    expect(requests).toEqual([]);
  });

  it('a body that was announced is not read as another request', async () => {
    const { port, requests } = await receive();
    const head = upgradeHead({ fields: { 'Transfer-Encoding': 'chunked' } });
    const whole = await answer(port, head, '0\r\n\r\n', pipelined);
    expect(whole.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(requests).toEqual([]);
  });

  it('the answer arrives whole though the peer ended its side with the request', async () => {
    const { port } = await receive();
    const peer = await RawPeer.connect(port);
    peer.socket.end(upgradeHead({ path: '/elsewhere' }));
    await peer.closed();
    expect(peer.heard.toString()).toMatch(/^HTTP\/1\.1 404 .*this path\.\n$/s);
  });

  it('a refused peer that does not go is cut after a second', async () => {
    const clock = new HandClock();
    const { port, server } = await receive({}, clock);
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/elsewhere' }));
    await peer.ended();
    expect(await connectionCount(server)).toBe(1);
    clock.advance(1000);
    await eventually(async () => (await connectionCount(server)) === 0);
    expect(clock.pending).toBe(0);
  });
});

describe('A1 fields beyond what is counted', () => {
  const fillers = (count: number): string => {
    let lines = '';
    for (let i = 0; i < count; i += 1) {
      lines += `${String.fromCharCode(97 + (i % 26))}${i % 10}: b\r\n`;
    }
    return lines;
  };

  it.each([96, 1994, 1995, 1996, 2000])('%i more than the handshake needs: 431', async (count) => {
    const { port } = await receive();
    const start = 'GET / HTTP/1.1\r\n';
    const own = upgradeHead().slice(start.length);
    // First, so that a limit that drops what comes last would drop the fields of the handshake.
    const whole = await answer(port, start, fillers(count), own);
    expect(whole).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('95 more than the handshake needs are 100 fields, and are taken', async () => {
    const { port } = await receive();
    await RawPeer.open(port, { extra: fillers(95) });
  });

  it.each([10, 5])(
    'a server that counts to %i: a head that may be cut short is refused',
    async (most) => {
      const { port, server } = await receive();
      server.maxHeadersCount = most;
      expect(await answer(port, upgradeHead({ extra: fillers(most - 5) }))).toMatch(
        /^HTTP\/1\.1 431 /,
      );
    },
  );

  it('a server that counts to 10 takes nine', async () => {
    const { port, server } = await receive();
    server.maxHeadersCount = 10;
    await RawPeer.open(port, { extra: fillers(4) });
  });

  it('A2: no name of a field is the key of an object', async () => {
    const { port } = await receive();
    await RawPeer.open(port, {
      extra: '__proto__: a\r\nconstructor: b\r\ntoString: c\r\nhasOwnProperty: d\r\n',
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('A7 the origin decides per mount, whichever is asked first', () => {
  const status = async (port: number, path: string, origin?: string): Promise<string> => {
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path, fields: { Origin: origin } }));
    return (await peer.head()).slice(9, 12);
  };

  it.each([
    ['/open', '/strict'],
    ['/strict', '/open'],
  ])('%s, then %s', async (first, second) => {
    const { port, endpoint } = await receive();
    endpoint.mount('/open', { origins: 'any' }, () => {});
    endpoint.mount('/strict', { origins: ['https://app.example'] }, () => {});
    const expected: Record<string, string> = { '/open': '101', '/strict': '403' };
    for (const path of [first, second, first]) {
      expect(await status(port, path, 'https://evil.example')).toBe(expected[path]);
    }
    expect(await status(port, '/strict', 'https://app.example')).toBe('101');
    expect(await status(port, '/strict')).toBe('101');
  });

  it('two Origin fields are refused, even two good ones', async () => {
    const { port } = await receive();
    const extra = 'Origin: http://localhost\r\nOrigin: http://localhost\r\n';
    expect(await answer(port, upgradeHead({ extra }))).toMatch(/^HTTP\/1\.1 403 /);
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

describe('A4 nothing a peer does during the handshake crashes or leaks', () => {
  const badFrames: [string, Uint8Array, number][] = [
    ['reserved bits', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['a2 00', Buffer.from([0xa2, 0x00]), 1002],
    ['no mask', frame(1, 'x', { masked: false }), 1002],
    ['an endless length', Buffer.from([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]), 1009],
    ['bytes that are no text', frame(1, Buffer.from([0xff])), 1007],
  ];
  it.each(badFrames)('the handshake and %s in one segment', async (_what, bytes, code) => {
    const { port, endpoint, server } = await receive();
    for (let round = 0; round < 40; round += 1) {
      const peer = await RawPeer.connect(port);
      peer.write(upgradeHead(), bytes, text('ignored'));
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
      expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(code);
      peer.socket.destroy();
    }
    await eventually(() => endpoint.websockets.size === 0);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  it('PRI * HTTP/2.0 is answered with 400 and the end', async () => {
    const { port, server } = await receive();
    const whole = await answer(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(whole).toMatch(/^HTTP\/1\.1 400 /);
    await eventually(async () => (await connectionCount(server)) === 0);
  });

  const head = upgradeHead();
  const steps: [string, (peer: RawPeer) => Promise<void> | void][] = [
    ['before a byte', () => {}],
    ['after one byte', (peer) => peer.write('G')],
    ['after half the head', (peer) => peer.write(head.slice(0, 60))],
    ['before the last byte of the head', (peer) => peer.write(head.slice(0, -1))],
    ['right after the head', (peer) => peer.write(head)],
    ['after the head and half a frame', (peer) => peer.write(head, text('hello').subarray(0, 4))],
    ['after the head and a frame', (peer) => peer.write(head, text('hello'))],
    ['after the head and a bad frame', (peer) => peer.write(head, Buffer.from([0xff, 0xff]))],
    ['after the head and a Close', (peer) => peer.write(head, closeFrame(1000))],
    [
      'after the answer',
      async (peer) => {
        peer.write(head);
        await peer.head();
      },
    ],
    ['after a head that is refused', (peer) => peer.write(upgradeHead({ path: '/elsewhere' }))],
    [
      'after the refusal',
      async (peer) => {
        peer.write(upgradeHead({ path: '/elsewhere' }));
        await peer.head();
      },
    ],
  ];
  it.each(steps)('a reset %s', async (_when, step) => {
    const errors = uncaught();
    const { port, server, endpoint } = await receive({ admit: async () => undefined });
    endpoint.mount('/at-once', {}, (websocket) => {
      websocket.send('welcome');
      websocket.on('message', (message) => void websocket.send(message));
    });
    for (let round = 0; round < 25; round += 1) {
      const peer = await RawPeer.connect(port);
      await step(peer);
      // Every other time before the bytes are sure to have left.
      if (round % 2 === 0) {
        await new Promise<void>((resolve) => peer.socket.write('', () => resolve()));
      }
      peer.socket.resetAndDestroy();
    }
    await eventually(async () => (await connectionCount(server)) === 0);
    await eventually(() => endpoint.websockets.size === 0);
    expect(errors).toEqual([]);
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
