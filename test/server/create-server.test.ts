import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import type { Policy } from '../../src/ports/index.ts';
import { createServer, type Server, type ServerOptions } from '../../src/server/index.ts';
import type { ClientMessage, Position, ServerMessage } from '../../src/wire/index.ts';

const policy: Policy = {
  connect: ({ token }) => token,
  subscribe: () => true,
  publish: ({ channel }) => channel !== 'read-only',
};
const zero = { offset: 0, id: '' };

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close({ withinMs: 200 })));
});

async function serve(
  options: Partial<ServerOptions> = {},
): Promise<{ server: Server; url: string }> {
  const server = createServer({ policy, ...options });
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  return { server, url: `ws://127.0.0.1:${port}${options.path ?? '/'}` };
}

/** Speaks the wire by hand: what a client library is made of. */
class Client {
  readonly websocket: Websocket;
  readonly got: ServerMessage[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private wake: (() => void) | undefined;

  constructor(websocket: Websocket) {
    this.websocket = websocket;
    websocket.on('message', (text) => {
      const frame = JSON.parse(String(text)) as ServerMessage | ServerMessage[];
      this.got.push(...(Array.isArray(frame) ? frame : [frame]));
      this.wake?.();
    });
    this.closed = new Promise((resolve) => websocket.on('closed', resolve));
  }

  say(message: ClientMessage): void {
    this.websocket.send(JSON.stringify(message));
  }

  /** The next message of a type that has not been taken yet. */
  async take<Type extends ServerMessage['type']>(
    type: Type,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    for (;;) {
      const at = this.got.findIndex((message) => message.type === type);
      if (at >= 0) {
        return this.got.splice(at, 1)[0] as Extract<ServerMessage, { type: Type }>;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function connect(url: string, token = 'ann', compression = false): Promise<Client> {
  const client = new Client(await dial(url, { subprotocols: ['tautline.v1.json'], compression }));
  client.say({ type: 'hello', version: 1, capabilities: [], token });
  return client;
}

describe('a server over real sockets', () => {
  it('lets in whom the policy names, and carries a publication from one to the other', async () => {
    const { url, server } = await serve();
    const [ann, bob] = [await connect(url), await connect(url, 'bob')];
    expect((await ann.take('welcome')).user).toBe('ann');
    bob.say({ type: 'subscribe', id: 1, channel: 'chat' });
    const { position } = await bob.take('subscribed');
    expect(position).toMatchObject(zero);
    await bob.take('caughtUp');
    ann.say({ type: 'publish', id: 1, channel: 'chat', data: { text: 'grüß 😀' } });
    const appended = await ann.take('appended');
    const { publication } = await bob.take('publication');
    expect(publication).toEqual({
      offset: appended.position.offset,
      id: appended.position.id,
      prev: zero,
      data: { text: 'grüß 😀' },
      atMs: expect.any(Number),
      by: 'ann',
    });
    expect(Math.abs(publication.atMs - Date.now())).toBeLessThan(60_000);
    expect(server.view()).toEqual({ sessions: 2, channels: 1, subscriptions: 1 });
  });

  it('a client that comes back with its position has what it missed, once, in order', async () => {
    const { url, server } = await serve();
    const first = await connect(url);
    first.say({ type: 'subscribe', id: 1, channel: 'news' });
    await first.take('caughtUp');
    const since = await server.publish('news', 1);
    await first.take('publication');
    first.websocket.terminate();
    for (let i = 2; i <= 600; i += 1) {
      await server.publish('news', i);
    }
    const again = await connect(url);
    again.say({ type: 'subscribe', id: 1, channel: 'news', since });
    expect((await again.take('subscribed')).gap).toBeUndefined();
    await again.take('caughtUp');
    expect(
      again.got.flatMap((message) =>
        message.type === 'publication' ? [message.publication.data] : [],
      ),
    ).toEqual(Array.from({ length: 599 }, (_, i) => i + 2));
  });

  it('a position of another server’s log is a gap, and the log goes on behind it', async () => {
    const { url, server } = await serve();
    const top = await server.publish('news', 1);
    const since: Position = { epoch: 'another', offset: 7, id: 'x' };
    const client = await connect(url);
    client.say({ type: 'subscribe', id: 1, channel: 'news', since });
    const { gap } = await client.take('subscribed');
    expect(gap).toEqual({ reason: 'epoch', from: since, to: { epoch: top.epoch, ...zero } });
    expect((await client.take('publication')).publication.data).toBe(1);
  });

  it('refuses what the policy refuses', async () => {
    const { url } = await serve();
    const client = await connect(url);
    client.say({ type: 'publish', id: 9, channel: 'read-only', data: 1 });
    expect(await client.take('error')).toMatchObject({ id: 9, code: 'FORBIDDEN' });
    const stranger = new Client(await dial(url, { subprotocols: ['tautline.v1.json'] }));
    stranger.say({ type: 'hello', version: 1, capabilities: [] });
    expect(await stranger.take('disconnect')).toMatchObject({ code: 4503, name: 'UNAUTHORISED' });
    expect((await stranger.closed).code).toBe(4503);
  });

  it('D11: asks the policy again when it is told that rights changed', async () => {
    let may = true;
    const { url, server } = await serve({ policy: { ...policy, subscribe: () => may } });
    const client = await connect(url);
    client.say({ type: 'subscribe', id: 1, channel: 'room' });
    await client.take('caughtUp');
    may = false;
    await server.recheck({ user: 'ann', channel: 'room' });
    await server.publish('room', 'secret');
    expect((await client.take('gap')).gap.reason).toBe('unauthorised');
    client.say({ type: 'ping', id: 2 });
    await client.take('pong');
    expect(client.got.filter(({ type }) => type === 'publication')).toEqual([]);
  });

  it('ends the sessions of a user that is revoked: they stay away', async () => {
    const { server, url } = await serve();
    const client = await connect(url);
    await client.take('welcome');
    await server.revoke({ user: 'ann' }, { reason: 'logged out' });
    expect(await client.take('disconnect')).toMatchObject({ code: 4504, reason: 'logged out' });
    expect(await client.closed).toMatchObject({ code: 4504, reason: 'logged out' });
    expect(server.view().sessions).toBe(0);
  });

  it('what is no message ends the connection with 4501, and the reason says what was wrong', async () => {
    const { url } = await serve();
    const client = await connect(url);
    client.websocket.send('{"type":"publish","id":1}');
    const told = await client.take('disconnect');
    expect(await client.closed).toMatchObject({ code: 4501, reason: told.reason });
  });

  it('D8: a client that does not read delays no other, keeps its place, and has everything when it reads again', async () => {
    const { url, server } = await serve({ limits: { maxOutletBytes: 100_000 } });
    const [slow, quick] = [await connect(url), await connect(url)];
    for (const client of [slow, quick]) {
      client.say({ type: 'subscribe', id: 1, channel: 'news' });
      await client.take('caughtUp');
    }
    slow.websocket.pause();
    const count = 300;
    for (let i = 1; i <= count; i += 1) {
      await server.publish('news', `${i} ${'x'.repeat(3_000)}`);
      await quick.take('publication');
    }
    expect(server.view()).toEqual({ sessions: 2, channels: 1, subscriptions: 2 });
    slow.websocket.resume();
    for (let i = 1; i <= count; i += 1) {
      expect((await slow.take('publication')).publication.data).toMatch(new RegExp(`^${i} `));
    }
    expect(slow.got.filter(({ type }) => type === 'gap')).toEqual([]);
  });

  it('where its channel says so, a client that does not read is sent away with TOO_SLOW', async () => {
    const { url, server } = await serve({
      limits: { maxOutletBytes: 100_000 },
      channels: () => ({ slow: 'disconnect' }),
    });
    const [slow, quick] = [await connect(url), await connect(url)];
    for (const client of [slow, quick]) {
      client.say({ type: 'subscribe', id: 1, channel: 'news' });
      await client.take('caughtUp');
    }
    slow.websocket.pause();
    const data = 'x'.repeat(60_000);
    let published = 0;
    while (server.view().sessions === 2) {
      published += 1;
      await server.publish('news', data);
      await quick.take('publication');
      expect(published).toBeLessThan(2_000);
    }
    expect(server.view()).toEqual({ sessions: 1, channels: 1, subscriptions: 1 });
    slow.websocket.resume();
    expect((await slow.closed).code).toBe(4001);
  });

  it('a slow client is not sent away by its own replay', async () => {
    const { url, server } = await serve({ limits: { maxOutletBytes: 100_000 } });
    const data = 'x'.repeat(60_000);
    const count = 16;
    for (let i = 0; i < count; i += 1) {
      await server.publish('news', data);
    }
    const client = await connect(url);
    await client.take('welcome');
    client.websocket.pause();
    const { epoch } = await server.publish('other', 1);
    client.say({ type: 'subscribe', id: 1, channel: 'news', since: { epoch, ...zero } });
    client.websocket.resume();
    await client.take('caughtUp');
    expect(client.got.filter(({ type }) => type === 'publication')).toHaveLength(count);
  });
});

describe('drain', () => {
  it('asks who is there to leave, and lets nobody in', async () => {
    const { url, server } = await serve();
    const client = await connect(url);
    await client.take('welcome');
    const draining = server.drain({ withinMs: 60_000, reason: 'a new version' });
    expect(await client.take('drain')).toMatchObject({ reconnectWithinMs: 60_000 });
    const late = await connect(url);
    expect(await late.take('disconnect')).toMatchObject({ name: 'BUSY', reason: 'a new version' });
    await client.websocket.close();
    await draining;
    expect(server.view().sessions).toBe(0);
  });
});

describe('close', () => {
  it('tells every client that the server stops, and that it may come back', async () => {
    const { url, server } = await serve();
    const client = await connect(url);
    await client.take('welcome');
    await server.close();
    expect((await client.closed).code).toBe(4000);
    expect(await client.take('disconnect')).toMatchObject({ code: 4000, name: 'SERVER_STOPPING' });
    await expect(dial(url, { subprotocols: ['tautline.v1.json'] })).rejects.toThrow();
    await expect(server.publish('news', 1)).rejects.toMatchObject({ code: 'HUB_NOT_RUNNING' });
  });

  it('by a signal that is aborted before it listens: nothing listens, and its reason is the rejection', async () => {
    const reason = new Error('not today');
    const before = createServer({ policy });
    const aborted = AbortSignal.abort(reason);
    await expect(before.listen({ port: 0, signal: aborted })).rejects.toBe(reason);
    const during = createServer({ policy });
    const controller = new AbortController();
    const listening = during.listen({ port: 0, host: '127.0.0.1', signal: controller.signal });
    controller.abort(reason);
    await expect(listening).rejects.toBe(reason);
    await expect(during.listen({ port: 0 })).rejects.toMatchObject({ code: 'ENDPOINT_CLOSED' });
  });

  it('by a signal is the same', async () => {
    const server = createServer({ policy });
    servers.push(server);
    const controller = new AbortController();
    const { port } = await server.listen({
      port: 0,
      host: '127.0.0.1',
      signal: controller.signal,
    });
    const client = await connect(`ws://127.0.0.1:${port}/`);
    await client.take('welcome');
    controller.abort();
    expect((await client.closed).code).toBe(4000);
  });
});

describe('attach', () => {
  it('serves beside what the server does already', async () => {
    const http = createHttpServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const server = createServer({ policy, path: '/live' });
    servers.push(server);
    await server.attach(http);
    const client = await connect(`ws://127.0.0.1:${port}/live`);
    expect((await client.take('welcome')).user).toBe('ann');
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(await answer.text()).toBe('hello');
    await server.close();
    await new Promise((resolve) => http.close(resolve));
  });
});

describe("io: 'handle'", () => {
  it('serves as sockets do, and is handed on as it was given', async () => {
    const { url } = await serve({ io: 'handle' });
    const client = await connect(url);
    expect((await client.take('welcome')).user).toBe('ann');
    await client.websocket.close();
    expect(() => createServer({ policy, io: 'fast' as never })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('listen', () => {
  it('rejects when the address is taken, and may be tried again', async () => {
    const { url } = await serve();
    const server = createServer({ policy });
    servers.push(server);
    const port = Number(new URL(url).port);
    await expect(server.listen({ port, host: '127.0.0.1' })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    expect((await server.listen({ port: 0, host: '127.0.0.1' })).port).toBeGreaterThan(0);
  });
});

it('compresses what it publishes when it is asked to, and only to who can', async () => {
  const { server, url } = await serve({ compression: true });
  const ann = await connect(url, 'ann', true);
  const bob = await connect(url, 'bob');
  expect([ann.websocket.compression, bob.websocket.compression]).toEqual([true, false]);
  const data = 'again and '.repeat(5000);
  for (const client of [ann, bob]) {
    client.say({ type: 'subscribe', id: 1, channel: 'news' });
    await client.take('subscribed');
  }
  const read = (client: Client): number =>
    (client.websocket as unknown as { drive: { line: { socket: Socket } } }).drive.line.socket
      .bytesRead;
  const before = [read(ann), read(bob)] as const;
  await server.publish('news', data);
  expect((await ann.take('publication')).publication.data).toBe(data);
  expect((await bob.take('publication')).publication.data).toBe(data);
  expect(read(ann) - before[0]).toBeLessThan(1000);
  expect(read(bob) - before[1]).toBeGreaterThan(data.length);
});
