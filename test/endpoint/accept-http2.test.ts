import { describe, expect, it } from 'vitest';
import type { Refusal, WebsocketRequest } from '../../src/endpoint/index.ts';
import { StreamPeer, serveHttp2, sessionWith } from './http2-peers.ts';
import { closeFrame, eventually, HandClock, sampleKey, text, uncaught } from './support.ts';

describe('RFC 8441 §5 the answer', () => {
  it('is a 200 without the fields of HTTP/1.1, and the stream carries frames both ways', async () => {
    const { port } = await serveHttp2({}, (websocket) => {
      websocket.on('message', (message) => void websocket.send(`echo ${String(message)}`));
    });
    const peer = await StreamPeer.open(port);
    expect(Object.keys(peer.answer!)).toEqual([':status', 'date']);
    peer.write(text('one'), text('two'));
    const frames = await peer.frames(2);
    expect(frames.map(({ payload }) => payload.toString())).toEqual(['echo one', 'echo two']);
  });

  it('answers a key with an Accept, which some clients insist on', async () => {
    const { port } = await serveHttp2();
    const peer = await StreamPeer.open(port, { 'sec-websocket-key': sampleKey });
    expect(peer.answer?.['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it('chooses the subprotocol that the mount likes best of those offered', async () => {
    const { port, accepted } = await serveHttp2({ subprotocols: ['b', 'a'] });
    const peer = await StreamPeer.open(port, { 'sec-websocket-protocol': 'x, a, b' });
    expect(peer.answer?.['sec-websocket-protocol']).toBe('b');
    expect((await accepted()).subprotocol).toBe('b');
  });

  it('is there before what the handler sends', async () => {
    const { port } = await serveHttp2({}, (websocket) => websocket.send('welcome'));
    const peer = await StreamPeer.open(port);
    expect((await peer.frames(1))[0]?.payload.toString()).toBe('welcome');
  });

  it('opens as many websockets on one connection, each by itself', async () => {
    const { port, endpoint } = await serveHttp2({}, (websocket, { query }) => {
      websocket.send(query.get('n') ?? '');
    });
    const session = await sessionWith(port);
    const peers = Array.from(
      { length: 20 },
      (_, n) => new StreamPeer(session, { ':path': `/?n=${n}` }),
    );
    for (const [n, peer] of peers.entries()) {
      expect((await peer.frames(1))[0]?.payload.toString()).toBe(String(n));
    }
    expect(endpoint.websockets.size).toBe(20);
    peers[0]!.stream.end(closeFrame(1000));
    await peers[0]!.closed();
    await eventually(() => endpoint.websockets.size === 19);
  });
});

describe('the request', () => {
  it('has the authority as its host, the path, and cookies in one field', async () => {
    const seen: WebsocketRequest[] = [];
    const { port } = await serveHttp2({ origins: 'same' }, (_websocket, request) => {
      seen.push(request);
    });
    await StreamPeer.open(port, {
      ':path': '/?d=e',
      ':authority': 'localhost:8443',
      origin: 'https://localhost:8443',
      cookie: ['a=1', 'b=2'],
    });
    expect(seen[0]).toMatchObject({
      method: 'CONNECT',
      target: '/?d=e',
      path: '/',
      httpVersion: '2.0',
      address: '127.0.0.1',
      secure: true,
    });
    expect(seen[0]?.headers.one('host')).toBe('localhost:8443');
    expect(seen[0]?.headers.one('cookie')).toBe('a=1; b=2');
    expect(seen[0]?.headers.has(':path')).toBe(false);
  });
});

describe('a refusal', () => {
  const cases: [string, Record<string, string | undefined>, number][] = [
    ['an unknown path', { ':path': '/elsewhere' }, 404],
    ['no version', { 'sec-websocket-version': undefined }, 426],
    ['version 12', { 'sec-websocket-version': '12' }, 426],
    ['another protocol', { ':protocol': 'connect-udp' }, 501],
    ['a scheme that is neither', { ':scheme': 'wss' }, 400],
    ['another host beside the authority', { host: 'other' }, 400],
    ['a subprotocol offered twice', { 'sec-websocket-protocol': 'a, a' }, 400],
    ['extensions that are none', { 'sec-websocket-extensions': 'a;;' }, 400],
    ['an authority that points here by itself', { ':authority': 'evil.example' }, 403],
    ['A7: another origin', { origin: 'https://evil.example' }, 403],
    ['A7: the same host over http', { origin: 'http://localhost' }, 403],
    ['A7: no origin at all, as the browser says', { origin: 'null' }, 403],
  ];
  it.each(cases)('%s: one answer, and the stream ends', async (_what, more, status) => {
    const { port, endpoint } = await serveHttp2();
    const session = await sessionWith(port);
    const peer = new StreamPeer(session, more);
    expect(await peer.status()).toBe(status);
    await peer.ended();
    expect(peer.heard.toString()).toMatch(/^.+\.\n$/);
    expect(peer.answer?.['content-type']).toBe('text/plain; charset=utf-8');
    expect(peer.answer?.['sec-websocket-version']).toBe(status === 426 ? '13' : undefined);
    expect(peer.answer?.upgrade).toBe(undefined);
    expect(endpoint.websockets.size).toBe(0);
    // The connection is as good as before.
    expect(await new StreamPeer(session).status()).toBe(200);
  });

  it('A7: the origin decides per mount, whichever is asked first', async () => {
    const { port, endpoint } = await serveHttp2();
    endpoint.mount('/open', { origins: 'any' }, () => {});
    endpoint.mount('/strict', { origins: ['https://app.example'] }, () => {});
    const session = await sessionWith(port);
    const status = (path: string, origin: string): Promise<number | undefined> =>
      new StreamPeer(session, { ':path': path, origin }).status();
    for (const path of ['/open', '/strict', '/open']) {
      const expected = path === '/open' ? 200 : 403;
      expect(await status(path, 'https://evil.example')).toBe(expected);
    }
    expect(await status('/strict', 'https://app.example')).toBe(200);
  });

  it('a peer that does not go is cut after a second', async () => {
    const clock = new HandClock();
    const { port } = await serveHttp2({}, () => {}, { clock });
    const session = await sessionWith(port);
    const peer = new StreamPeer(session, { ':path': '/elsewhere' });
    await peer.ended();
    // Longer than anything takes that would have been asked for at once.
    const later = new StreamPeer(session, { ':path': '/elsewhere' });
    await later.ended();
    expect(peer.stream.closed).toBe(false);
    clock.advance(1000);
    await peer.closed();
    expect(peer.stream.rstCode).toBe(8);
  });

  it('of a plain request says how a websocket is opened', async () => {
    const { port } = await serveHttp2();
    const session = await sessionWith(port);
    const get = async (path: string): Promise<[unknown, unknown]> => {
      const stream = session.request({ ':path': path });
      const [answer] = await new Promise<[Record<string, unknown>]>((resolve) =>
        stream.once('response', (headers) => resolve([headers])),
      );
      stream.resume();
      return [answer[':status'], answer['allow']];
    };
    expect(await get('/')).toEqual([405, 'CONNECT']);
    expect(await get('/elsewhere')).toEqual([404, undefined]);
  });
});

describe('admit', () => {
  it('is asked with the request, and its refusal is the answer', async () => {
    const asked: unknown[] = [];
    const { port } = await serveHttp2({
      admit: async (request) => {
        asked.push([request.path, request.query.get('q'), request.headers.one('cookie')]);
        return {
          name: 'REFUSED',
          status: 401,
          message: 'Who are you?',
          headers: { Hint: 'yes', Upgrade: 'dropped' },
        };
      },
    });
    const peer = new StreamPeer(await sessionWith(port), { ':path': '/?q=1', cookie: 'a=b' });
    expect(await peer.status()).toBe(401);
    await peer.ended();
    expect(peer.answer).toMatchObject({ hint: 'yes' });
    expect(peer.heard.toString()).toBe('Who are you?\n');
    expect(asked).toEqual([['/', '1', 'a=b']]);
  });

  it('is not asked about what is refused anyway', async () => {
    const { port } = await serveHttp2({ admit: () => expect.unreachable() });
    const peer = new StreamPeer(await sessionWith(port), { 'sec-websocket-version': '12' });
    expect(await peer.status()).toBe(426);
  });

  it('what came while it was asked is not lost', async () => {
    let decide: (() => void) | undefined;
    const { port, endpoint } = await serveHttp2(
      {
        admit: () =>
          new Promise((resolve) => {
            decide = () => resolve(undefined);
          }),
      },
      (websocket) => {
        websocket.on('message', (message) => void websocket.send(`echo ${String(message)}`));
      },
    );
    const peer = new StreamPeer(await sessionWith(port));
    peer.write(text('one'), text('two'));
    peer.stream.end();
    await eventually(() => decide !== undefined);
    decide!();
    expect((await peer.frames(2)).map(({ payload }) => payload.toString())).toEqual([
      'echo one',
      'echo two',
    ]);
    await peer.closed();
    await eventually(() => endpoint.websockets.size === 0);
  });

  it.each([
    ['throwing', 'throw'],
    [
      'giving a field that cannot be sent',
      { name: 'REFUSED', status: 403, message: '', headers: { A: 'b\r\nc' } },
    ],
    [
      'giving a field that says how long the answer is',
      { name: 'REFUSED', status: 403, message: '', headers: { 'Content-Length': '1' } },
    ],
  ])('%s is a 500 and an uncaught exception', async (_what, given) => {
    const errors = uncaught();
    const { port } = await serveHttp2({
      admit: () => {
        if (given === 'throw') {
          throw new Error('a mistake');
        }
        return given as Refusal;
      },
    });
    const peer = new StreamPeer(await sessionWith(port));
    expect(await peer.status()).toBe(500);
    expect(errors.length).toBe(1);
  });

  it('has the time of a handshake, then the answer is 503', async () => {
    const clock = new HandClock();
    let isAsked = false;
    const { port } = await serveHttp2(
      {
        admit: () => {
          isAsked = true;
          return new Promise(() => {});
        },
      },
      () => {},
      { clock },
    );
    const peer = new StreamPeer(await sessionWith(port));
    await eventually(() => isAsked);
    clock.advance(9999);
    expect(peer.answer).toBe(undefined);
    clock.advance(1);
    expect(await peer.status()).toBe(503);
  });

  it.each([0, 8])('a peer that went away meanwhile, with %i, opens nothing', async (code) => {
    const errors = uncaught();
    let decide: (() => void) | undefined;
    const { port, endpoint } = await serveHttp2({
      admit: () =>
        new Promise((resolve) => {
          decide = () => resolve(undefined);
        }),
    });
    const session = await sessionWith(port);
    const peer = new StreamPeer(session);
    // What nobody has read yet keeps the stream from being destroyed.
    peer.write(text('unread'));
    await eventually(() => decide !== undefined);
    peer.stream.close(code);
    await peer.closed();
    // Whatever the peer asks next has overtaken nothing.
    const decideFirst = decide!;
    expect(await new StreamPeer(session, { ':path': '/elsewhere' }).status()).toBe(404);
    decideFirst();
    await new Promise((resolve) => setImmediate(resolve));
    expect(endpoint.websockets.size).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('the handler', () => {
  it('throwing closes with 1011 and surfaces as an uncaught exception', async () => {
    const errors = uncaught();
    const { port } = await serveHttp2({}, () => {
      throw new Error('a mistake');
    });
    const peer = await StreamPeer.open(port);
    expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(1011);
    expect(errors).toEqual([new Error('a mistake')]);
  });

  it('may cut what it was given', async () => {
    const { port, endpoint } = await serveHttp2({}, (websocket) => websocket.terminate());
    const peer = new StreamPeer(await sessionWith(port));
    await peer.closed();
    expect(peer.stream.rstCode).toBe(8);
    await eventually(() => endpoint.websockets.size === 0);
  });
});
