/**
 * Programs that are not ours as clients on a stream of HTTP/2 (RFC 8441).
 */
import { describe, expect, it } from 'vitest';
import {
  type Closing,
  createEndpoint,
  type Websocket,
  type WebsocketRequest,
} from '../src/endpoint/index.ts';
import { makeCertificate } from '../test/endpoint/certificates.ts';
import { converse, messages, summary } from './converse.ts';
import { type Peer, startPeer } from './process.ts';

const tls = makeCertificate({ addresses: ['127.0.0.1'] });

async function withUndici(
  talk: (websocket: Websocket, request: WebsocketRequest, peer: Peer) => Promise<void>,
): Promise<void> {
  const endpoint = createEndpoint();
  const arrived = new Promise<[Websocket, WebsocketRequest]>((resolve) => {
    endpoint.mount('/', { origins: 'any', subprotocols: ['echo.v1'] }, (...both) => resolve(both));
  });
  const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls });
  const peer = startPeer('node', 'undici-http2-client.mjs', `wss://127.0.0.1:${port}/`);
  try {
    // A peer that dies says why, and is not waited for.
    const [websocket, request] = await Promise.race([arrived, peer.firstLine.then(() => arrived)]);
    await talk(websocket, request, peer);
  } finally {
    await peer.stop();
    await endpoint.close({ withinMs: 0 });
  }
}

describe('with undici as the client over HTTP/2, we as the server', () => {
  it('sends a key and wants it answered; sends back every message, and is closed by us', async () => {
    await withUndici(async (websocket, request, peer) => {
      expect(request.httpVersion).toBe('2.0');
      expect(request.headers.has('sec-websocket-key')).toBe(true);
      // It takes a byte order mark at the beginning of a text for none of its characters.
      const round = messages.map((message) =>
        summary(typeof message === 'string' ? message.replace('\ufeff', '') : message),
      );
      expect(await converse(websocket)).toEqual([...round, ...round]);
      expect(await websocket.ping()).toBeGreaterThan(0);
      expect(await websocket.close(4002, 'bye')).toMatchObject({ code: 4002, clean: true });
      const seen = JSON.parse(await peer.firstLine) as object;
      expect(seen).toEqual({ code: 4002, reason: 'bye', clean: true, subprotocol: 'echo.v1' });
    });
  });

  it('closes, and we see its code and reason', async () => {
    await withUndici(async (websocket) => {
      const closed = new Promise<Closing>((resolve) => websocket.on('closed', resolve));
      websocket.send('close me');
      expect(await closed).toEqual({ code: 4003, reason: 'asked', clean: true, fault: undefined });
    });
  });
});
