import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Alarms } from '../../src/endpoint/alarms.ts';
import { Tally } from '../../src/endpoint/counters.ts';
import { http2Defaults } from '../../src/endpoint/http2-options.ts';
import { createEndpoint } from '../../src/endpoint/index.ts';
import { ipAddress, listening, makeServer, stop } from '../../src/endpoint/own-server.ts';
import { makeCertificate } from './certificates.ts';
import { StreamPeer, serveHttp2, sessionWith, tls } from './http2-peers.ts';
import { closeFrame, eventually, HandClock, newEndpoint, RawPeer, upgradeHead } from './support.ts';

const clock = new HandClock();
const engine = { alarms: new Alarms(clock), counters: new Tally(), nowMs: () => 0 };
const handshake = { handshakeWithinMs: 10_000, maxHeadBytes: 16_384, maxHeaders: 100 };

describe('a server of our own', () => {
  it('has the limits of a handshake, and tells a head that is too long from one that was cut', () => {
    const { server, sockets } = makeServer({ tls: undefined, handshake, http2: undefined }, engine);
    expect(server.headersTimeout).toBe(10_000);
    expect(server.requestTimeout).toBe(10_000);
    expect(server.maxHeadersCount).toBeGreaterThan(handshake.maxHeaders + 1);
    expect(sockets.size).toBe(0);
  });

  it('speaks HTTP/2 with TLS only', () => {
    const http2 = http2Defaults;
    expect(makeServer({ tls: undefined, handshake, http2 }, engine).http2).toBe(undefined);
    expect(makeServer({ tls, handshake, http2: undefined }, engine).http2).toBe(undefined);
    expect(makeServer({ tls, handshake, http2 }, engine).http2).toBeDefined();
  });

  it('listens, and is gone after stop', async () => {
    const own = makeServer(
      {
        tls: undefined,
        handshake: { ...handshake, handshakeWithinMs: Infinity },
        http2: undefined,
      },
      engine,
    );
    expect(own.server.headersTimeout).toBe(0);
    await listening(own.server, ipAddress({ port: 0, host: '127.0.0.1' }));
    expect(own.server.listening).toBe(true);
    await stop(own);
    expect(own.server.listening).toBe(false);
  });

  it('A5: a peer that says nothing during TLS does not outlive the time to close', async () => {
    const endpoint = createEndpoint();
    const tls = makeCertificate({ names: ['localhost'] });
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls });
    const peer = connect(port, '127.0.0.1');
    peer.on('error', () => {});
    await once(peer, 'connect');
    const gone = once(peer, 'close');
    // Node itself would wait for handshakeWithinMs, or for ever when TLS ends after the server was closed.
    await endpoint.close({ withinMs: 50 });
    await gone;
    expect(endpoint.websockets.size).toBe(0);
  });
});

async function offering(port: number, ALPNProtocols: string[] | undefined): Promise<TLSSocket> {
  const offers = ALPNProtocols === undefined ? {} : { ALPNProtocols };
  const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert, ...offers });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

describe('RFC 7301 what is spoken on a port', () => {
  it.each([
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1', 'h2'], 'h2'],
    [['http/1.1'], 'http/1.1'],
    [undefined, false],
  ])('of %j it is %s, and a websocket opens', async (offers, chosen) => {
    const { port } = await serveHttp2({}, (websocket, { httpVersion }) => {
      websocket.send(httpVersion);
    });
    const socket = await offering(port, offers);
    expect(socket.alpnProtocol).toBe(chosen);
    if (chosen === 'h2') {
      const peer = await StreamPeer.open(port);
      expect((await peer.frames(1))[0]?.payload.toString()).toBe('2.0');
    } else {
      const peer = new RawPeer(socket);
      peer.write(upgradeHead());
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /);
      expect((await peer.frames(1))[0]?.payload.toString()).toBe('1.1');
    }
  });

  it('with http2: false it is HTTP/1.1', async () => {
    const endpoint = newEndpoint();
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls, http2: false });
    expect((await offering(port, ['h2', 'http/1.1'])).alpnProtocol).toBe('http/1.1');
  });

  it.each([true, {}])('http2: %j without TLS is a mistake', async (http2) => {
    const listening = newEndpoint().listen({ port: 0, host: '127.0.0.1', http2 });
    await expect(listening).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('an endpoint that closes', () => {
  it('sends GOAWAY, closes websockets with 1001, and is gone when they are', async () => {
    const { port, endpoint } = await serveHttp2();
    const session = await sessionWith(port);
    const peers = [new StreamPeer(session), new StreamPeer(session)];
    for (const peer of peers) {
      await peer.status();
    }
    const told = once(session, 'goaway');
    const gone = once(session, 'close');
    const closing = endpoint.close();
    expect((await told)[0]).toBe(0);
    for (const peer of peers) {
      expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(1001);
      peer.stream.end(closeFrame(1001));
    }
    await closing;
    await gone;
    expect(endpoint.websockets.size).toBe(0);
  });

  it('is gone at once when its connections have no streams', async () => {
    const { port, endpoint } = await serveHttp2();
    const session = await sessionWith(port);
    const gone = once(session, 'close');
    await endpoint.close();
    await gone;
  });

  it('cuts what is open when its time is over: websockets, and handshakes', async () => {
    const { port, endpoint } = await serveHttp2();
    let isAsked = false;
    const admit = (): Promise<undefined> => {
      isAsked = true;
      return new Promise(() => {});
    };
    endpoint.mount('/never', { admit }, () => {});
    const session = await sessionWith(port);
    const silent = new StreamPeer(session);
    await silent.status();
    const waiting = new StreamPeer(session, { ':path': '/never' });
    await eventually(() => isAsked);
    await endpoint.close({ withinMs: 50 });
    expect(endpoint.websockets.size).toBe(0);
    await silent.closed();
    await waiting.closed();
    expect(waiting.answer).toBe(undefined);
  });

  it('answers 503 to those whose admit ends later', async () => {
    let decide: (() => void) | undefined;
    const { port, endpoint } = await serveHttp2({
      admit: () =>
        new Promise((resolve) => {
          decide = () => resolve(undefined);
        }),
    });
    const peer = new StreamPeer(await sessionWith(port));
    await eventually(() => decide !== undefined);
    const closing = endpoint.close();
    decide!();
    expect(await peer.status()).toBe(503);
    peer.stream.end();
    await closing;
  });
});
