/**
 * A server that the endpoint makes itself: HTTP/1.1, or with TLS also HTTP/2, whichever the client chooses there (RFC 7301).
 * In: limits, and an address. Out: a server that listens, and that can be stopped. Fails: as Node does when an address is taken.
 */
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { Engine } from './engine.ts';
import type { FirstChunks } from './first-chunks.ts';
import type { Http2Options } from './http2-options.ts';
import type { HandshakeOptions } from './options.ts';
import { OwnHttp2 } from './own-http2.ts';

type AnyServer = HttpServer | HttpsServer;

export interface OwnServer {
  readonly server: AnyServer;
  /** With TLS only: Node forgets those at their handshake, and looks at no time limit any more when a server is closed. */
  readonly sockets: ReadonlySet<Duplex>;
  /** Those who read what peers say first, if anybody does. */
  firstChunks?: FirstChunks;
  readonly http2: OwnHttp2 | undefined;
}

export interface OwnServerOptions {
  readonly tls: SecureContextOptions | undefined;
  readonly handshake: Required<HandshakeOptions>;
  /** Undefined: HTTP/1.1 only, as it always is without TLS. */
  readonly http2: Required<Http2Options> | undefined;
}

/** A server with the limits of a handshake, which does nothing yet. */
export function makeServer({ tls, handshake, http2 }: OwnServerOptions, engine: Engine): OwnServer {
  const { handshakeWithinMs, maxHeadBytes, maxHeaders } = handshake;
  // To Node 0 is for ever.
  const withinMs =
    handshakeWithinMs === Number.POSITIVE_INFINITY ? 0 : Math.ceil(handshakeWithinMs);
  const limits = {
    headersTimeout: withinMs,
    requestTimeout: withinMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: maxHeadBytes,
  };
  const ALPNProtocols = http2 === undefined ? ['http/1.1'] : ['h2', 'http/1.1'];
  const server =
    tls === undefined
      ? createServer(limits)
      : createTlsServer({ ...limits, ALPNProtocols, ...tls, handshakeTimeout: withinMs });
  // Enough to tell a head that is too long from one that Node cut short.
  server.maxHeadersCount = Math.max(2000, maxHeaders + 2);
  const isSecure = tls !== undefined;
  return {
    server,
    sockets: isSecure ? socketsOf(server) : new Set(),
    http2:
      isSecure && http2 !== undefined ? withHttp2(server, handshake, http2, engine) : undefined,
  };
}

/**
 * Gives sockets that chose HTTP/2 to a server of that, and leaves the others where they are: Node's own way to do both
 * (`allowHTTP1`) forgets the time limits of HTTP/1.1, and fails at its upgrades in some versions (node#60402).
 */
function withHttp2(
  server: AnyServer,
  handshake: Required<HandshakeOptions>,
  http2: Required<Http2Options>,
  engine: Engine,
): OwnHttp2 {
  const sessions = new OwnHttp2({ handshake, http2 }, engine);
  const speakHttp1 = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') {
      sessions.take(socket);
      return;
    }
    for (const speak of speakHttp1) {
      speak.call(server, socket);
    }
  });
  return sessions;
}

export function ipAddress({ port, host }: { port: number; host?: string }): {
  port: number;
  host?: string;
} {
  return host === undefined ? { port } : { port, host };
}

function socketsOf(server: AnyServer): Set<Duplex> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

export async function listening(
  server: AnyServer,
  where: { path: string } | { port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      // From here on an error is a connection that could not be taken: the next one may.
      server.on('error', () => {});
      resolve();
    });
  });
}

/**
 * Takes no more connections, and cuts those that are none of ours yet: Node stops looking at their time limits when a server is
 * closed. Upgraded ones are not the server's any more, and those of HTTP/2 end with their last stream.
 */
export function stop({ server, http2, firstChunks }: OwnServer): Promise<void> {
  firstChunks?.stop();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    http2?.stop();
  });
}
