import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DialOptions, dial } from '../../src/endpoint/index.ts';
import { answering, failure, switching, told } from './answering.ts';
import { makeCertificate } from './certificates.ts';
import {
  closeFrame,
  connectionCount,
  eventually,
  frame,
  newEndpoint,
  next,
  record,
  serve,
} from './support.ts';

describe('§4.1 the request', () => {
  it('has the fields of the standard, the offers, and what the application adds', async () => {
    const { url, port, heads } = await answering((socket, head) =>
      socket.write(switching(head, 'Sec-WebSocket-Protocol: b\r\n')),
    );
    const websocket = await dial(`${url}a?b=c`, {
      subprotocols: ['a', 'b'],
      headers: { Cookie: 'd=e', Origin: 'http://page.example' },
    });
    expect(websocket.subprotocol).toBe('b');
    expect(heads[0]!.replace(/Key: [A-Za-z0-9+/]{22}==/, 'Key: …')).toBe(
      `GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Key: …\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Protocol: a, b\r\nCookie: d=e\r\nOrigin: http://page.example\r\n\r\n',
    );
    websocket.terminate();
  });

  it.each([
    ['a URL that cannot be read', 'nonsense', {}, 'URL_INVALID'],
    [
      'an offer that is no token',
      'ws://127.0.0.1',
      { subprotocols: ['a b'] },
      'SUBPROTOCOL_INVALID',
    ],
    ['the same offer twice', 'ws://127.0.0.1', { subprotocols: ['a', 'a'] }, 'SUBPROTOCOL_INVALID'],
    [
      'a field with a line end',
      'ws://127.0.0.1',
      { headers: { A: 'b\r\nC: d' } },
      'HEADER_INVALID',
    ],
    [
      "the handshake's own field",
      'ws://127.0.0.1',
      { headers: { upgrade: 'h2c' } },
      'HEADER_INVALID',
    ],
    ['a limit below zero', 'ws://127.0.0.1', { maxMessageBytes: -1 }, 'OPTION_INVALID'],
  ])('%s is refused before anything is sent', async (_what, url, options, code) => {
    await expect(dial(url, options as DialOptions)).rejects.toMatchObject({
      name: 'UsageError',
      code,
    });
  });
});

describe('an open websocket', () => {
  it('misses nothing that came together with the answer', async () => {
    const { url } = await answering((socket, head) => {
      socket.write(
        Buffer.concat([
          Buffer.from(switching(head)),
          frame(1, 'one', { masked: false }),
          frame(1, 'two', { masked: false }),
        ]),
      );
    });
    const websocket = await dial(url);
    const messages = record(websocket, 'message');
    await eventually(() => messages.length === 2);
    expect(messages).toEqual([['one'], ['two']]);
    websocket.terminate();
  });

  it('hears all of a server that says its last word with the answer, and ends', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { url } = await answering((socket, head) => {
        socket.end(
          Buffer.concat([
            Buffer.from(switching(head)),
            frame(1, 'come back', { masked: false }),
            closeFrame(4001, 'later', false),
          ]),
        );
      });
      const websocket = await dial(url);
      const messages = record(websocket, 'message');
      const [why] = await next(websocket, 'closed');
      expect(messages).toEqual([['come back']]);
      expect(why).toEqual({ code: 4001, reason: 'later', clean: true, fault: undefined });
    }
  });

  it('may be used before anything of it is read: send, pause and resume, terminate', async () => {
    const { url, accepted } = await serve({}, (websocket) => websocket.send('welcome'));
    const client = await dial(url);
    client.pause();
    client.resume();
    client.send('first');
    const welcome = next(client, 'message');
    const server = await accepted();
    expect(await next(server, 'message')).toEqual(['first']);
    expect(await welcome).toEqual(['welcome']);
    client.terminate();
    const cut = await dial(url);
    const messages = record(cut, 'message');
    const why = next(cut, 'closed');
    cut.terminate();
    expect((await why)[0].code).toBe(1006);
    expect(messages).toEqual([]);
  });
});

describe('AbortSignal', () => {
  it('aborted before: nothing is dialled', async () => {
    const { url, sockets } = await answering(() => {});
    const error = await failure(url, { signal: AbortSignal.abort('enough') });
    expect(told(error)).toMatchObject({ code: 'DIAL_ABORTED', retryable: false });
    expect(error.cause).toBe('enough');
    expect(sockets).toEqual([]);
  });

  it('aborted while the answer is awaited: the socket is gone', async () => {
    const stop = new AbortController();
    const { url, count } = await answering(() => stop.abort('enough'));
    const error = await failure(url, { signal: stop.signal });
    expect(told(error)).toMatchObject({ code: 'DIAL_ABORTED', retryable: false });
    expect(error.cause).toBe('enough');
    await eventually(async () => (await count()) === 0);
  });

  it('aborted when it is open: closes with 1001, and afterwards means nothing', async () => {
    const { url, accepted } = await serve();
    const stop = new AbortController();
    await dial(url, { signal: stop.signal });
    const server = await accepted();
    const why = next(server, 'closed');
    stop.abort();
    expect((await why)[0]).toMatchObject({ code: 1001, reason: 'aborted', clean: true });

    const later = new AbortController();
    const other = await dial(url, { signal: later.signal });
    await other.close(4000);
    later.abort();
    expect(other.state).toBe('closed');
  });
});

describe('A11 a server that is not to be trusted', () => {
  it('is not followed to another host', async () => {
    const other = await answering(() => {});
    const { url } = await answering((socket) =>
      socket.write(`HTTP/1.1 302 Found\r\nLocation: ${other.url}\r\n\r\n`),
    );
    const error = await failure(url, {
      headers: { Authorization: 'Bearer secret', Cookie: 'a=b' },
    });
    expect(told(error)).toEqual({
      code: 'HANDSHAKE_REFUSED',
      retryable: false,
      fault: 'RESPONSE_NOT_101',
      status: 302,
    });
    expect(other.sockets).toEqual([]);
  });

  const good = makeCertificate({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const wrong = makeCertificate({ names: ['other.example'] });

  it.each([
    ['signed by itself', good, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another name', wrong, wrong.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('whose certificate is %s gets no request', async (_what, certificate, ca, code) => {
    const heads: string[] = [];
    const server = createTlsServer(certificate, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => void heads.push(chunk.toString()));
    });
    server.on('tlsClientError', () => {});
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost']) {
      const error = await failure(`wss://${host}:${port}`, ca === undefined ? {} : { tls: { ca } });
      expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: false });
      expect(error.cause).toMatchObject({ code });
    }
    await eventually(async () => (await connectionCount(server)) === 0);
    expect(heads).toEqual([]);
  });

  it('one that is trusted is spoken to, and closing is clean on both sides', async () => {
    const endpoint = newEndpoint();
    const closings: unknown[] = [];
    endpoint.mount('/', {}, (websocket) => {
      websocket.on('message', (message) => void websocket.send(message));
      websocket.on('closed', (why) => void closings.push(why));
    });
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls: good });
    const websocket = await dial(`wss://127.0.0.1:${port}`, { tls: { ca: good.cert } });
    const answer = next(websocket, 'message');
    websocket.send('x'.repeat(300_000));
    expect((await answer)[0].length).toBe(300_000);
    const why = { code: 4000, reason: 'done', clean: true, fault: undefined };
    expect(await websocket.close(4000, 'done')).toEqual(why);
    await eventually(() => closings.length === 1);
    expect(closings).toEqual([why]);
  });

  it('a plain server is no server for wss', async () => {
    const { port, count } = await answering((socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'), {
      atOnce: true,
    });
    const error = await failure(`wss://127.0.0.1:${port}`);
    expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED' });
    await eventually(async () => (await count()) === 0);
  });
});
