/** The same questions in the same order, whatever version of HTTP asks. */
import { createServer } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MountOptions, WebsocketRequest } from '../../src/endpoint/index.ts';
import { judge, type Reception } from '../../src/endpoint/judge.ts';
import { HeaderList } from '../../src/protocol/index.ts';
import { StreamPeer, sessionWith } from './http2-peers.ts';
import { eventually, newEndpoint, RawPeer, upgradeHead } from './support.ts';

interface Wish {
  readonly path?: string;
  readonly version?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly offers?: string;
  /** More fields. */
  readonly more?: number;
}

interface Way {
  readonly name: string;
  readonly serve: (options: MountOptions) => Promise<(wish: Wish) => Promise<string>>;
}

const http1: Way = {
  name: 'HTTP/1.1',
  async serve(options) {
    const server = createServer();
    const ask = await attached(server, options);
    return async ({ path = '/', version = '13', host = 'localhost', origin, offers, more = 0 }) => {
      const peer = await RawPeer.connect(ask());
      const extra = Array.from({ length: more }, (_, n) => `x${n}: y\r\n`).join('');
      const fields = {
        Host: host,
        Origin: origin,
        'Sec-WebSocket-Version': version,
        'Sec-WebSocket-Protocol': offers,
      };
      peer.write(upgradeHead({ path, fields, extra }));
      const status = (await peer.head()).slice(9, 12);
      return status === '101' ? 'opened' : status;
    };
  },
};

const http2: Way = {
  name: 'HTTP/2',
  async serve(options) {
    const server = createHttp2({ maxHeaderListPairs: 1000 });
    const ask = await attached(server, options);
    return async ({ path = '/', version = '13', host = 'localhost', origin, offers, more = 0 }) => {
      const peer = new StreamPeer(await sessionWith(ask(), { secure: false }), {
        ':path': path,
        ':authority': host,
        'sec-websocket-version': version,
        ...(origin === undefined ? {} : { origin }),
        ...(offers === undefined ? {} : { 'sec-websocket-protocol': offers }),
        ...Object.fromEntries(Array.from({ length: more }, (_, n) => [`x${n}`, 'y'])),
      });
      const status = await peer.status();
      return status === 200 ? 'opened' : String(status);
    };
  },
};

async function attached(
  server: ReturnType<typeof createServer> | ReturnType<typeof createHttp2>,
  options: MountOptions,
): Promise<() => number> {
  const endpoint = newEndpoint();
  endpoint.mount('/', options, () => {});
  endpoint.attach(server);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return () => (server.address() as AddressInfo).port;
}

describe.each([http1, http2])('$name', ({ serve }) => {
  /** Each wrong in one thing more than the next: the first that is asked decides. */
  const wishes: readonly (readonly [string, Wish])[] = [
    ['431', { more: 150, path: '/none', host: 'evil.example', origin: 'null', version: '9' }],
    ['404', { path: '/none', host: 'evil.example', origin: 'null', version: '9', offers: 'a, a' }],
    ['403', { host: 'evil.example', origin: 'null', version: '9', offers: 'a, a' }],
    ['403', { origin: 'null', version: '9', offers: 'a, a' }],
    ['426', { version: '9', offers: 'a, a' }],
    ['400', { offers: 'a, a' }],
    ['401', { offers: 'refused' }],
    ['opened', { offers: 'good' }],
  ];

  it('asks in one order, and the application last', async () => {
    const asked: unknown[] = [];
    const ask = await serve({
      admit: ({ headers }) => {
        const offer = headers.one('sec-websocket-protocol');
        asked.push(offer);
        return offer === 'good' ? undefined : { name: 'REFUSED', status: 401, message: 'No.' };
      },
    });
    for (const [answer, wish] of wishes) {
      expect([await ask(wish), wish]).toEqual([answer, wish]);
    }
    expect(asked).toEqual(['refused', 'good']);
  });

  it('without admit nobody else is asked', async () => {
    const ask = await serve({});
    expect(await ask({})).toBe('opened');
  });

  it('A8: a name that points here by itself is refused, named ones are taken', async () => {
    const ask = await serve({ hosts: ['chat.example'] });
    expect(await ask({ host: 'chat.example' })).toBe('opened');
    expect(await ask({ host: 'chat.example:8080' })).toBe('opened');
    expect(await ask({ host: 'localhost' })).toBe('403');
  });

  it('an admit that never ends keeps nobody else', async () => {
    let waiting = 0;
    const ask = await serve({
      admit: ({ query }) => {
        waiting += 1;
        return query.has('never') ? new Promise(() => {}) : undefined;
      },
    });
    void ask({ path: '/?never' }).catch(() => {});
    await eventually(() => waiting === 1);
    expect(await ask({})).toBe('opened');
  });
});

describe('a stream that is closed, and not destroyed yet', () => {
  it('is neither opened nor refused', async () => {
    const endpoint = newEndpoint() as unknown as Reception & ReturnType<typeof newEndpoint>;
    endpoint.mount('/', { origins: 'any', hosts: 'any' }, () => {});
    const socket = Object.defineProperty(new PassThrough(), 'closed', { value: true });
    const done: string[] = [];
    const headers = new HeaderList([]);
    const request = { path: '/', headers } as WebsocketRequest;
    const candidate = {
      socket,
      request,
      hasTooManyFields: false,
      accept: () => ({ agreed: { subprotocol: undefined } }),
      open: () => void done.push('opened'),
      refuse: () => void done.push('refused'),
    };
    await judge(candidate, endpoint);
    await judge({ ...candidate, socket: new PassThrough() }, endpoint);
    expect(done).toEqual(['opened']);
  });
});
