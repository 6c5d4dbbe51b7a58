/** A server of HTTP/2 on Node's own, raw: what comes on a stream is handed to the test, or sent back. HTTP/1.1 beside it if wanted. */
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server } from 'node:tls';
import { onTestFinished } from 'vitest';
import { switching } from './answering.ts';
import { type Certificate, makeCertificate } from './certificates.ts';
import { connectionCount, frame, parseFrames } from './support.ts';

export const http2Certificate: Certificate = makeCertificate({
  names: ['localhost', 'chat.example'],
  addresses: ['127.0.0.1'],
});
/** One object, so that diallings share their connections. */
export const tls = { ca: http2Certificate.cert };

export interface Http2Server {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  readonly sessions: ServerHttp2Session[];
  readonly streams: ServerHttp2Stream[];
  readonly requests: IncomingHttpHeaders[];
  /** Heads of requests in HTTP/1.1. */
  readonly heads: string[];
  /** Of TCP. */
  readonly sockets: Duplex[];
  readonly connections: () => number;
  readonly count: () => Promise<number>;
}

export interface Http2ServerOptions extends SecureServerOptions {
  /** Not Node's server of HTTP/2, but one that agrees on these, or knows nothing of agreeing. */
  readonly alpn?: readonly string[] | 'none';
  readonly settings?: Settings;
  readonly onStream?: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;
}

export async function http2Server(options: Http2ServerOptions = {}): Promise<Http2Server> {
  const { onStream = openAndEcho, settings, alpn, ...others } = options;
  const server: Server =
    alpn === undefined
      ? createSecureServer({
          ...http2Certificate,
          settings: { enableConnectProtocol: true, ...settings },
          ...others,
        })
      : createTlsServer({
          ...http2Certificate,
          ...(alpn === 'none' ? {} : { ALPNProtocols: [...alpn] }),
        });
  const sockets: Duplex[] = [];
  const sessions: ServerHttp2Session[] = [];
  const streams: ServerHttp2Stream[] = [];
  const requests: IncomingHttpHeaders[] = [];
  const heads: string[] = [];
  server.on('connection', (socket: Duplex) => {
    sockets.push(socket);
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    streams.push(stream);
    requests.push(headers);
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol !== 'h2') {
      socket.on('error', () => {});
      socket.once('data', (head: Buffer) => {
        heads.push(head.toString('latin1'));
        socket.write(switching(head.toString('latin1')));
        echo(socket);
      });
    }
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    sockets,
    sessions,
    streams,
    requests,
    heads,
    port,
    url: `wss://127.0.0.1:${port}/`,
    connections: () => sockets.length,
    count: () => connectionCount(server),
  };
}

export function openAndEcho(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 });
  echo(stream);
}

/** Sends every frame back; ends after a Close. */
export function echo(stream: Duplex): void {
  let heard = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    const { frames, size } = parseFrames(heard);
    heard = heard.subarray(size);
    for (const { opcode, payload } of frames) {
      stream.write(frame(opcode === 9 ? 10 : opcode, payload, { masked: false }));
      if (opcode === 8) {
        stream.end();
      }
    }
  });
}
