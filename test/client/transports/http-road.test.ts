/** The client's roads of plain requests, against the real transport over real sockets, through a network that loses and repeats. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { longPoll } from '../../../src/client/transports/long-poll.ts';
import { type HttpRoadOptions, sse } from '../../../src/client/transports/sse.ts';
import type { ClientTransport, Road } from '../../../src/client/transports/transport.ts';
import { disconnects } from '../../../src/wire/index.ts';
import { Bus, echo, say, serve } from '../../transports/roads.ts';

type Fetch = typeof globalThis.fetch;

interface Opened {
  readonly road: Road;
  readonly told: unknown[];
}

function open(transport: ClientTransport, url: string): Opened {
  const told: unknown[] = [];
  const road = transport.open(url.replace(/^http/, 'ws'), ['test'], {
    opened: () => told.push('opened'),
    received: (payload) => told.push(payload),
    closed: ({ code, reason }) => told.push(`closed ${code} ${reason}`),
  });
  onTestFinished(() => road.close(1000, ''));
  return { road, told };
}

const kinds: [string, (options?: HttpRoadOptions) => ClientTransport][] = [
  ['sse', sse],
  ['long-poll', longPoll],
];

describe.each(kinds)('%s', (name, transport) => {
  it('opens, carries both ways in order, and leaves', async () => {
    const { url, clerk } = await serve();
    clerk.answer = echo;
    const { road, told } = open(transport(), url);
    await expect.poll(() => told).toEqual(['opened']);
    expect(clerk.pipes[0]!.name).toBe(name);
    for (let i = 0; i < 200; i += 1) {
      road.send(`${i}`);
    }
    const expected = Array.from({ length: 200 }, (_, i) => `re ${i}`);
    await expect.poll(() => told.length).toBe(201);
    expect(told.slice(1)).toEqual(expected);
    road.send(new Uint8Array([0, 10, 255]));
    await expect.poll(() => clerk.told.at(-1)).toEqual(Buffer.from([0, 10, 255]));
    road.send('last');
    road.close(1000, 'done');
    await expect.poll(() => clerk.told.slice(-2)).toEqual(['last', 'closed']);
    expect(told.at(-1)).toBe('closed 1000 done');
  });

  it('D16: texts and bytes of any kind come as they were', async () => {
    const { url, clerk } = await serve();
    const { told } = open(transport(), url);
    await expect.poll(() => told).toEqual(['opened']);
    const payloads = [
      '\r\n',
      'a\rb',
      'data: x\n\nevent: close\ndata: {}',
      '\u2028\0\ufeff',
      '\ud800',
      '',
      'ü😀',
    ];
    for (const payload of payloads) {
      say(clerk.pipes[0]!, payload);
    }
    say(clerk.pipes[0]!, new Uint8Array([0, 10, 13, 255]));
    await expect.poll(() => told.length).toBe(9);
    expect(told.slice(1)).toEqual([...payloads, new Uint8Array([0, 10, 13, 255])]);
  });

  it('ends as the server says', async () => {
    const { url, clerk, transport: office } = await serve();
    const { told } = open(transport(), url);
    await expect.poll(() => told).toEqual(['opened']);
    say(clerk.pipes[0]!, 'bye');
    clerk.pipes[0]!.close(disconnects.TOKEN_EXPIRED);
    await expect.poll(() => told).toEqual(['opened', 'bye', 'closed 4006 the token has ended']);
    await expect.poll(() => office.count).toBe(0);
  });

  it('is closed when nobody is there, or the subprotocol is not spoken', async () => {
    const { told } = open(transport(), 'http://127.0.0.1:1/');
    await expect.poll(() => told[0]).toMatch(/^closed 1006 /);
    const { url } = await serve({ gateways: [] });
    const refused = open(transport(), url);
    await expect
      .poll(() => refused.told[0])
      .toMatch(/^closed 1006 .* 400 "ROAD_SUBPROTOCOL_UNKNOWN"/);
  });

  it('gives up when requests go on failing, and tells the server nothing more', async () => {
    const { url } = await serve();
    let isCut = false;
    const cut: Fetch = (...given) => (isCut ? Promise.reject(new Error('cut')) : fetch(...given));
    const { road, told } = open(transport({ fetch: cut, giveUpAfterMs: 50 }), url);
    await expect.poll(() => told).toEqual(['opened']);
    isCut = true;
    road.send('x');
    await expect.poll(() => told).toEqual(['opened', 'closed 1006 requests fail']);
  });

  it('an end whose answer is lost is asked for again, and then told to have come', async () => {
    const { url, clerk, transport: office } = await serve({ pollMs: 50 });
    let isLost = false;
    const losing: Fetch = async (given, init) => {
      const { body, ...rest } = await fetch(given, init).then((response) => ({
        body: response.body,
        status: response.status,
        headers: response.headers,
      }));
      const lossy = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          if (!isLost && new TextDecoder().decode(chunk).includes('event: close')) {
            isLost = true;
            controller.error(new TypeError('the answer is lost'));
          } else {
            controller.enqueue(chunk);
          }
        },
      });
      return new Response(body?.pipeThrough(lossy) ?? null, rest);
    };
    const { told } = open(transport({ fetch: losing, random: () => 0 }), url);
    await expect.poll(() => told).toEqual(['opened']);
    clerk.pipes[0]!.close({ code: 4000, name: 'SERVER_STOPPING', reason: 'bye' });
    await expect.poll(() => told).toEqual(['opened', 'closed 4000 bye']);
    expect([isLost, clerk.told]).toEqual([true, ['closed']]);
    await expect.poll(() => office.count).toBe(0);
  });

  it('a road that is gone at the server is closed', async () => {
    const { url, transport: office } = await serve();
    const { road, told } = open(transport(), url);
    await expect.poll(() => told).toEqual(['opened']);
    office.stop();
    road.send('x');
    await expect.poll(() => told.length).toBe(2);
    expect(told[1]).toMatch(/^closed 1006/);
  });

  it('more waiting than may end it', async () => {
    const { url } = await serve();
    const { road, told } = open(transport({ maxQueued: 10 }), url);
    await expect.poll(() => told).toEqual(['opened']);
    road.send('x'.repeat(10));
    road.send('x');
    expect(told).toEqual(['opened', 'closed 1006 more waits to be sent than may']);
  });

  /** Of each request one of these happens: it is lost, its answer is lost, it comes twice, it comes late; the choice is by number. */
  function unreliable(seed: number): Fetch {
    let state = seed;
    const next = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state >> 8) % 10;
    };
    return async (url, init) => {
      if (new Headers(init?.headers).get('tautline-road') === 'new') {
        return fetch(url, init);
      }
      const lot = next();
      if (lot === 0) {
        throw new TypeError('the request is lost');
      }
      if (lot === 1 && init?.method === 'POST') {
        await (await fetch(url, init)).text();
        throw new TypeError('the answer is lost');
      }
      if (lot === 2) {
        // A copy of it comes first, and nobody reads what it is answered.
        const copy = await fetch(url, { ...init, signal: AbortSignal.timeout(20) }).catch(
          () => undefined,
        );
        await copy?.body?.cancel();
      }
      if (lot === 3 && init?.method === 'POST') {
        setTimeout(() => void fetch(url, init).catch(() => undefined), 15);
      }
      return fetch(url, init);
    };
  }

  it.each([1, 2, 3])(
    'D17: what is lost, repeated and late changes nothing: exactly once, in order (%i)',
    async (seed) => {
      const bus = new Bus();
      const { url, clerk } = await serve({ pollMs: 50 }, { bus });
      const { url: other } = await serve({ pollMs: 50 }, { bus, node: 'other' });
      clerk.answer = echo;
      const shaken = unreliable(seed);
      let turn = 0;
      const fetched: Fetch = (given, init) => {
        turn += 1;
        const isNew = new Headers(init?.headers).get('tautline-road') === 'new';
        // Every third request goes to another node than the road's.
        return shaken(!isNew && turn % 3 === 0 ? other : given, init);
      };
      const { road, told } = open(
        transport({ fetch: fetched, random: () => 0, stallMs: 500 }),
        url,
      );
      await expect.poll(() => told).toEqual(['opened']);
      for (let i = 0; i < 60; i += 1) {
        road.send(`${i}`);
        if (i % 3 === 0) {
          await new Promise((resolve) => setTimeout(resolve, 3));
        }
      }
      const expected = Array.from({ length: 60 }, (_, i) => `${i}`);
      await expect.poll(() => told.length, { timeout: 10_000 }).toBe(61);
      expect(told.slice(1)).toEqual(expected.map((text) => `re ${text}`));
      expect(clerk.told).toEqual(expected);
    },
    20_000,
  );
});

describe('options', () => {
  it('a number that is not above zero is refused', () => {
    expect(() => sse({ restMs: 0 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('a stream that is held back on its way', () => {
  it('is closed before it opened', async () => {
    const { url } = await serve();
    const held: Fetch = (given, init) =>
      init?.method === 'GET'
        ? new Promise((_resolve, reject) => {
            init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
          })
        : fetch(given, init);
    const { told } = open(sse({ fetch: held, firstByteMs: 30 }), url);
    await expect.poll(() => told).toEqual(['closed 1006 the stream is held back on its way']);
  });
});

describe('seven tabs', () => {
  it('keep one request waiting between them; the next takes over when that one leaves', async () => {
    const { url, clerk } = await serve();
    const queue: (() => void)[] = [];
    let isTaken = false;
    const take = async (run: (lock: unknown) => Promise<void> | undefined): Promise<void> => {
      isTaken = true;
      await run({});
      isTaken = false;
      queue.shift()?.();
    };
    const locks = {
      request: (
        _name: string,
        { ifAvailable, signal }: { ifAvailable?: boolean; signal?: AbortSignal },
        run: (lock: unknown) => Promise<void> | undefined,
      ): Promise<unknown> => {
        if (!isTaken) {
          return take(run);
        }
        if (ifAvailable) {
          return Promise.resolve(run(null));
        }
        return new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
          queue.push(() => resolve(signal?.aborted ? queue.shift()?.() : take(run)));
        });
      },
    };
    const asked: (string | null)[][] = [];
    const tabs = Array.from({ length: 7 }, () => {
      const kinds: (string | null)[] = [];
      asked.push(kinds);
      const watched: Fetch = (given, init) => {
        kinds.push(new Headers(init?.headers).get('tautline-down'));
        return fetch(given, init);
      };
      return open(sse({ fetch: watched, locks, restMs: 5 }), url);
    });
    await expect.poll(() => tabs.map(({ told }) => told.length)).toEqual(tabs.map(() => 1));
    const streams = (): number => asked.filter((kinds) => kinds.slice(1).includes('stream')).length;
    expect(streams()).toBe(1);
    for (const pipe of clerk.pipes) {
      say(pipe, 'to all');
    }
    await expect.poll(() => tabs.every(({ told }) => told.includes('to all'))).toBe(true);
    const holder = asked.findIndex((kinds) => kinds.slice(1).includes('stream'));
    tabs[holder]!.road.close(1000, '');
    await expect.poll(streams).toBe(2);
  });
});
