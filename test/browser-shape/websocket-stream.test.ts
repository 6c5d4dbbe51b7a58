/**
 * `WebSocketStream` against a server of ours: https://developer.mozilla.org/docs/Web/API/WebSocketStream.
 */
import { describe, expect, it } from 'vitest';
import {
  type WebSocketCloseInfo,
  WebSocketError,
  WebSocketStream,
} from '../../src/browser-shape/index.ts';
import { eventually, next, serve } from '../endpoint/support.ts';
import { named } from './support.ts';

const nowhere = 'ws://127.0.0.1:1/';

describe('the constructor', () => {
  it('refuses what the constructor of WebSocket refuses', () => {
    expect(() => Reflect.construct(WebSocketStream, [])).toThrow(TypeError);
    expect(() => new WebSocketStream('/relative')).toThrow(named('SyntaxError'));
    expect(() => new WebSocketStream(nowhere, { protocols: ['a', 'a'] })).toThrow(
      named('SyntaxError'),
    );
  });

  it.each([[5], [{ protocols: 'a' }], [{ signal: 5 }]])(
    'options that are none are a TypeError: %j',
    (options) => {
      expect(() => Reflect.construct(WebSocketStream, [nowhere, options])).toThrow(TypeError);
    },
  );

  it('has its URL whole, and the same promises each time', () => {
    const stream = new WebSocketStream('http://127.0.0.1:1/a b');
    expect(stream.url).toBe('ws://127.0.0.1:1/a%20b');
    expect([stream.opened, stream.closed]).toEqual([stream.opened, stream.closed]);
    expect(stream.opened).toBe(stream.opened);
    expect(Object.prototype.toString.call(stream)).toBe('[object WebSocketStream]');
    expect(Object.keys(WebSocketStream.prototype)).toEqual(['url', 'opened', 'closed', 'close']);
  });
});

describe('opened', () => {
  it('gives two streams and what was agreed', async () => {
    const { url } = await serve({ subprotocols: ['b'] });
    const stream = new WebSocketStream(url, { protocols: ['a', 'b'] });
    const { readable, writable, protocol, extensions } = await stream.opened;
    expect(readable).toBeInstanceOf(ReadableStream);
    expect(writable).toBeInstanceOf(WritableStream);
    expect([protocol, extensions]).toEqual(['b', '']);
    stream.close();
  });

  it('says how messages are compressed, when that was asked for', async () => {
    const { url } = await serve({ compression: { contextTakeover: true } });
    const stream = new WebSocketStream(url, { compression: { peerContextTakeover: true } });
    const { extensions } = await stream.opened;
    expect(extensions).toBe('permessage-deflate; client_no_context_takeover');
    stream.close();
  });

  it('programs may add header fields', async () => {
    const fields: unknown[] = [];
    const { url } = await serve({}, (_, { headers }) => fields.push(headers.one('x-one')));
    const stream = new WebSocketStream(url, { headers: { 'X-One': '1' } });
    await stream.opened;
    await eventually(() => fields.length > 0);
    expect(fields).toEqual(['1']);
    stream.close();
  });

  it('rejects when it is refused, closed too, and each says why', async () => {
    const { url } = await serve();
    const stream = new WebSocketStream(`${url}elsewhere`);
    const cause = { code: 'HANDSHAKE_REFUSED', status: 404 };
    await expect(stream.opened).rejects.toMatchObject({
      name: 'WebSocketError',
      closeCode: null,
      cause,
    });
    await expect(stream.closed).rejects.toMatchObject({ closeCode: 1006, reason: '', cause });
  });

  it('rejects when it is closed while connecting', async () => {
    const { url } = await serve();
    const stream = new WebSocketStream(url);
    stream.close({ closeCode: 4000, reason: 'early' });
    await expect(stream.opened).rejects.toBeInstanceOf(WebSocketError);
    await expect(stream.closed).rejects.toMatchObject({ closeCode: 1006 });
  });

  it('at whichever moment of connecting it is closed: it opens, or both reject', async () => {
    const { url } = await serve();
    for (let turns = 0; turns < 15; turns += 1) {
      const stream = new WebSocketStream(url);
      for (let turn = 0; turn < turns; turn += 1) {
        await new Promise<void>((resolve) => setTimeout(resolve));
      }
      stream.close({ closeCode: 4000 });
      const [opened, closed] = await Promise.allSettled([stream.opened, stream.closed]);
      expect(closed.status).toBe(opened.status);
      expect(closed).toMatchObject(
        closed.status === 'fulfilled'
          ? { value: { closeCode: 4000 } }
          : { reason: { closeCode: 1006 } },
      );
    }
  });

  it('a signal that was aborted before rejects both with its reason', async () => {
    const stream = new WebSocketStream(nowhere, { signal: AbortSignal.abort() });
    await expect(stream.opened).rejects.toThrow(named('AbortError'));
    await expect(stream.closed).rejects.toThrow(named('AbortError'));
  });

  it('a signal that is aborted while connecting rejects both with its reason', async () => {
    const { url } = await serve();
    const controller = new AbortController();
    const stream = new WebSocketStream(url, { signal: controller.signal });
    controller.abort(new RangeError('mine'));
    await expect(stream.opened).rejects.toThrow(RangeError);
    await expect(stream.closed).rejects.toThrow(RangeError);
  });

  it('a signal that is aborted afterwards does nothing', async () => {
    const { url, accepted } = await serve({}, (server) => {
      server.on('message', (message) => void server.send(message));
    });
    const controller = new AbortController();
    const stream = new WebSocketStream(url, { signal: controller.signal });
    const { readable, writable } = await stream.opened;
    controller.abort();
    await writable.getWriter().write('still here');
    expect((await readable.getReader().read()).value).toBe('still here');
    expect((await accepted()).state).toBe('open');
    stream.close();
  });

  it('nobody who listens: no rejection is unhandled', async () => {
    const rejections: unknown[] = [];
    const listener = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', listener);
    const stream = new WebSocketStream(nowhere);
    await stream.closed.catch(() => {});
    await new Promise<void>((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(rejections).toEqual([]);
  });
});

describe('close', () => {
  const infos: readonly [WebSocketCloseInfo | undefined, number, string][] = [
    [{ closeCode: 4000, reason: 'why' }, 4000, 'why'],
    [undefined, 1005, ''],
    [{}, 1005, ''],
    [{ reason: '' }, 1005, ''],
    [{ reason: 'why' }, 1000, 'why'],
  ];
  it.each(infos)('%j is answered with %s "%s"', async (info, closeCode, reason) => {
    const { url, accepted } = await serve();
    const stream = new WebSocketStream(url);
    await stream.opened;
    const closed = next(await accepted(), 'closed');
    stream.close(info);
    expect(await stream.closed).toEqual({ closeCode, reason });
    expect((await closed)[0]).toMatchObject({ code: closeCode, reason });
  });

  it('with what may not be said it throws, and stays open', async () => {
    const { url, accepted } = await serve();
    const stream = new WebSocketStream(url);
    await stream.opened;
    expect(() => stream.close({ closeCode: 1001 })).toThrow(named('InvalidAccessError'));
    expect(() => stream.close({ reason: 'x'.repeat(124) })).toThrow(named('SyntaxError'));
    expect(() => (stream.close as (info: unknown) => void)(true)).toThrow(TypeError);
    expect((await accepted()).state).toBe('open');
    stream.close();
    await stream.closed;
    expect(() => stream.close()).not.toThrow();
  });

  it('ends though messages are unread, and drops what comes meanwhile', async () => {
    const { url } = await serve({}, (server) => {
      for (let i = 0; i < 10; i += 1) {
        server.send(String(i));
      }
    });
    const stream = new WebSocketStream(url);
    const reader = (await stream.opened).readable.getReader();
    expect((await reader.read()).value).toBe('0');
    stream.close({ closeCode: 4000 });
    expect(await stream.closed).toMatchObject({ closeCode: 4000 });
    // The one that waited to be read.
    expect((await reader.read()).value).toBe('1');
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });
});
