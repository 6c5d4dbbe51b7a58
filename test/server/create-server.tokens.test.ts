/** A12: where tokens must not be, whatever the road: in addresses, in what an observer is told, in errors. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ClientError, createClient, websocket } from '../../src/client/node/index.ts';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import type { ClientTransport } from '../../src/client/transports/transport.ts';
import type { Observer, Policy } from '../../src/ports/index.ts';
import { createServer } from '../../src/server/index.ts';

const secret = 'tok-5b1f9c';

/** Takes what starts with the secret, for a short time; has much to say against everything else. */
function policyWith(seen: string[]): Policy {
  return {
    connect: ({ token = '', handshake }) => {
      seen.push(token);
      expect(handshake?.url).toBe('/');
      return token.startsWith(secret)
        ? { user: 'ann', data: { token }, expiresAtMs: Date.now() + 300 }
        : { refused: 'UNAUTHORISED' };
    },
    subscribe: ({ channel }) => {
      if (channel === 'broken') {
        throw new Error('the database is away');
      }
      return channel === 'news';
    },
    publish: () => ({ code: 'PAYLOAD_INVALID', message: 'no', details: { issues: [] } }),
    enter: () => false,
    call: () => true,
  };
}

/** Writes down all that it is told. */
function noteTaker(notes: unknown[][]): Observer {
  return new Proxy({} as Observer, {
    get:
      (_, name) =>
      (...told: unknown[]) =>
        notes.push([name, ...told]),
  });
}

/** A server beside one of Node's, which sees every request. */
async function serve() {
  const urls: string[] = [];
  const notes: unknown[][] = [];
  const seen: string[] = [];
  const http = createHttpServer();
  const began = (message: unknown): void => {
    const { server: by, request } = message as { server: unknown; request: IncomingMessage };
    if (by === http) {
      urls.push(request.url!);
    }
  };
  subscribe('http.server.request.start', began);
  onTestFinished(() => void unsubscribe('http.server.request.start', began));
  http.on('upgrade', ({ url }) => urls.push(url!));
  const server = createServer({
    policy: policyWith(seen),
    observer: noteTaker(notes),
    methods: {
      fail: () => {
        throw new Error('inside');
      },
    },
  });
  await server.attach(http);
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    await server.close({ withinMs: 100 });
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`, urls, notes, seen };
}

/** `seen`: what the policy was shown. */
async function everything(
  url: string,
  transport: ClientTransport,
  seen: readonly string[],
): Promise<unknown[]> {
  const errors: unknown[] = [];
  const caught = (error: unknown): unknown => errors.push(error);
  let tokens = 0;
  const client = createClient(url, {
    transport,
    token: () => {
      tokens += 1;
      return `${secret}-${tokens}`;
    },
  });
  onTestFinished(() => client.close());
  client.on('status', ({ error }) => error !== undefined && errors.push(error));
  const live = new Promise<void>((resolve) => {
    client.subscribe('news').on('status', ({ status }) => status === 'live' && resolve());
  });
  for (const channel of ['other', 'broken']) {
    client.subscribe(channel).on('status', ({ error }) => {
      errors.push(error);
    });
  }
  await live;
  await Promise.all([
    client.publish('news', 1).catch(caught),
    client.call('fail', 2).catch(caught),
    client.call('none', 2).catch(caught),
    client.history('secret').catch(caught),
    client.subscribe('news').enter(3).catch(caught),
  ]);
  // It was renewed.
  await expect.poll(() => seen.length, { timeout: 5_000 }).toBeGreaterThan(1);
  client.close();
  return errors;
}

/** Who has no such token is sent away. */
async function refused(url: string, transport: ClientTransport): Promise<unknown> {
  const client = createClient(url, { transport, token: `not-${secret}` });
  return new Promise<ClientError | undefined>((resolve) => {
    client.on('status', ({ status, error }) => status === 'closed' && resolve(error));
  });
}

describe('A12: after a run with tokens', () => {
  it.each([
    ['websocket', () => websocket()],
    ['sse', () => sse()],
    ['long-poll', () => longPoll()],
  ])('by %s neither addresses, nor notes, nor errors tell one', async (_, transport) => {
    const { url, urls, notes, seen } = await serve();
    const errors = await everything(url, transport(), seen);
    errors.push(await refused(url, transport()));
    expect(seen.filter((token) => token.includes(secret)).length).toBeGreaterThan(2);
    expect(urls.length).toBeGreaterThan(1);
    expect(errors.length).toBeGreaterThan(6);
    expect(notes.map(([name]) => name)).toContain('failed');
    const told = inspect([urls, notes, errors], { depth: 20, showHidden: true, getters: true });
    expect(told).not.toContain(secret);
  });
});
