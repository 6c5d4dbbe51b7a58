import type { ClientHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Http2Pool } from '../../src/endpoint/http2-pool.ts';
import { makeCertificate } from './certificates.ts';
import { connectProxy } from './connect-proxy.ts';
import { http2Certificate, tls } from './http2-server.ts';
import { fields, idleMs, never, pooled } from './pooled.ts';
import { http2Frame, settings, types, uint32 } from './raw-http2.ts';
import { eventually, HandClock, turnOver, uncaught } from './support.ts';

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

  it('between the seat and the stream: it fails, at once or (from Node 24) soon', async () => {
    const { find, server, sockets, pool } = await pooled();
    const { seat } = await find();
    const gone = new Promise((resolve) => sockets[0]!.once('close', resolve));
    server.sockets[0]!.destroy();
    await gone;
    await turnOver();
    const failing = new Promise((_resolve, reject) => {
      seat!.open(fields).on('error', reject);
    });
    await expect(failing).rejects.toMatchObject({ code: 'ERR_HTTP2_INVALID_SESSION' });
    expect(pool.size).toBe(0);
  });

  const goaway = (code: number): Buffer =>
    http2Frame(types.goaway, 0, 0, Buffer.concat([uint32(0), uint32(code)]));
  it.each([
    ['with GOAWAY', [goaway(0)]],
    ['with GOAWAY for a reason', [goaway(11)]],
    ['and breaks the rules', [http2Frame(types.data, 0, 0, Buffer.alloc(1))]],
  ])(
    'in the packet of its settings, %s: asked once, and not again and again',
    async (_how, end) => {
      const errors = uncaught();
      const server = createServer({ ...http2Certificate, ALPNProtocols: ['h2'] }, (socket) => {
        socket.on('error', () => {});
        socket.end(Buffer.concat([settings([8, 1]), ...end]));
      });
      onTestFinished(() => void server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const pool = new Http2Pool(new HandClock());
      let times = 0;
      const find = async (): Promise<unknown> => {
        const { seat } = await pool.find(
          'a',
          async () => {
            times += 1;
            const socket = connect({ host: '127.0.0.1', port, ALPNProtocols: ['h2'], ...tls });
            await new Promise((resolve) => socket.once('secureConnect', resolve));
            return socket;
          },
          never,
        );
        return new Promise((_resolve, reject) => seat!.open(fields).on('error', reject));
      };
      const all = await Promise.allSettled([find(), find(), find()]);
      expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(times).toBe(1);
      await eventually(() => pool.size === 0);
      expect(errors).toEqual([]);
    },
  );

  it('that seems to be dead is left to those who have it', async () => {
    const { find, stream, server, pool } = await pooled();
    const one = await stream();
    const { seat } = await find();
    const silent = seat!.open(fields);
    seat!.retire();
    expect(pool.size).toBe(0);
    await stream();
    expect(server.connections()).toBe(2);
    expect(one.destroyed).toBe(false);
    await ended(silent);
    await ended(one);
    await eventually(async () => (await server.count()) === 1);
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
