import { connect, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type DialOptions, dial } from '../../src/endpoint/index.ts';
import { answering, failure, switching, told } from './answering.ts';
import { connectProxy } from './connect-proxy.ts';
import { eventually, next, serve } from './support.ts';

describe('a proxy that does not lead there', () => {
  const answers: [string, string, string | undefined, number | undefined, boolean][] = [
    ['407', 'HTTP/1.1 407 Who are you\r\n\r\n', undefined, 407, false],
    ['403', 'HTTP/1.0 403 No\r\nContent-Length: 2\r\n\r\nno', undefined, 403, false],
    ['302', 'HTTP/1.1 302 Found\r\nLocation: http://a\r\n\r\n', undefined, 302, false],
    ['101', 'HTTP/1.1 101 Switching\r\n\r\n', undefined, 101, false],
    ['502', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', undefined, 502, true],
    ['429', 'HTTP/1.1 429 Slow\r\n\r\n', undefined, 429, true],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'HEAD_MALFORMED', undefined, false],
    ['a bare line feed', 'HTTP/1.1 200 OK\n\n', 'HEAD_MALFORMED', undefined, false],
    [
      'a head without end',
      `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(20_000)}`,
      'HEAD_TOO_LARGE',
      undefined,
      false,
    ],
    [
      'announcements without end',
      'HTTP/1.1 103 Early\r\n\r\n'.repeat(1000),
      'HEAD_TOO_LARGE',
      undefined,
      false,
    ],
    [
      'too many fields',
      `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(101)}`,
      'TOO_MANY_HEADERS',
      undefined,
      false,
    ],
  ];
  it.each(answers)('but answers %s', async (_what, answer, fault, status, retryable) => {
    const proxy = await connectProxy({ answer: (socket) => socket.write(answer) });
    const error = await failure('ws://127.0.0.1:1', { proxy: proxy.url });
    expect(told(error)).toEqual({ code: 'PROXY_REFUSED', retryable, fault, status });
    await eventually(async () => (await proxy.count()) === 0);
  });

  it.each<[string, (socket: Duplex) => void]>([
    ['hangs up', (socket) => socket.end()],
    ['hangs up in its answer', (socket) => socket.end('HTTP/1.1 200')],
    ['is reset', (socket) => (socket as import('node:net').Socket).resetAndDestroy()],
  ])('but %s', async (_what, answer) => {
    const proxy = await connectProxy({ answer });
    const error = await failure('ws://127.0.0.1:1', { proxy: proxy.url });
    expect(told(error)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(error.message).toContain('the proxy');
    await eventually(async () => (await proxy.count()) === 0);
  });

  it('but is not there', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const error = await failure('ws://127.0.0.1:1', { proxy: `http://127.0.0.1:${port}` });
    expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: true });
  });

  it.each<[string, DialOptions, string]>([
    ['the time is over', { handshakeWithinMs: 30 }, 'HANDSHAKE_TOO_LATE'],
    ['somebody gives up', {}, 'DIAL_ABORTED'],
  ])('but says nothing until %s', async (_what, options, code) => {
    const stop = new AbortController();
    const proxy = await connectProxy({
      answer: () => void (options.handshakeWithinMs ?? setImmediate(() => stop.abort())),
    });
    const error = await failure('ws://127.0.0.1:1', {
      ...options,
      proxy: proxy.url,
      signal: stop.signal,
    });
    expect(error.code).toBe(code);
    await eventually(async () => (await proxy.count()) === 0);
  });
});

describe('bytes around the answer of a proxy', () => {
  it('the answer may be announced, and may come byte by byte', async () => {
    const { url, accepted } = await serve();
    const server = new URL(url);
    const proxy = await connectProxy({
      answer: (socket) => {
        const head = 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n';
        for (const byte of head) {
          socket.write(byte);
        }
        const onward = connect(Number(server.port), '127.0.0.1');
        onward.on('error', () => {});
        socket.pipe(onward).pipe(socket);
      },
    });
    const websocket = await dial(url, { proxy: proxy.url });
    const message = next(websocket, 'message');
    (await accepted()).send('hello');
    expect(await message).toEqual(['hello']);
    websocket.terminate();
  });

  it('what comes behind it is the beginning of what the server says', async () => {
    const { heads } = await answering(() => {});
    const proxy = await connectProxy({
      answer: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 1');
        socket.once('data', (head: Buffer) => {
          socket.write(switching(head.toString('latin1')).slice('HTTP/1.1 1'.length));
        });
      },
    });
    const websocket = await dial('ws://chat.example', { proxy: proxy.url });
    expect(websocket.state).toBe('open');
    expect(heads).toEqual([]);
    websocket.terminate();
  });
});
