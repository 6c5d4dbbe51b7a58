/** What bounds a connection of HTTP/2, against peers that write their own frames. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeEngine } from '../../src/endpoint/engine.ts';
import { handshakeDefaults, http2Defaults } from '../../src/endpoint/index.ts';
import { OwnHttp2 } from '../../src/endpoint/own-http2.ts';
import { serveHttp2 } from './http2-peers.ts';
import {
  ack,
  connectFields,
  endHeaders,
  endStream,
  type Fields,
  fieldSection,
  headersFrame,
  http2Frame,
  RawHttp2,
  rstFrame,
  settings,
  types,
} from './raw-http2.ts';
import { eventually, HandClock, text, uncaught } from './support.ts';

/** RFC 9113 §7. */
const codes = { none: 0, refusedStream: 7, enhanceYourCalm: 11 };
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** The ids of streams that a client opens: odd, and growing. */
const streamIds = (count: number): number[] => Array.from({ length: count }, (_, n) => n * 2 + 1);

describe('what a connection is told', () => {
  it('extended CONNECT is spoken; the windows, the streams and the fields that it may use', async () => {
    const { port } = await serveHttp2({}, () => {}, {
      maxHeadBytes: 20_000,
      http2: { maxStreams: 7, streamWindowBytes: 100_000, sessionWindowBytes: 300_000 },
    });
    const peer = await RawHttp2.connect(port);
    const told = new Map<number, number>();
    const { payload } = peer.of(types.settings)[0]!;
    for (let at = 0; at < payload.length; at += 6) {
      told.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    }
    expect([...told].sort(([one], [other]) => one - other)).toEqual([
      [3, 7],
      [4, 100_000],
      [6, 20_000],
      [8, 1],
    ]);
    await peer.until(() => peer.count(types.windowUpdate, 0) > 0);
    expect(peer.of(types.windowUpdate, 0)[0]?.payload.readUInt32BE()).toBe(300_000 - 65_535);
  });
});

describe('D18: streams', () => {
  it('as many as maxStreams are open at a time, and their places are free again afterwards', async () => {
    const { port, endpoint } = await serveHttp2({}, () => {}, { http2: { maxStreams: 5 } });
    const peer = await RawHttp2.connect(port);
    peer.write(...streamIds(5).map((id) => headersFrame(id, connectFields())));
    await eventually(() => endpoint.websockets.size === 5);
    peer.write(rstFrame(1));
    await eventually(() => endpoint.websockets.size === 4);
    peer.write(headersFrame(13, connectFields()));
    await peer.until(() => peer.count(types.headers, 13) === 1);
    expect(endpoint.websockets.size).toBe(5);
  });

  it('beyond maxStreams end the connection of a peer that had agreed to that', async () => {
    const { port, endpoint } = await serveHttp2({}, () => {}, { http2: { maxStreams: 5 } });
    const peer = await RawHttp2.connect(port);
    peer.write(...streamIds(6).map((id) => headersFrame(id, connectFields())));
    await peer.closed();
    await eventually(() => endpoint.websockets.size === 0);
  });

  it('beyond maxStreams are refused of a peer that could not know', async () => {
    const { port, endpoint } = await serveHttp2({}, () => {}, { http2: { maxStreams: 5 } });
    const peer = await RawHttp2.silent(port);
    const asks = streamIds(6).map((id) => headersFrame(id, connectFields()));
    peer.write(preface, settings(), ...asks);
    await peer.until(() => peer.rstCode(11) === codes.refusedStream);
    await eventually(() => endpoint.websockets.size === 5);
  });

  it('reset in the packet that opens them never reach admit', async () => {
    let asked = 0;
    const admit = (): undefined => {
      asked += 1;
    };
    const { port, endpoint } = await serveHttp2({ admit });
    const peer = await RawHttp2.connect(port);
    const ids = streamIds(90);
    peer.write(...ids.flatMap((id) => [headersFrame(id, connectFields()), rstFrame(id)]));
    peer.write(headersFrame(181, connectFields()));
    await peer.until(() => peer.count(types.headers, 181) === 1);
    expect(asked).toBe(1);
    expect(endpoint.websockets.size).toBe(1);
  });

  it('47,000 that are opened and reset end the connection; few of them reach admit', async () => {
    const errors = uncaught();
    let asked = 0;
    const { port, endpoint } = await serveHttp2({
      admit: () => {
        asked += 1;
        return new Promise(() => {});
      },
    });
    const peer = await RawHttp2.connect(port);
    for (let id = 1; id < 94_000 && !peer.hasClosed; id += 2) {
      peer.write(headersFrame(id, connectFields()));
      // Apart from each other, so that many are looked at before they are reset.
      if (id % 10 === 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      peer.write(rstFrame(id));
    }
    await peer.closed();
    expect(peer.goawayCode).toBe(codes.enhanceYourCalm);
    expect(asked).toBeLessThan(150);
    expect(endpoint.websockets.size).toBe(0);
    expect(errors).toEqual([]);
  });

  it('answered and then reset are not counted: pages come and go', async () => {
    const { port, endpoint } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    for (const id of streamIds(300)) {
      peer.write(headersFrame(id, connectFields()));
      await peer.until(() => peer.count(types.headers, id) === 1);
      peer.write(rstFrame(id));
    }
    await eventually(() => endpoint.websockets.size === 0);
    expect(peer.goawayCode).toBe(undefined);
  });
});

describe('A1 fields beyond what is counted', () => {
  const fillers = (count: number): [string, string][] =>
    Array.from({ length: count }, (_, n) => [`x${n}`, 'b']);

  it('100 fields are taken, 101 are answered with 431', async () => {
    const { port, endpoint } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields('/', fillers(94))));
    peer.write(headersFrame(3, connectFields('/', fillers(95))));
    await peer.until(() => peer.heard(3).length > 0);
    expect(peer.heard(3).toString()).toBe('Too many header fields.\n');
    expect(endpoint.websockets.size).toBe(1);
  });

  it('maxHeaders beyond what Node counts by itself: 300 are taken, 301 are answered with 431', async () => {
    const { port, endpoint } = await serveHttp2({}, () => {}, { maxHeaders: 300 });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields('/', fillers(294))));
    peer.write(headersFrame(3, connectFields('/', fillers(295))));
    await peer.until(() => peer.heard(3).length > 0);
    expect(peer.heard(3).toString()).toBe('Too many header fields.\n');
    expect(endpoint.websockets.size).toBe(1);
  });

  it('far too many, or far too long, reset the stream and not the connection', async () => {
    const { port } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields('/', fillers(500))));
    peer.write(
      headersFrame(3, connectFields('/', [['x', 'y'.repeat(10_000)]]), 0),
      http2Frame(types.continuation, endHeaders, 3, fieldSection([['z', 'y'.repeat(10_000)]])),
    );
    for (const id of [1, 3]) {
      await peer.until(() => peer.rstCode(id) !== undefined);
    }
    peer.write(headersFrame(5, connectFields()));
    await peer.until(() => peer.count(types.headers, 5) === 1);
    expect(peer.goawayCode).toBe(undefined);
  });

  it('maxHeadBytes holds for a peer that has not acknowledged it, too', async () => {
    const errors = uncaught();
    const paths: (string | undefined)[] = [];
    const served = await serveHttp2({ admit: ({ target }) => void paths.push(target) }, () => {}, {
      maxHeadBytes: 1000,
    });
    served.endpoint.answer('/plain', { wants: () => true }, ({ response }) => {
      paths.push('/plain');
      response.end();
    });
    const peer = await RawHttp2.silent(served.port);
    // 42 bytes with its name, and 32 as the standard counts.
    const more = (count: number): Fields =>
      Array.from({ length: count }, (_, n) => [`x${n}`, 'y'.repeat(40)]);
    peer.write(preface, settings());
    peer.write(headersFrame(1, connectFields('/', more(9))));
    peer.write(headersFrame(3, connectFields('/', more(10))));
    const get: Fields = [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/plain'],
      [':authority', 'localhost'],
    ];
    peer.write(headersFrame(5, [...get, ...more(20)], endHeaders | endStream));
    peer.write(headersFrame(7, get, endHeaders | endStream));
    await peer.until(() => peer.rstCode(3) !== undefined && peer.rstCode(5) !== undefined);
    await peer.until(() => peer.count(types.headers, 1) + peer.count(types.headers, 7) === 2);
    expect([peer.rstCode(3), peer.rstCode(5)]).toEqual([11, 11]);
    expect(new Set(paths)).toEqual(new Set(['/', '/plain']));
    expect(errors).toEqual([]);
  });

  it('maxHeadBytes beyond what a setting of HTTP/2 can say is said as well as it can', async () => {
    const errors = uncaught();
    const { port } = await serveHttp2({}, () => {}, { maxHeadBytes: Number.MAX_SAFE_INTEGER });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    await peer.until(() => peer.count(types.headers, 1) === 1);
    expect(errors).toEqual([]);
  });

  it('A2: no name of a field is the key of an object', async () => {
    const { port } = await serveHttp2({}, (websocket, { headers }) => {
      websocket.send(headers.all('__proto__').join());
    });
    const peer = await RawHttp2.connect(port);
    const names = ['__proto__', 'constructor', 'tostring', 'hasownproperty', 'valueof', 'then'];
    peer.write(
      headersFrame(
        1,
        connectFields(
          '/',
          names.map((name) => [name, 'a'] as const),
        ),
      ),
    );
    await peer.until(() => peer.heard(1).length > 0);
    expect(peer.heard(1).toString('latin1')).toBe('\x81\x01a');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('A5 connections that do nothing', () => {
  const handshakeWithinMs = 3000;
  const http2 = { idleSessionMs: 20_000 };

  it('open nothing: told to go after handshakeWithinMs, and cut a second later', async () => {
    const clock = new HandClock();
    const { port } = await serveHttp2({}, () => {}, { clock, handshakeWithinMs, http2 });
    const peer = await RawHttp2.connect(port);
    clock.advance(2900);
    peer.write(http2Frame(types.ping, 0, 0, Buffer.alloc(8)));
    await peer.until(() => peer.count(types.ping) === 1);
    expect(peer.goawayCode).toBe(undefined);
    clock.advance(200);
    await peer.until(() => peer.goawayCode === codes.none);
    peer.socket.removeAllListeners('end');
    clock.advance(1100);
    await peer.closed();
  });

  it.each([
    ['say nothing at all', ''],
    ['never end their preface', preface.slice(0, 10)],
    ['never end their first fields', preface],
  ])('%s: cut', async (_what, bytes) => {
    const clock = new HandClock();
    const { port } = await serveHttp2({}, () => {}, { clock, handshakeWithinMs, http2 });
    const peer = await RawHttp2.silent(port);
    if (bytes === preface) {
      peer.write(preface, settings(), http2Frame(types.headers, 0, 1, Buffer.from([0, 1])));
      await peer.until(() => peer.count(types.settings) > 0);
    } else if (bytes !== '') {
      peer.write(bytes);
    }
    await eventually(() => clock.pending > 0);
    clock.advance(3100);
    clock.advance(1100);
    await peer.closed();
  });

  it('open a websocket and say nothing more: kept, and pinged', async () => {
    const clock = new HandClock();
    const { port } = await serveHttp2({}, () => {}, { clock, handshakeWithinMs, http2 });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    await peer.until(() => peer.count(types.headers, 1) === 1);
    clock.advance(15_000);
    await peer.until(() => peer.heard(1).length > 0);
    expect(peer.heard(1)[0]).toBe(0x89);
    expect(peer.goawayCode).toBe(undefined);
  });

  it('have closed their last websocket: told to go after idleSessionMs', async () => {
    const clock = new HandClock();
    const { port, endpoint } = await serveHttp2({}, () => {}, { clock, handshakeWithinMs, http2 });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()), headersFrame(3, connectFields()));
    await eventually(() => endpoint.websockets.size === 2);
    peer.write(rstFrame(1));
    await eventually(() => endpoint.websockets.size === 1);
    clock.advance(10_000);
    peer.write(http2Frame(types.data, 0, 3, text('still here')), rstFrame(3));
    await eventually(() => endpoint.websockets.size === 0);
    await eventually(() => clock.pending === 1);
    clock.advance(19_900);
    expect(peer.goawayCode).toBe(undefined);
    clock.advance(200);
    await peer.until(() => peer.goawayCode === codes.none);
    await peer.closed();
  });
});

describe('a peer that breaks the rules of HTTP/2', () => {
  const wrongs: [string, Buffer][] = [
    ['DATA on stream 0', http2Frame(types.data, 0, 0, Buffer.from('x'))],
    ['a PING of 7 bytes', http2Frame(types.ping, 0, 0, Buffer.alloc(7))],
    [
      'fields that cannot be decoded',
      http2Frame(types.headers, endHeaders, 3, Buffer.from([0xff])),
    ],
    ['an even stream', headersFrame(2, connectFields())],
    [
      'an acknowledgement that carries something',
      http2Frame(types.settings, ack, 0, Buffer.alloc(6)),
    ],
    ['HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['what is nothing', Buffer.alloc(100, 0xee)],
  ];
  it.each(wrongs)('%s: is told so, and cut when its websockets have died', async (_what, bytes) => {
    const errors = uncaught();
    const clock = new HandClock();
    const { port, endpoint } = await serveHttp2({}, () => {}, { clock });
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields()));
    await eventually(() => endpoint.websockets.size === 1);
    peer.write(bytes);
    await peer.until(() => (peer.goawayCode ?? codes.none) !== codes.none);
    // A peer that stays all the same: Node does not tell, but nothing of it is heard any more.
    peer.socket.removeAllListeners('end');
    clock.advance(20_100);
    await eventually(() => endpoint.websockets.size === 0);
    await eventually(() => clock.pending === 1);
    clock.advance(60_100);
    clock.advance(1100);
    await peer.closed();
    expect(errors).toEqual([]);
  });

  it('extended CONNECT with a body that ends at once is a websocket that ends at once', async () => {
    const { port, endpoint } = await serveHttp2();
    const peer = await RawHttp2.connect(port);
    peer.write(headersFrame(1, connectFields(), endHeaders | endStream));
    await peer.until(() => peer.of(types.data, 1).some(({ flags }) => flags === endStream));
    await eventually(() => endpoint.websockets.size === 0);
  });
});

describe('after stop', () => {
  it('a connection whose TLS handshake ends only then is not begun', () => {
    const limits = { handshake: handshakeDefaults, http2: http2Defaults };
    const clock = new HandClock();
    const own = new OwnHttp2(limits, makeEngine(clock));
    const socket = new PassThrough();
    own.stop();
    own.take(socket);
    expect(socket.destroyed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
