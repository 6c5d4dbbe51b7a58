import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAddress } from '../../src/endpoint/address.ts';
import { connectTo } from '../../src/endpoint/connect.ts';
import { type Found, Http2Pool } from '../../src/endpoint/http2-pool.ts';
import { readRoute } from '../../src/endpoint/route.ts';
import { makeCertificate } from './certificates.ts';
import { idleMs, never, pooled } from './pooled.ts';
import { eventually, HandClock, turnOver } from './support.ts';

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
    const { find, count } = await silent();
    const stop = new AbortController();
    const found = find(stop.signal);
    const next = new AbortController();
    stop.abort(new Error('enough'));
    const again = find(next.signal);
    await expect(found).rejects.toThrow('enough');
    await eventually(() => count() === 1);
    next.abort(new Error('enough too'));
    await expect(again).rejects.toThrow('enough too');
    await eventually(() => count() === 0);
  });

  it('a socket of HTTP/1.1 that nobody waits for any more is destroyed', async () => {
    const { find, sockets, server } = await pooled({ alpn: ['http/1.1'] });
    const stop = new AbortController();
    const found = find(stop.signal);
    await eventually(() => sockets.length === 1);
    stop.abort(new Error('enough'));
    await found.then(
      ({ socket }) => socket?.destroy(),
      () => {},
    );
    await eventually(async () => (await server.count()) === 0);
  });

  it('what was connected all the same is destroyed', async () => {
    const { find, sockets, server } = await pooled({ alpn: ['http/1.1'] });
    await find();
    const late: ((socket: Socket) => void)[] = [];
    const connecting = (): Promise<Socket> => new Promise((resolve) => late.push(resolve));
    const stop = new AbortController();
    const found = new Http2Pool(new HandClock()).find('a', connecting, stop.signal);
    stop.abort(new Error('enough'));
    await expect(found).rejects.toThrow('enough');
    late[0]!(sockets[0]!);
    await eventually(async () => (await server.count()) === 0);
  });

  it('a failure to connect is told to all who wait', async () => {
    const pool = new Http2Pool(new HandClock());
    const connecting = (): Promise<Socket> => Promise.reject(new Error('nobody'));
    const found = [pool.find('a', connecting, never), pool.find('a', connecting, never)];
    await expect(found[0]).rejects.toThrow('nobody');
    await expect(found[1]).rejects.toThrow('nobody');
    expect(pool.size).toBe(0);
  });
});
