/** A real CONNECT proxy, on Node's own HTTP server, that remembers what it was told and passes on what it carries. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.ts';
import { connectionCount } from './support.ts';

export interface ConnectProxy {
  readonly url: string;
  readonly port: number;
  /** Where it was asked to lead, and every field that came with that. */
  readonly asked: { readonly target: string; readonly fields: readonly string[] }[];
  /** All that it carried towards servers. */
  readonly carried: () => string;
  readonly count: () => Promise<number>;
}

export interface ConnectProxyOptions {
  readonly tls?: Certificate;
  /** What it says to a CONNECT instead of leading there. */
  readonly answer?: (socket: Duplex, request: IncomingMessage) => void;
  /** Instead of the address that was asked for. */
  readonly leadsTo?: number;
}

export async function connectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const { tls, answer, leadsTo } = options;
  const asked: ConnectProxy['asked'] = [];
  const carried: Buffer[] = [];
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push({ target: request.url ?? '', fields: request.rawHeaders });
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    if (answer !== undefined) {
      answer(socket, request);
      socket.on('end', () => socket.end());
      socket.resume();
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect({
      port: leadsTo ?? Number(port),
      host: leadsTo === undefined ? hostname : '127.0.0.1',
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    onward.once('connect', () => {
      // Many proxies say HTTP/1.0, and add fields that mean nothing here.
      socket.write('HTTP/1.0 200 Connection established\r\nContent-Length: 5\r\n\r\n');
      socket.on('data', (chunk: Buffer) => void carried.push(chunk));
      socket.pipe(onward).pipe(socket);
    });
    socket.on('close', () => void onward.destroy());
    onward.on('close', () => void socket.destroy());
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    asked,
    carried: () => Buffer.concat(carried).toString('latin1'),
    count: () => connectionCount(server),
  };
}
