/**
 * A server that the endpoint makes itself, on Node's HTTP/1.1 with or without TLS.
 * In: limits, and an address. Out: a server that listens, and that can be stopped. Fails: as Node does when an address is taken.
 */
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { FirstChunks } from './first-chunks.ts';
import type { HandshakeOptions } from './options.ts';

export type AnyServer = HttpServer | HttpsServer;

export interface OwnServer {
  readonly server: AnyServer;
  /** With TLS only: Node forgets those at their handshake, and looks at no time limit any more when a server is closed. */
  readonly sockets: ReadonlySet<Duplex>;
  /** Those who read what peers say first, if anybody does. */
  firstChunks?: FirstChunks;
}

/** A server with the limits of a handshake, which does nothing yet. */
export function makeServer(
  tls: SecureContextOptions | undefined,
  { handshakeWithinMs, maxHeadBytes, maxHeaders }: Required<HandshakeOptions>,
): OwnServer {
  // To Node 0 is for ever.
  const withinMs =
    handshakeWithinMs === Number.POSITIVE_INFINITY ? 0 : Math.ceil(handshakeWithinMs);
  const limits = {
    headersTimeout: withinMs,
    requestTimeout: withinMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: maxHeadBytes,
  };
  const server =
    tls === undefined
      ? createServer(limits)
      : createTlsServer({ ...limits, ...tls, handshakeTimeout: withinMs });
  // Enough to tell a head that is too long from one that Node cut short.
  server.maxHeadersCount = Math.max(2000, maxHeaders + 2);
  return { server, sockets: tls === undefined ? new Set() : socketsOf(server) };
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
 * closed. Upgraded ones are not the server's any more.
 */
export function stop({ server, firstChunks }: OwnServer): Promise<void> {
  firstChunks?.stop();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
