import { afterEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../../src/client/node/index.ts';
import { createServer, type Server } from '../../../src/server/index.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) {
    await end();
  }
});

async function serve(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer({
    policy: {
      connect: ({ token }) => token,
      subscribe: () => true,
      publish: ({ channel }) => channel !== 'secret',
    },
  });
  endings.push(() => server.close());
  return { server, ...(await server.listen({ port, host: '127.0.0.1' })) };
}

function join(port: number, token = 'ada'): Client {
  const client = createClient(`http://127.0.0.1:${port}/`, { token, backoff: { firstMs: 20 } });
  endings.push(() => client.close());
  return client;
}

function next<Value>(listen: (heard: (value: Value) => void) => () => void): Promise<Value> {
  return new Promise((resolve) => {
    const stop = listen((value) => {
      stop();
      resolve(value);
    });
  });
}

describe('the client on our own endpoint, with a real server', () => {
  it('publishes, receives, reads back, and is told no', async () => {
    const { port } = await serve();
    const client = join(port);
    const room = client.subscribe('room');
    await next((heard) => room.on('status', ({ status }) => status === 'live' && heard(status)));
    expect(client.user).toBe('ada');
    const received = next((heard) => room.on('publication', heard));
    const { position, id } = await room.publish({ text: 'hi' });
    expect(await received).toMatchObject({ data: { text: 'hi' }, by: 'ada', id, position });
    const page = await room.history();
    expect(page).toMatchObject({ publications: [{ data: { text: 'hi' }, position }], more: false });
    await expect(client.publish('secret', 1)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('goes on where it was when it comes back', async () => {
    const { server, port } = await serve();
    const first = join(port);
    const room = first.subscribe('room');
    await next((heard) => room.on('status', ({ status }) => status === 'live' && heard(status)));
    const since = room.position!;
    first.close();
    await server.publish('room', 1);
    await server.publish('room', 2);
    const again = join(port, 'bob').subscribe('room', { since });
    const data: unknown[] = [];
    again.on('publication', (received) => data.push(received.data));
    again.on('gap', ({ reason }) => data.push(reason));
    await next((heard) => again.on('status', ({ status }) => status === 'live' && heard(status)));
    expect(data).toEqual([1, 2]);
  });

  it('comes back to a server that was started anew, and says that its log is another', async () => {
    const before = await serve();
    const client = join(before.port);
    const room = client.subscribe('room');
    await next((heard) => room.on('status', ({ status }) => status === 'live' && heard(status)));
    await room.publish('before');
    const gap = next((heard) => room.on('gap', heard));
    const waiting = next((heard) => client.on('status', heard));
    await before.server.close();
    expect(await waiting).toMatchObject({ status: 'waiting', error: { code: 'SERVER_STOPPING' } });
    await serve(before.port);
    expect(await gap).toMatchObject({ reason: 'epoch' });
  });

  it('who is not let in is sent away for good', async () => {
    const { port } = await serve();
    const client = createClient(`ws://127.0.0.1:${port}/`);
    const change = await next((heard) => client.on('status', heard));
    expect(change).toMatchObject({ status: 'closed', error: { code: 'UNAUTHORISED' } });
  });

  it('closed while it dials, it is closed', async () => {
    const { port } = await serve();
    const client = join(port);
    client.close();
    expect(client.status).toBe('closed');
    expect(() => client.subscribe('room')).toThrow(
      expect.objectContaining({ code: 'CLIENT_CLOSED' }),
    );
  });
});
