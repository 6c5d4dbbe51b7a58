import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type FetchKeys, fetchKeys } from '../../../src/auth/jwt/fetch-keys.ts';
import { ManualClock } from '../../../src/testing/index.ts';

function request(
  answer: FetchKeys | string,
  more: { maxBytes?: number; clock?: ManualClock } = {},
) {
  const fetch = typeof answer === 'string' ? async () => new Response(answer) : answer;
  return fetchKeys({
    url: 'https://accounts.example/jwks',
    fetch,
    clock: new ManualClock(),
    withinMs: 1_000,
    maxBytes: 100,
    ...more,
  });
}

describe('RFC 7517 §5: a set of keys', () => {
  it('is the list of keys that came', async () => {
    expect(await request('{"keys":[{"kid":"é"}],"more":1}')).toEqual([{ kid: 'é' }]);
  });

  it('is asked for once, where the application said, and no redirect is followed', async () => {
    const asked: unknown[] = [];
    await request(async (url, { headers, redirect }) => {
      asked.push(url, headers, redirect);
      return new Response('{"keys":[]}');
    });
    expect(asked).toEqual([
      'https://accounts.example/jwks',
      { accept: 'application/jwk-set+json, application/json' },
      'error',
    ]);
  });

  it.each(['', 'keys', 'null', '[]', '{}', '{"keys":{}}', '{"keys":"[]"}', '{"keys":[]'])(
    '%j is none',
    async (text) => {
      await expect(request(text)).rejects.toThrow();
    },
  );

  it.each([204, 304, 404, 500])('with status %i is none', async (status) => {
    await expect(request(async () => new Response(null, { status }))).rejects.toThrow(
      `status ${status}`,
    );
  });

  it('that is no UTF-8 is none', async () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('{"keys":["'),
      0xff,
      0x22,
      0x5d,
      0x7d,
    ]);
    await expect(request(async () => new Response(bytes))).rejects.toThrow(TypeError);
  });

  it('has so many bytes, and the rest of a longer one is not read', async () => {
    const text = '{"keys":[]}'.padEnd(100);
    expect(await request(text)).toEqual([]);
    await expect(request(`${text} `)).rejects.toThrow('more than 100 bytes');
    let pulled = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(60).fill(0x20));
      },
      cancel() {
        isCancelled = true;
      },
    });
    await expect(request(async () => new Response(endless))).rejects.toThrow('more than 100 bytes');
    expect(isCancelled).toBe(true);
    expect(pulled).toBeLessThan(5);
  });

  it('comes in time, whether the one who fetches it heeds the signal or not', async () => {
    const clock = new ManualClock();
    let signal: AbortSignal | undefined;
    const asked = request(
      (_, init) => {
        signal = init.signal as AbortSignal;
        return new Promise<Response>(() => {});
      },
      { clock },
    );
    const failed = expect(asked).rejects.toThrow('no answer within 1000 ms');
    clock.advance(999);
    expect(signal!.aborted).toBe(false);
    clock.advance(1);
    expect(signal!.aborted).toBe(true);
    await failed;
  });

  it('leaves no timer behind', async () => {
    const clock = new ManualClock();
    await request('{"keys":[]}', { clock });
    await expect(request('', { clock })).rejects.toThrow();
    expect(clock.pending).toBe(0);
  });

  it('by the platform’s own fetch: a redirect leads nowhere', async () => {
    const visits: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      visits.push(url);
      if (url === '/moved') {
        response.writeHead(302, { location: '/keys' });
      }
      response.end('{"keys":[1]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = (path: string) => {
      const clock = new ManualClock();
      return fetchKeys({ url: `${base}${path}`, fetch, clock, withinMs: 1_000, maxBytes: 100 });
    };
    try {
      expect(await ask('/keys')).toEqual([1]);
      await expect(ask('/moved')).rejects.toThrow();
      expect(visits).toEqual(['/keys', '/moved']);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
