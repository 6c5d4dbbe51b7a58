import { afterEach, describe, expect, it } from 'vitest';
import { binary } from '../../../src/client/codecs/binary.ts';
import { readHistory } from '../../../src/client/history.ts';
import {
  websocket as coreWebsocket,
  createClient as createCore,
} from '../../../src/client/node/core.ts';
import {
  type Client,
  type ClientCodec,
  createClient,
  type Subscription,
  websocket,
} from '../../../src/client/node/index.ts';
import { publishing } from '../../../src/client/publishing.ts';
import { ladder } from '../../../src/client/transports/ladder.ts';
import { longPoll } from '../../../src/client/transports/long-poll.ts';
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

function join(port: number, token = 'ada', codec?: ClientCodec): Client {
  const client = createClient(`http://127.0.0.1:${port}/`, {
    token,
    backoff: { firstMs: 20 },
    ...(codec && { codec }),
  });
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

describe('the core on our own endpoint, with a real server', () => {
  it('follows, and publishes and reads back by what stands beside it', async () => {
    const { port } = await serve();
    const client = createCore(`http://127.0.0.1:${port}/`, { token: 'ada' });
    endings.push(() => client.close());
    const { publish } = publishing(client);
    const room = client.subscribe('room');
    await next((heard) => room.on('status', ({ status }) => status === 'live' && heard(status)));
    const received = next((heard) => room.on('publication', heard));
    const { position } = await publish('room', 'hi');
    expect(await received).toMatchObject({ data: 'hi', by: 'ada', position });
    const { publications } = await readHistory(client, 'room');
    expect(publications.map(({ data }) => data)).toEqual(['hi']);
    await expect(publish('secret', 1)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a ladder on Node', () => {
  it.each([
    ['tautline/client', websocket],
    ['tautline/client/core', coreWebsocket],
  ])('`websocket` of %s is its first rung, on any version', async (_, make) => {
    expect(make().name).toBe('websocket');
    const own = globalThis.WebSocket as unknown;
    Object.assign(globalThis, { WebSocket: undefined });
    try {
      const { port } = await serve();
      const transport = ladder([make(), longPoll()]);
      const client = createClient(`http://127.0.0.1:${port}/`, { token: 'ada', transport });
      endings.push(() => client.close());
      expect(await client.publish('room', 1)).toHaveProperty('position');
    } finally {
      Object.assign(globalThis, { WebSocket: own });
    }
  });
});

describe('the whole wire, with a real server', () => {
  async function serveAll(): Promise<{ server: Server; port: number; called: unknown[] }> {
    const called: unknown[] = [];
    const yes = (): boolean => true;
    const server = createServer({
      policy: {
        connect: ({ token }) => token,
        subscribe: yes,
        publish: ({ data }) => data !== 'no',
        signal: yes,
        enter: yes,
        roster: yes,
        call: yes,
      },
      channels: (name) => (name.startsWith('prices') ? { kind: 'state' } : undefined),
      methods: {
        add(data) {
          called.push(data);
          return (data as number) + 1;
        },
      },
    });
    endings.push(() => server.close());
    return { server, called, ...(await server.listen({ port: 0, host: '127.0.0.1' })) };
  }

  async function live(subscription: Subscription): Promise<Subscription> {
    if (subscription.status !== 'live') {
      await next((heard) =>
        subscription.on('status', ({ status }) => status === 'live' && heard(status)),
      );
    }
    return subscription;
  }

  it.each([undefined, binary()])('calls, signals, state and rosters (%#)', async (codec) => {
    const { port, called } = await serveAll();
    const client = join(port, 'ada', codec);
    expect(await client.call('add', 1)).toBe(2);
    expect(called).toEqual([1]);
    await expect(client.call('nothing', 1)).rejects.toMatchObject({ code: 'METHOD_UNKNOWN' });

    const room = await live(client.subscribe('room'));
    const signal = next((heard) => room.on('signal', heard));
    expect(room.signal('typing')).toBe(true);
    expect(await signal).toMatchObject({ data: 'typing', by: 'ada' });

    const prices = await live(client.subscribe('prices'));
    const change = next((heard) => prices.on('state', heard));
    await prices.set('gold', 7);
    expect(await change).toMatchObject({ key: 'gold', value: { data: 7 } });
    const removal = next((heard) => prices.on('state', heard));
    await prices.remove('gold');
    expect(await removal).toMatchObject({ key: 'gold', value: undefined });

    const roster = await live(client.roster('room'));
    const joined = next((heard) => roster.on('state', heard));
    await room.enter({ mood: 'good' });
    expect(await joined).toMatchObject({
      value: { data: { user: 'ada', data: { mood: 'good' } } },
    });
    const left = next((heard) => roster.on('state', heard));
    await room.exit();
    expect(await left).toMatchObject({ value: undefined });
  });

  it('a refusal in the middle: the others are stored, in order', async () => {
    const { port } = await serveAll();
    const client = join(port);
    const room = await live(client.subscribe('room'));
    const outcomes = await Promise.allSettled(
      [1, 'no', 2, 3, 'no', 4].map(async (data) => room.publish(data)),
    );
    expect(outcomes.map(({ status }) => status[0])).toEqual(['f', 'r', 'f', 'f', 'r', 'f']);
    const { publications } = await room.history();
    expect(publications.map(({ data }) => data)).toEqual([1, 2, 3, 4]);
  });

  it('what the server says to a user, a session and all is heard', async () => {
    const { server, port } = await serveAll();
    const client = join(port);
    const inbox = await live(client.inbox());
    const letter = next((heard) => inbox.on('publication', heard));
    await server.toUser('ada', 'for you');
    expect(await letter).toMatchObject({ data: 'for you' });
    const signal = next((heard) => client.on('signal', heard));
    await server.broadcast('for all');
    expect(await signal).toMatchObject({ data: 'for all' });
  });
});
