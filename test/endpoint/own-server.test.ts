import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createEndpoint } from '../../src/endpoint/index.ts';
import { ipAddress, listening, makeServer, stop } from '../../src/endpoint/own-server.ts';
import { makeCertificate } from './certificates.ts';

const handshake = { handshakeWithinMs: 10_000, maxHeadBytes: 16_384, maxHeaders: 100 };

describe('a server of our own', () => {
  it('has the limits of a handshake, and tells a head that is too long from one that was cut', () => {
    const { server, sockets } = makeServer(undefined, handshake);
    expect(server.headersTimeout).toBe(10_000);
    expect(server.requestTimeout).toBe(10_000);
    expect(server.maxHeadersCount).toBeGreaterThan(handshake.maxHeaders + 1);
    expect(sockets.size).toBe(0);
  });

  it('listens, and is gone after stop', async () => {
    const own = makeServer(undefined, { ...handshake, handshakeWithinMs: Infinity });
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
