/**
 * The streams of a `WebSocketStream`: one message a chunk, backpressure both ways, and how they end.
 */
import { describe, expect, it } from 'vitest';
import {
  WebSocketError,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from '../../src/browser-shape/index.ts';
import type { Websocket } from '../../src/endpoint/index.ts';
import { eventually, next, serve, turnOver } from '../endpoint/support.ts';
import { named } from './support.ts';

interface Opened extends WebSocketOpenInfo {
  readonly stream: WebSocketStream;
  readonly server: Websocket;
}

async function open(options?: WebSocketStreamOptions): Promise<Opened> {
  const { url, accepted } = await serve({ maxMessageBytes: 64e6, maxFrameBytes: 64e6 });
  const stream = new WebSocketStream(url, options);
  const info = await stream.opened;
  return { ...info, stream, server: await accepted() };
}

describe('readable', () => {
  it('a chunk is a message: text a string, bytes a Uint8Array with memory of its own', async () => {
    const { readable, server, stream } = await open();
    const reader = readable.getReader();
    server.send('text');
    server.send('');
    server.send(Uint8Array.of(1, 2));
    expect((await reader.read()).value).toBe('text');
    expect((await reader.read()).value).toBe('');
    const { value } = await reader.read();
    expect(value).toEqual(Uint8Array.of(1, 2));
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
    expect((value as Uint8Array).buffer.byteLength).toBe(2);
    stream.close();
  });

  it('while nobody reads, the server is slowed down, and nothing is lost', async () => {
    const { readable, server, stream } = await open();
    const payload = new Uint8Array(1_000_000);
    let sent = 0;
    while (server.send(payload) || server.bufferedBytes === 0) {
      sent += 1;
      await turnOver();
      expect(sent).toBeLessThan(1000);
    }
    sent += 1;
    server.send('last');
    const reader = readable.getReader();
    for (let i = 0; i < sent; i += 1) {
      expect((await reader.read()).value).toHaveLength(payload.length);
    }
    expect((await reader.read()).value).toBe('last');
    expect(server.bufferedBytes).toBe(0);
    stream.close();
  });

  it('what was sent before the server closed is read to the end, then it is done', async () => {
    const { readable, server, stream } = await open();
    server.send('one');
    server.send('two');
    void server.close(4001, 'bye');
    const read: unknown[] = [];
    for await (const chunk of readable) {
      read.push(chunk);
    }
    expect(read).toEqual(['one', 'two']);
    expect(await stream.closed).toEqual({ closeCode: 4001, reason: 'bye' });
  });

  it('cancel closes, without a code', async () => {
    const { readable, server, stream } = await open();
    const closed = next(server, 'closed');
    await readable.cancel({ closeCode: 4000 });
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
    expect((await closed)[0]).toMatchObject({ code: 1005 });
  });

  it('cancel with a WebSocketError says what that says', async () => {
    const { readable, stream } = await open();
    await readable.cancel(new WebSocketError('', { closeCode: 4004, reason: 'why' }));
    expect(await stream.closed).toEqual({ closeCode: 4004, reason: 'why' });
  });
});

describe('writable', () => {
  it('a chunk is a message: a view or buffer is bytes, all else its text', async () => {
    const { writable, server, stream } = await open();
    const came: unknown[] = [];
    server.on('message', (message) => came.push(message));
    const writer = writable.getWriter();
    for (const chunk of ['text', '', Uint8Array.of(1), Uint8Array.of(2).buffer, 5]) {
      await writer.write(chunk);
    }
    await eventually(() => came.length === 5);
    expect(came).toEqual(['text', '', Buffer.of(1), Buffer.of(2), '5']);
    stream.close();
  });

  it('a chunk that cannot be converted fails its write, and the stream with it', async () => {
    const { writable, stream } = await open();
    const writer = writable.getWriter();
    await expect(writer.write(Symbol('no'))).rejects.toThrow(TypeError);
    await expect(writer.closed).rejects.toThrow(TypeError);
    stream.close();
    expect(await stream.closed).toMatchObject({ closeCode: 1005 });
  });

  it('a write waits while much has not left, until it has', async () => {
    const { writable, server, stream } = await open();
    server.pause();
    const writer = writable.getWriter();
    let isWritten = false;
    const write = writer.write(new Uint8Array(20_000_000)).then(() => {
      isWritten = true;
    });
    await turnOver();
    expect([isWritten, writer.desiredSize]).toEqual([false, 0]);
    server.resume();
    await write;
    expect(writer.desiredSize).toBe(1);
    stream.close();
  });

  it('a write that waits when the connection is lost fails with the error of closed', async () => {
    const { writable, server, stream } = await open();
    server.pause();
    const write = writable.getWriter().write(new Uint8Array(20_000_000));
    await turnOver();
    server.terminate();
    const error = await stream.closed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'WebSocketError', closeCode: 1006 });
    await expect(write).rejects.toBe(error);
  });

  it('close ends when the server has answered, and all that was written has arrived', async () => {
    const { writable, server, stream } = await open();
    const came: unknown[] = [];
    server.on('message', (message) => came.push(message));
    const writer = writable.getWriter();
    void writer.write('last');
    await writer.close();
    expect(came).toEqual(['last']);
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
    await writer.closed;
  });

  it('close fails when the connection is lost first', async () => {
    const { writable, server, stream } = await open({ closeWithinMs: 50 });
    server.pause();
    await expect(writable.close()).rejects.toMatchObject({ closeCode: 1006 });
    await expect(stream.closed).rejects.toMatchObject({ closeCode: 1006 });
  });

  it('abort closes, with what a WebSocketError says', async () => {
    const { writable, readable, stream } = await open();
    await writable.abort(new WebSocketError('', { reason: 'why' }));
    expect(await stream.closed).toEqual({ closeCode: 1000, reason: 'why' });
    expect((await readable.getReader().read()).done).toBe(true);
  });
});

describe('the end', () => {
  it('clean: the readable is done, the writable an InvalidStateError', async () => {
    const { readable, writable, server, stream } = await open();
    void server.close(4001);
    await stream.closed;
    expect((await readable.getReader().read()).done).toBe(true);
    await expect(writable.getWriter().write('x')).rejects.toThrow(named('InvalidStateError'));
  });

  it('not clean: both fail with the error of closed, which says why', async () => {
    const { readable, writable, server, stream } = await open();
    server.terminate();
    const error = await stream.closed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ closeCode: 1006, cause: { code: 'CONNECTION_LOST' } });
    await expect(readable.getReader().read()).rejects.toBe(error);
    await expect(writable.getWriter().write('x')).rejects.toBe(error);
  });
});
