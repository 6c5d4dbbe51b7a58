import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PooledSession, sessionDefaults, startSession } from '../../src/endpoint/http2-session.ts';
import { http2Server, tls } from './http2-server.ts';
import { eventually, HandClock } from './support.ts';

const never = new AbortController().signal;

async function socketTo(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, ALPNProtocols: ['h2'], ...tls });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
  return socket;
}

describe('a session for websockets', () => {
  it('RFC 9113 §6.9: opens its windows, of streams and of the whole, and wants no pushes', async () => {
    const server = await http2Server();
    const session = (await startSession(await socketTo(server.port), never))!;
    const peer = server.sessions[0]!;
    await eventually(() => (peer.state.remoteWindowSize ?? 0) > 65_535);
    expect(peer.remoteSettings).toMatchObject({ initialWindowSize: 2 ** 20, enablePush: false });
    expect(peer.state.remoteWindowSize).toBe(2 ** 22);
    session.destroy();
  });

  it('waits for the settings of the server (RFC 8441 §3)', async () => {
    const server = await http2Server();
    const session = (await startSession(await socketTo(server.port), never))!;
    expect(session.remoteSettings.enableConnectProtocol).toBe(true);
    session.destroy();
  });

  it('a server that hangs up before them is a loss; who gives up before leaves nothing', async () => {
    const server = await http2Server();
    server.server.once('session', () => void server.sockets[0]!.destroy());
    await expect(startSession(await socketTo(server.port), never)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      retryable: true,
    });
    const enough = AbortSignal.abort(new Error('enough'));
    await expect(startSession(await socketTo(server.port), enough)).rejects.toThrow('enough');
    await eventually(async () => (await server.count()) === 0);
  });
});

describe('seats', () => {
  async function pooled(maxStreams: number): Promise<[PooledSession, () => number, HandClock]> {
    const server = await http2Server();
    const session: ClientHttp2Session = (await startSession(await socketTo(server.port), never))!;
    onTestFinished(() => session.destroy());
    const clock = new HandClock();
    let retired = 0;
    const limits = { ...sessionDefaults, maxStreams };
    const one = new PooledSession(session, clock, limits, () => {
      retired += 1;
    });
    return [one, () => retired, clock];
  }

  it('are as many as the limit, and one more when one is free', async () => {
    const [session] = await pooled(2);
    session.seat();
    expect(session.hasRoom).toBe(true);
    const seat = session.seat();
    expect(session.hasRoom).toBe(false);
    expect(() => seat.open({ ':nonsense': 'x' })).toThrow();
    expect(session.hasRoom).toBe(true);
  });

  it('nobody is seated any more once it retired, which is told once', async () => {
    const [session, retired, clock] = await pooled(2);
    const seat = session.seat();
    clock.advance(10 * sessionDefaults.idleMs);
    expect(retired()).toBe(0);
    seat.retire();
    seat.retire();
    expect(retired()).toBe(1);
    expect(session.hasRoom).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
