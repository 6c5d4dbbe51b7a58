/**
 * One road, and all that can happen to the requests that make it: each one lost, doubled or late, bodies that stop in the middle, two
 * tabs that hold the same road.
 */
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import type { ClientTransport, Road } from '../../src/client/transports/transport.ts';
import {
  Bus,
  Clerk,
  deskAt,
  down,
  echo,
  openRoad,
  say,
  serve,
  up,
} from '../../test/transports/roads.ts';

type Fetch = typeof globalThis.fetch;

/** What becomes of one request. */
const faults: Readonly<Record<string, Fetch>> = {
  'is lost': () => Promise.reject(new TypeError('lost')),
  'has its answer lost': async (url, init) => {
    await (await fetch(url, init)).body?.cancel();
    throw new TypeError('lost');
  },
  'comes twice at once': (url, init) => {
    void fetch(url, init).then(
      ({ body }) => body?.cancel(),
      () => undefined,
    );
    return fetch(url, init);
  },
  'comes again later': (url, init) => {
    setTimeout(
      () =>
        void fetch(url, init).then(
          ({ body }) => body?.cancel(),
          () => undefined,
        ),
      30,
    );
    return fetch(url, init);
  },
  'comes later than those behind it': async (url, init) => {
    await new Promise((resolve) => setTimeout(resolve, 40));
    return fetch(url, init);
  },
};
const transports = { polls: longPoll, streams: sse };
/** Which of the requests that follow the first. There are some more of them than this. */
const places = Array.from({ length: 12 }, (_, index) => index + 1);
const words = Array.from({ length: 13 }, (_, index) => `${index}`);
const soon = { timeout: 20_000, interval: 10 };

function open(transport: ClientTransport, url: string): { road: Road; told: unknown[] } {
  const told: unknown[] = [];
  const road = transport.open(url.replace(/^http/, 'ws'), ['test'], {
    opened: () => told.push('opened'),
    received: (payload) => told.push(payload),
    closed: ({ code, reason }) => told.push(`closed ${code} ${reason}`),
  });
  onTestFinished(() => road.close(1000, ''));
  return { road, told };
}

/** A clerk for each road: what one is told says nothing of another. */
async function serveEach() {
  const clerks: Clerk[] = [];
  const gateway = {
    subprotocol: 'test',
    open: (...given: Parameters<ReturnType<Clerk['gateway']>['open']>) => {
      const clerk = new Clerk();
      clerk.answer = echo;
      clerks.push(clerk);
      return clerk.gateway().open(...given);
    },
  };
  const served = await serve({ gateways: [gateway], pollMs: 50, hub: deskAt(new Bus().post('n')) });
  return { ...served, clerks };
}

describe.each(Object.entries(transports))('D17: by %s', (_kind, transport) => {
  it.each(Object.entries(faults))(
    'D17: exactly once and in order, whichever request %s',
    async (_what, fault) => {
      const { url, clerks } = await serveEach();
      const runs = places.map((place) => {
        let count = 0;
        const faulty: Fetch = (given, init) => {
          const isNew = new Headers(init?.headers).get('tautline-road') === 'new';
          count += isNew ? 0 : 1;
          return !isNew && count === place ? fault(given, init) : fetch(given, init);
        };
        const { road, told } = open(transport({ fetch: faulty, random: () => 0 }), url);
        return { road, told, hasHappened: () => count >= place };
      });
      await expect.poll(() => runs.every(({ told }) => told.length === 1), soon).toBe(true);
      await Promise.all(
        runs.map(async ({ road, told }) => {
          for (const word of words) {
            road.send(word);
            // One after the other: so each needs a request of its own.
            await expect.poll(() => told.at(-1), soon).toBe(`re ${word}`);
          }
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      const expected = ['opened', ...words.map((word) => `re ${word}`)];
      expect(runs.map(({ told }) => told)).toEqual(places.map(() => expected));
      expect(clerks.map(({ told }) => told)).toEqual(places.map(() => words));
      expect(runs.every(({ hasHappened }) => hasHappened())).toBe(true);
    },
  );
});

describe('D17: a body that stops in the middle', () => {
  it('D17: is answered, blocks nothing, and may be sent again: what it held comes once', async () => {
    const { url, port, clerk } = await serve({ bodyWithinMs: 200, pollMs: 20_000 });
    const road = await openRoad(url);
    for (let round = 0; round < 5; round += 1) {
      const body = JSON.stringify([round + 1, `word ${round}`]);
      const polling = down(url, road, round);
      const head = `POST /live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTautline-Road: ${road}\r\nTautline-Acknowledge: ${round}\r\nContent-Length: ${body.length}\r\n\r\n`;
      const stopped = await Promise.all(
        [0, 1, body.length - 1].map(
          (length) =>
            new Promise<string>((resolve) => {
              const socket = connect(port, '127.0.0.1');
              let heard = '';
              socket.on('error', () => undefined);
              socket.on('data', (chunk) => (heard += chunk.toString()));
              socket.once('close', () => resolve(heard));
              socket.write(head + body.slice(0, length));
            }),
        ),
      );
      expect(stopped.map((answer) => answer.slice(0, 12))).toEqual(
        stopped.map(() => 'HTTP/1.1 408'),
      );
      expect(clerk.told).toHaveLength(round);
      const again = await Promise.all([up(url, road, body), up(url, road, body)]);
      expect(again.map(({ status }) => status)).toEqual([200, 200]);
      say(clerk.pipes[0]!, `answer ${round}`);
      expect(await (await polling).text()).toBe(`id: ${round + 1}\ndata: answer ${round}\n\n`);
    }
    expect(clerk.told).toEqual(Array.from({ length: 5 }, (_, round) => `word ${round}`));
  });
});

describe('D17: two tabs that hold one road', () => {
  it.each(Object.entries(transports))(
    'D17: by %s: nothing comes twice or out of order, and who misses something is told so',
    async (_kind, transport) => {
      const { url, clerk } = await serve({ pollMs: 50 });
      let id: Promise<string> | undefined;
      const sharing: Fetch = async (given, init) => {
        if (new Headers(init?.headers).get('tautline-road') !== 'new') {
          return fetch(given, init);
        }
        id ??= openRoad(url);
        return Response.json({ road: await id, subprotocol: 'test', http: '1.1' }, { status: 201 });
      };
      const options = { fetch: sharing, random: () => 0, giveUpAfterMs: 500 };
      const tabs = [open(transport(options), url), open(transport(options), url)];
      await expect.poll(() => tabs.every(({ told }) => told.length > 0), soon).toBe(true);
      const texts = Array.from({ length: 60 }, (_, index) => `text ${index}`);
      for (const text of texts) {
        say(clerk.pipes[0]!, text);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await expect
        .poll(() => tabs.every(({ told }) => /^closed|text 59/.test(String(told.at(-1)))), soon)
        .toBe(true);
      for (const { told } of tabs) {
        const came = told.filter((what) => String(what).startsWith('text'));
        expect(came).toEqual(texts.slice(0, came.length));
        const isWhole = came.length === texts.length;
        expect(isWhole || String(told.at(-1)).startsWith('closed 1006 ')).toBe(true);
      }
      expect(clerk.pipes).toHaveLength(1);
    },
  );
});
