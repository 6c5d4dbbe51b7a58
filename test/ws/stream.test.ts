/** More of streams, beside those of ws, stands in beside/serving.ts. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWebSocketStream, WebSocket, WebSocketServer } from '../../src/ws/index.ts';

async function pair(): Promise<{ client: WebSocket; socket: WebSocket }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  onTestFinished(() => {
    client.terminate();
    server.close();
  });
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [
    [WebSocket],
    unknown,
  ];
  return { client, socket };
}

describe('a stream', () => {
  it('that is not read stops the websocket, and reading lets it go on', async () => {
    const { client, socket } = await pair();
    const duplex = createWebSocketStream(client, { readableHighWaterMark: 1000 });
    const [total, each] = [200_000, 1000];
    for (let sent = 0; sent < total; sent += each) {
      socket.send(Buffer.alloc(each));
    }
    while (!client.isPaused) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(duplex.readableLength).toBeLessThanOrEqual(each);
    let read = 0;
    duplex.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    while (read < total) {
      await once(duplex, 'data');
    }
    expect(client.isPaused).toBe(false);
  });

  it('writes no faster than the bytes leave', async () => {
    const { client, socket } = await pair();
    const duplex = createWebSocketStream(client, { writableHighWaterMark: 100_000 });
    let received = 0;
    socket.on('message', (data: Buffer) => {
      received += data.length;
    });
    const [total, each] = [20_000_000, 65_536];
    let most = 0;
    for (let written = 0; written < total; written += each) {
      if (!duplex.write(Buffer.alloc(each))) {
        await once(duplex, 'drain');
      }
      most = Math.max(most, client.bufferedAmount);
    }
    duplex.end();
    await once(duplex, 'finish');
    await once(socket, 'close');
    expect(received).toBeGreaterThanOrEqual(total);
    expect(most).toBeLessThan(100_000 + 2 * each);
  });

  it('gives text as text when its reader reads objects', async () => {
    const { client, socket } = await pair();
    const duplex = createWebSocketStream(client, { readableObjectMode: true });
    const chunks: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      duplex.on('data', (chunk) => {
        if (chunks.push(chunk) === 2) {
          resolve();
        }
      });
    });
    socket.send('text');
    socket.send(Buffer.from('bytes'));
    await both;
    expect(chunks).toEqual(['text', Buffer.from('bytes')]);
  });
});
