/** More of a server, beside that of ws, stands in beside/serving.ts. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, Server } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from '../../src/ws/index.ts';
import { serverDefaults } from '../../src/ws/server.ts';

interface VerifyInfo {
  readonly req: IncomingMessage;
}

async function serve(options: object = {}): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  onTestFinished(() => {
    for (const socket of server.clients ?? []) {
      socket.terminate();
    }
    server.close();
  });
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe('a server', () => {
  it('shows its options, with the limits of ws', async () => {
    const { server } = await serve({ path: '/here', maxPayload: 5 });
    expect(server.options).toMatchObject({ ...serverDefaults, path: '/here', maxPayload: 5 });
    expect(server.path).toBe('/here');
  });

  it('hands backlog to its HTTP server, which has its own where none is given', async () => {
    const listens = vi.spyOn(Server.prototype, 'listen');
    onTestFinished(() => listens.mockRestore());
    await serve({ backlog: 7 });
    expect(listens.mock.calls[0]![0]).toMatchObject({ port: 0, host: '127.0.0.1', backlog: 7 });
    await serve();
    expect(listens.mock.calls[1]![0]).toMatchObject({ backlog: undefined });
  });

  it('hears only the first answer of verifyClient', async () => {
    const { server, url } = await serve({
      verifyClient: (_: unknown, answer: (verified: boolean) => void) => {
        answer(true);
        answer(false);
        answer(true);
      },
    });
    let count = 0;
    server.on('connection', (socket) => {
      count += 1;
      socket.send('in');
    });
    const [data] = (await once(new WebSocket(url), 'message')) as [Buffer];
    expect([String(data), count]).toEqual(['in', 1]);
  });

  it('knows its clients from the handshake to the end', async () => {
    const { server, url } = await serve();
    const client = new WebSocket(url);
    const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [
      [WebSocket],
      unknown,
    ];
    expect([...server.clients]).toEqual([socket]);
    client.terminate();
    await once(socket, 'close');
    expect(server.clients.size).toBe(0);
  });

  it('lets nobody in whose socket went away during verifyClient', async () => {
    let isIn = false;
    const { server, url } = await serve({
      verifyClient: ({ req }: VerifyInfo, answer: (verified: boolean) => void) => {
        req.socket.destroy();
        answer(true);
      },
    });
    server.on('connection', () => {
      isIn = true;
    });
    const [error] = (await once(new WebSocket(url), 'error')) as [Error & { code?: string }];
    expect([error.code, isIn]).toEqual(['ECONNRESET', false]);
  });
});
