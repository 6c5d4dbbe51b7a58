import type { ClientHttp2Stream } from 'node:http2';
import { createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAddress } from '../../src/endpoint/address.ts';
import { connectTo, type Way } from '../../src/endpoint/connect.ts';
import { type Connecting, type Found, Http2Pool } from '../../src/endpoint/http2-pool.ts';
import { type RouteOptions, readRoute } from '../../src/endpoint/route.ts';
import { extendedRequest } from '../../src/protocol/index.ts';
import { makeCertificate } from './certificates.ts';
import { connectProxy } from './connect-proxy.ts';
import { type Http2Server, type Http2ServerOptions, http2Server, tls } from './http2-server.ts';
import { eventually, HandClock, turnOver, uncaught } from './support.ts';

const idleMs = 1000;
const never = new AbortController().signal;
const fields = extendedRequest({ scheme: 'https', host: 'localhost', target: '/' });

interface Pooled {
  readonly pool: Http2Pool;
  readonly clock: HandClock;
  readonly server: Http2Server;
  /** Ways that were gone. */
  readonly ways: Way[];
  find(giveUp?: AbortSignal, key?: string): Promise<Found>;
  /** With the answer of the server. */
  stream(): Promise<ClientHttp2Stream>;
}

async function pooled(
  { maxStreams = 1000, ...options }: Http2ServerOptions & { maxStreams?: number } = {},
  routeOptions: RouteOptions = {},
): Promise<Pooled> {
  const server = await http2Server(options);
  const clock = new HandClock();
  const pool = new Http2Pool(clock, { maxStreams, idleMs });
  const limits = { maxHeadBytes: 1000, maxHeaders: 10 };
  const route = readRoute(readAddress(server.url, {}), { tls, ...routeOptions }, limits, {});
  const ways: Way[] = [];
  const connecting: Connecting = async (giveUp) => {
    const way = await connectTo(route, ['h2', 'http/1.1'], giveUp);
    ways.push(way);
    onTestFinished(() => void way.carrier.destroy());
    return way;
  };
  const find: Pooled['find'] = (giveUp = never, key = 'a') => pool.find(key, connecting, giveUp);
  return {
    pool,
    clock,
    server,
    ways,
    find,
    async stream() {
      const stream = (await find()).seat!.open(fields);
      stream.on('error', () => {});
      await new Promise((resolve) => stream.once('response', resolve));
      return stream;
    },
  };
}

async function ended(stream: ClientHttp2Stream): Promise<void> {
  const over = new Promise((resolve) => stream.once('close', resolve));
  stream.close();
  await over;
}

describe('one session for all who dial the same way', () => {
  it('who come while it is being made wait for it', async () => {
    const { pool, find, server } = await pooled();
    const all = [find(), find(), find()];
    expect(pool.size).toBe(1);
    const found = await Promise.all(all);
    expect(found.every(({ seat }) => seat !== undefined)).toBe(true);
    expect(server.connections()).toBe(1);
  });

  it('another way is another session', async () => {
    const { pool, find, server } = await pooled();
    await Promise.all([find(never, 'a'), find(never, 'b')]);
    expect(server.connections()).toBe(2);
    expect(pool.size).toBe(2);
  });

  it('RFC 9113 §5.1.2: no more streams than the server allows, then another session', async () => {
    const { stream, server, find } = await pooled({ settings: { maxConcurrentStreams: 2 } });
    await Promise.all([stream(), stream()]);
    expect(server.connections()).toBe(1);
    const third = await stream();
    expect(server.connections()).toBe(2);
    await ended(third);
    await find();
    expect(server.connections()).toBe(2);
  });

  it('seats that are not taken yet count: many at once open as many sessions as they need', async () => {
    const { stream, server } = await pooled({ settings: { maxConcurrentStreams: 2 } });
    await Promise.all(Array.from({ length: 7 }, () => stream()));
    expect(server.connections()).toBe(4);
    expect(server.streams).toHaveLength(7);
  });

  it('and no more than our own limit', async () => {
    const { stream, server } = await pooled({ maxStreams: 3 });
    await Promise.all([stream(), stream(), stream()]);
    expect(server.connections()).toBe(1);
    await stream();
    expect(server.connections()).toBe(2);
  });

  it('a stream that ended makes room', async () => {
    const { stream, server } = await pooled({ maxStreams: 1 });
    for (let round = 0; round < 5; round += 1) {
      await ended(await stream());
    }
    expect(server.connections()).toBe(1);
  });
});

describe('a session without streams', () => {
  it('is closed when its time is over, and not while it has one', async () => {
    const { stream, clock, pool, server } = await pooled();
    const one = await stream();
    clock.advance(10 * idleMs);
    expect(pool.size).toBe(1);
    await ended(one);
    clock.advance(idleMs - 1);
    expect(pool.size).toBe(1);
    const other = await stream();
    clock.advance(10 * idleMs);
    await ended(other);
    expect(server.connections()).toBe(1);
    clock.advance(idleMs);
    expect(pool.size).toBe(0);
    await eventually(async () => (await server.count()) === 0);
    expect(clock.pending).toBe(0);
  });

  const sockets = (): number =>
    process.getActiveResourcesInfo().filter((name) => name.includes('Socket')).length;

  it.each(['directly', 'through a proxy of https'])('keeps no process alive, %s', async (how) => {
    const own = makeCertificate({ addresses: ['127.0.0.1'] });
    const proxy = await connectProxy({ tls: own });
    const throughProxy = { proxy: proxy.url, proxyTls: { ca: own.cert } };
    const { stream, server } = await pooled({}, how === 'directly' ? {} : throughProxy);
    const one = await stream();
    const before = sockets();
    await ended(one);
    await eventually(() => sockets() === before - 1);
    expect(await server.count()).toBe(1);
    const again = await stream();
    expect(sockets()).toBe(before);
    expect(server.connections()).toBe(1);
    await ended(again);
  });
});

describe('a session that is at its end', () => {
  it('RFC 9113 §6.8: after GOAWAY takes no more streams, and ends with its last', async () => {
    const { stream, server, pool } = await pooled();
    const one = await stream();
    server.sessions[0]!.goaway(0);
    await eventually(() => pool.size === 0);
    expect(one.destroyed).toBe(false);
    await stream();
    expect(server.connections()).toBe(2);
    await ended(one);
    await eventually(async () => (await server.count()) === 1);
  });

  it('that was cut is not used again, and throws nowhere', async () => {
    const errors = uncaught();
    const { stream, server, pool } = await pooled();
    const one = await stream();
    const over = new Promise((resolve) => one.once('close', resolve));
    server.sockets[0]!.destroy();
    await over;
    await eventually(() => pool.size === 0);
    await stream();
    expect(server.connections()).toBe(2);
    expect(errors).toEqual([]);
  });

  it('between the seat and the stream: opening throws, and the seat is free again', async () => {
    const { find, server, ways, pool } = await pooled();
    const { seat } = await find();
    const gone = new Promise((resolve) => ways[0]!.socket.once('close', resolve));
    server.sockets[0]!.destroy();
    await gone;
    await turnOver();
    expect(() => seat!.open(fields)).toThrow();
    expect(pool.size).toBe(0);
  });

  it('that seems to be dead is left to those who have it', async () => {
    const { find, stream, server, pool } = await pooled();
    const one = await stream();
    (await find()).seat!.retire();
    expect(pool.size).toBe(0);
    await stream();
    expect(server.connections()).toBe(2);
    expect(one.destroyed).toBe(false);
  });
});

describe('a server without websockets in HTTP/2', () => {
  it('of HTTP/1.1 alone: the first gets the socket, the others none', async () => {
    const { find, server, pool } = await pooled({ alpn: ['http/1.1'] });
    const found = await Promise.all([find(), find()]);
    expect(found.map(({ socket }) => socket?.destroyed)).toEqual([false, undefined]);
    expect(server.connections()).toBe(1);
    expect(pool.size).toBe(0);
  });

  it.each([
    ['RFC 8441 §3: that does not say so', { enableConnectProtocol: false }],
    ['that allows no streams', { enableConnectProtocol: true, maxConcurrentStreams: 0 }],
  ])('%s: nothing is asked there, and the session is closed', async (_what, settings) => {
    const { find, server, pool } = await pooled({ settings });
    expect(await find()).toEqual({ socket: undefined });
    expect(server.streams).toEqual([]);
    expect(pool.size).toBe(0);
    await eventually(async () => (await server.count()) === 0);
  });
});

describe('giving up', () => {
  /** A server that agrees on h2 and then says nothing. */
  async function silent(): Promise<{
    find: (giveUp: AbortSignal) => Promise<Found>;
    pool: Http2Pool;
    count: () => number;
  }> {
    let count = 0;
    const certificate = makeCertificate({ addresses: ['127.0.0.1'] });
    const server = createServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
      count += 1;
      socket.on('error', () => {});
      socket.on('close', () => {
        count -= 1;
      });
      socket.resume();
      onTestFinished(() => void socket.destroy());
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const limits = { maxHeadBytes: 1000, maxHeaders: 10 };
    const address = readAddress(`wss://127.0.0.1:${port}`, {});
    const route = readRoute(address, { tls: { ca: certificate.cert } }, limits, {});
    const pool = new Http2Pool(new HandClock(), { maxStreams: 1, idleMs });
    const find = (giveUp: AbortSignal): Promise<Found> =>
      pool.find('a', (signal) => connectTo(route, ['h2'], signal), giveUp);
    return { find, pool, count: () => count };
  }

  it('by one of two changes nothing for the other; by both it is over', async () => {
    const { find, pool, count } = await silent();
    const stops = [new AbortController(), new AbortController()];
    const found = stops.map((stop) => find(stop.signal));
    await eventually(() => count() === 1);
    stops[0]!.abort(new Error('first'));
    await expect(found[0]).rejects.toThrow('first');
    await turnOver();
    expect(pool.size).toBe(1);
    expect(count()).toBe(1);
    stops[1]!.abort(new Error('second'));
    await expect(found[1]).rejects.toThrow('second');
    expect(pool.size).toBe(0);
    await eventually(() => count() === 0);
  });

  it('before the socket is connected; who comes next begins anew', async () => {
    const { find, pool, count } = await silent();
    const stop = new AbortController();
    const found = find(stop.signal);
    stop.abort(new Error('enough'));
    await expect(found).rejects.toThrow('enough');
    expect(pool.size).toBe(0);
    const next = new AbortController();
    const again = find(next.signal);
    await eventually(() => count() === 1);
    next.abort(new Error('enough too'));
    await expect(again).rejects.toThrow('enough too');
    await eventually(() => count() === 0);
  });

  it('a socket of HTTP/1.1 that nobody waits for any more is destroyed', async () => {
    const { find, ways, server } = await pooled({ alpn: ['http/1.1'] });
    const stop = new AbortController();
    const found = find(stop.signal);
    await eventually(() => ways.length === 1);
    stop.abort(new Error('enough'));
    await found.then(
      ({ socket }) => socket?.destroy(),
      () => {},
    );
    await eventually(async () => (await server.count()) === 0);
  });

  it('a failure to connect is told to all who wait', async () => {
    const pool = new Http2Pool(new HandClock());
    const connecting = (): Promise<Way> => Promise.reject(new Error('nobody'));
    const found = [pool.find('a', connecting, never), pool.find('a', connecting, never)];
    await expect(found[0]).rejects.toThrow('nobody');
    await expect(found[1]).rejects.toThrow('nobody');
    expect(pool.size).toBe(0);
  });
});
