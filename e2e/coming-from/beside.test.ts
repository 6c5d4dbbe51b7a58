/**
 * What the guide for Socket.IO says of moving: both may be on one HTTP server until everybody has moved.
 */
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { expect, it } from 'vitest';
import { createClient } from '../../src/client/node/index.ts';
import { createServer } from '../../src/server/index.ts';

it('Socket.IO and a server that is attached besides share a port, and leave each other alone', async () => {
  const http = createHttpServer();
  // After that time it ends upgrades that nobody has answered.
  const old = new Server(http, { destroyUpgradeTimeout: 100 });
  old.on('connection', (socket) => socket.on('echo', (text, answer) => answer(text)));
  const server = createServer({
    path: '/realtime',
    policy: { connect: ({ token }) => token, publish: () => true },
  });
  await server.attach(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const client = createClient(`ws://127.0.0.1:${port}/realtime`, { token: 'Ada' });
  let connected = 0;
  client.on('status', ({ status }) => {
    connected += status === 'connected' ? 1 : 0;
  });
  // Polling first, then a websocket.
  const socket = io(`http://127.0.0.1:${port}/`);
  const upgraded = new Promise<void>((resolve) => {
    socket.io.engine.once('upgrade', () => resolve());
  });
  try {
    await client.publish('room', 'one');
    await upgraded;
    expect(await socket.emitWithAck('echo', 'hi')).toBe('hi');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await client.publish('room', 'two')).toHaveProperty('position');
    expect(await socket.emitWithAck('echo', 'still here')).toBe('still here');
    expect(connected).toBe(1);
  } finally {
    socket.disconnect();
    client.close();
    await old.close();
    await server.close();
  }
});
