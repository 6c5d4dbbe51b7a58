/** More of a client's way in, beside that of ws, stands in beside/opening.ts. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket, WebSocketServer } from '../../src/ws/index.ts';
import { makeCertificate } from '../endpoint/certificates.ts';

/** Lets everybody in, and says so. */
async function listening(server: Server, where: number | string): Promise<number> {
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.send('in'));
  onTestFinished(() => {
    for (const socket of sockets.clients) {
      socket.terminate();
    }
    server.close();
  });
  server.listen(where as number, ...(typeof where === 'number' ? ['127.0.0.1'] : []));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What comes first: a message, or an error. */
function first(url: string, options: ClientOptions = {}): Promise<string> {
  const socket = new WebSocket(url, options);
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => resolve(data.toString()));
    socket.on('error', ({ code, message }: Error & { code?: string }) => resolve(code ?? message));
  });
}

describe('a client', () => {
  it('is not kept by a server that answers one byte at a time', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      const answer = 'HTTP/1.1 101 Switching Protocols\r\nA: ';
      let at = 0;
      const drip = setInterval(() => {
        socket.write(answer[at] ?? 'a');
        at += 1;
      }, 5);
      socket.on('close', () => clearInterval(drip));
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `ws://127.0.0.1:${port}`;
    expect(await first(url, { handshakeTimeout: 100 })).toBe('Opening handshake has timed out');
  });

  it('connects over TLS, and only to whom it trusts', async () => {
    const { key, cert } = makeCertificate({ addresses: ['127.0.0.1'] });
    const url = `wss://127.0.0.1:${await listening(createHttpsServer({ key, cert }), 0)}`;
    expect(await first(url, { ca: cert })).toBe('in');
    expect(await first(url, { rejectUnauthorized: false })).toBe('in');
    expect(await first(url)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  it('connects to a local socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ws-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'socket');
    await listening(createHttpServer(), path);
    expect(await first(`ws+unix:${path}:/`)).toBe('in');
  });

  it('uses the agent that it is given', async () => {
    const { Agent } = await import('node:http');
    const port = await listening(createHttpServer(), 0);
    const agent = new Agent({
      lookup: (_host, { all }, answer) => {
        const found = { address: '127.0.0.1', family: 4 };
        if (all) {
          answer(null, [found]);
        } else {
          answer(null, found.address, found.family);
        }
      },
    });
    onTestFinished(() => agent.destroy());
    expect(await first(`ws://somewhere.example:${port}`, { agent })).toBe('in');
  });
});
