import { describe, expect, it } from 'vitest';
import {
  exchange,
  type Fetch,
  httpUrl,
  send,
} from '../../../src/client/transports/http-request.ts';
import { ManualClock } from '../../../src/testing/index.ts';

describe('a request', () => {
  it('goes where websockets would', () => {
    expect([httpUrl('ws://a/b?c'), httpUrl('wss://a:1/')]).toEqual([
      'http://a/b?c',
      'https://a:1/',
    ]);
  });

  it('D17: is kept by nobody, and is not led elsewhere', async () => {
    let given: RequestInit | undefined;
    const fetched = ((_url: string, init: RequestInit) => {
      given = init;
      return Promise.resolve(new Response());
    }) as unknown as Fetch;
    await send(
      { url: 'http://a', fetch: fetched, clock: new ManualClock() },
      { method: 'GET', headers: {} },
    );
    expect(given).toMatchObject({ cache: 'no-store', redirect: 'error' });
  });

  it.each([
    ['{"a":1}', { a: 1 }],
    ['<html>', {}],
    ['null', {}],
    ['', {}],
  ])('the answer %s is the object %j', async (text, value) => {
    const fetched = (() => Promise.resolve(new Response(text))) as unknown as Fetch;
    const wires = { url: 'http://a', fetch: fetched, clock: new ManualClock() };
    expect(await exchange(wires, { method: 'GET', headers: {} }, 10)).toEqual({
      status: 200,
      value,
    });
  });

  it('D16: an answer that does not end is given up, before it has filled the memory', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        if (pulled > 1_000) {
          controller.close();
        } else {
          controller.enqueue(new Uint8Array(65_536).fill(0x20));
        }
      },
    });
    const fetched = (() => Promise.resolve(new Response(endless))) as unknown as Fetch;
    const wires = { url: 'http://a', fetch: fetched, clock: new ManualClock() };
    await expect(exchange(wires, { method: 'GET', headers: {} }, 10)).rejects.toThrow('too long');
    expect(pulled).toBeLessThan(10);
  });

  it('without an answer in time it is given up', async () => {
    const clock = new ManualClock();
    const fetched = ((_url: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(new Error('aborted')));
      })) as unknown as Fetch;
    const asked = exchange(
      { url: 'http://a', fetch: fetched, clock },
      { method: 'GET', headers: {} },
      10,
    );
    clock.advance(10);
    await expect(asked).rejects.toThrow('aborted');
    expect(clock.pending).toBe(0);
  });
});
