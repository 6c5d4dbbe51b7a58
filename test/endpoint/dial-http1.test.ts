import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConnectionError, type DialOptions, dial } from '../../src/endpoint/index.ts';
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
  uncaught,
} from './support.ts';

interface Answering {
  readonly url: string;
  readonly port: number;
  /** Heads of requests that came. */
  readonly heads: string[];
  readonly sockets: Socket[];
  readonly count: () => Promise<number>;
}

/** A server that hands each connection to `answer` when the head of its request is here, or at once. */
async function answering(
  answer: (socket: Socket, head: string) => void,
  { atOnce = false }: { atOnce?: boolean } = {},
): Promise<Answering> {
  const heads: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('end', () => void socket.end());
    onTestFinished(() => void socket.destroy());
    let head = '';
    if (atOnce) {
      answer(socket, head);
    }
    socket.on('data', (chunk: Buffer) => {
      const isWhole = head.includes('\r\n\r\n');
      head += chunk.toString('latin1');
      if (!isWhole && head.includes('\r\n\r\n')) {
        heads.push(head);
        if (!atOnce) {
          answer(socket, head);
        }
      }
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const count = (): Promise<number> => connectionCount(server);
  return { url: `ws://127.0.0.1:${port}/`, port, heads, sockets, count };
}

function acceptOf(head: string): string {
  const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)![1]!;
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function switching(head: string, extra = '', accept = acceptOf(head)): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${extra}\r\n`;
}

async function failure(url: string, options?: DialOptions): Promise<ConnectionError> {
  try {
    await dial(url, options);
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionError);
    return error as ConnectionError;
  }
  throw new Error('it opened');
}

const told = (error: ConnectionError): unknown => {
  const { code, retryable, fault, status } = error;
  return { code, retryable, fault, status };
};

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

describe('what can go wrong has a code, and says whether to try again', () => {
  it('nobody listens', async () => {
    const { url, port } = await serve();
    const { endpoint } = await serve();
    await endpoint.close();
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const closed = (free.address() as AddressInfo).port;
    await new Promise((resolve) => free.close(resolve));
    expect(url).toContain(String(port));
    for (const host of ['127.0.0.1', 'localhost']) {
      const error = await failure(`ws://${host}:${closed}`);
      expect(told(error)).toEqual({
        code: 'CONNECT_FAILED',
        retryable: true,
        fault: undefined,
        status: undefined,
      });
      expect(error.message).toContain('ECONNREFUSED');
    }
  });

  it.each([
    ['at once', (socket: Socket) => socket.end()],
    ['in the middle of the head', (socket: Socket) => socket.end('HTTP/1.1 101 Switch')],
    [
      'before the last byte',
      (socket: Socket, head: string) => socket.end(switching(head).slice(0, -1)),
    ],
  ])('the server hangs up %s', async (_when, answer) => {
    const { url, count } = await answering(answer);
    const error = await failure(url);
    expect(told(error)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    await eventually(async () => (await count()) === 0);
  });

  const answers: [string, (head: string) => string, string, number | undefined, boolean][] = [
    ['503', () => 'HTTP/1.1 503 Busy\r\n\r\n', 'RESPONSE_NOT_101', 503, true],
    ['429', () => 'HTTP/1.1 429 Too Many\r\n\r\n', 'RESPONSE_NOT_101', 429, true],
    ['404', () => 'HTTP/1.1 404 Not Found\r\n\r\n', 'RESPONSE_NOT_101', 404, false],
    ['403', () => 'HTTP/1.1 403 Forbidden\r\n\r\n', 'RESPONSE_NOT_101', 403, false],
    ['200', () => 'HTTP/1.1 200 OK\r\n\r\n', 'RESPONSE_NOT_101', 200, false],
    ['no HTTP', () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'RESPONSE_MALFORMED', undefined, false],
    ['HTTP/1.0', () => 'HTTP/1.0 101 Switching\r\n\r\n', 'RESPONSE_MALFORMED', undefined, false],
    ['bare LF', () => 'HTTP/1.1 101 A\n\n', 'HEAD_MALFORMED', undefined, false],
    [
      'a head too large',
      () => `HTTP/1.1 101 A\r\nA: ${'b'.repeat(16_384)}`,
      'HEAD_TOO_LARGE',
      undefined,
      false,
    ],
    [
      'too many fields',
      () => `HTTP/1.1 101 A\r\n${'A: b\r\n'.repeat(101)}`,
      'TOO_MANY_HEADERS',
      undefined,
      false,
    ],
    [
      'no Upgrade',
      (head) => switching(head).replace('Upgrade: websocket\r\n', ''),
      'RESPONSE_NOT_UPGRADED',
      101,
      false,
    ],
    ['a wrong accept', (head) => switching(head, '', 'AAAA'), 'RESPONSE_ACCEPT_WRONG', 101, false],
    [
      'an extension',
      (head) => switching(head, 'Sec-WebSocket-Extensions: a\r\n'),
      'RESPONSE_EXTENSION_UNASKED',
      101,
      false,
    ],
    [
      'a subprotocol',
      (head) => switching(head, 'Sec-WebSocket-Protocol: a\r\n'),
      'RESPONSE_SUBPROTOCOL_WRONG',
      101,
      false,
    ],
  ];
  it.each(answers)('the server answers %s', async (_what, answer, fault, status, retryable) => {
    const { url, count } = await answering((socket, head) => socket.write(answer(head)));
    expect(told(await failure(url))).toEqual({
      code: 'HANDSHAKE_REFUSED',
      retryable,
      fault,
      status,
    });
    await eventually(async () => (await count()) === 0);
  });

  it('the server says nothing', async () => {
    const { url, count } = await answering(() => {});
    const error = await failure(url, { handshakeWithinMs: 20 });
    expect(told(error)).toMatchObject({ code: 'HANDSHAKE_TOO_LATE', retryable: true });
    await eventually(async () => (await count()) === 0);
  });

  it('Infinity is time enough', async () => {
    const { url } = await answering((socket, head) =>
      setImmediate(() => socket.write(switching(head))),
    );
    const websocket = await dial(url, { handshakeWithinMs: Number.POSITIVE_INFINITY });
    expect(websocket.state).toBe('open');
    websocket.terminate();
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

describe('A4 a reset at each step of the handshake', () => {
  const reset = (socket: Socket): void => void socket.resetAndDestroy();
  const written = (socket: Socket, bytes: string | Uint8Array): void => {
    socket.write(bytes, () => socket.resetAndDestroy());
  };
  const steps: [string, (socket: Socket, head: string) => void, { atOnce?: boolean }][] = [
    ['before the request', reset, { atOnce: true }],
    ['after the request', reset, {}],
    ['after one byte of the answer', (socket) => written(socket, 'H'), {}],
    ['after half the answer', (socket, head) => written(socket, switching(head).slice(0, 60)), {}],
    ['after the answer', (socket, head) => written(socket, switching(head)), {}],
    [
      'after the answer and half a frame',
      (socket, head) => written(socket, `${switching(head)}\x81\x05he`),
      {},
    ],
    [
      'after the answer and a bad frame',
      (socket, head) => written(socket, Buffer.from(`${switching(head)}\xff\xff`, 'latin1')),
      {},
    ],
    [
      'after the answer and a Close',
      (socket, head) =>
        written(socket, Buffer.concat([Buffer.from(switching(head)), closeFrame(1000, '', false)])),
      {},
    ],
    ['after a refusal', (socket) => written(socket, 'HTTP/1.1 403 No\r\n\r\n'), {}],
  ];
  it.each(steps)('%s', async (_when, step, options) => {
    const errors = uncaught();
    const { url, count } = await answering(step, options);
    for (let round = 0; round < 25; round += 1) {
      try {
        const websocket = await dial(url);
        await next(websocket, 'closed');
      } catch (error) {
        expect(error).toBeInstanceOf(ConnectionError);
        expect(['CONNECTION_LOST', 'CONNECT_FAILED', 'HANDSHAKE_REFUSED']).toContain(
          (error as ConnectionError).code,
        );
      }
    }
    await eventually(async () => (await count()) === 0);
    expect(errors).toEqual([]);
  });

  it('a bad frame in the segment of the answer fails the websocket with its fault', async () => {
    const { url } = await answering((socket, head) => {
      socket.write(Buffer.concat([Buffer.from(switching(head)), frame(1, 'masked')]));
    });
    const websocket = await dial(url, { closeWithinMs: 0 });
    const [why] = await next(websocket, 'closed');
    expect(why).toMatchObject({ code: 1002, clean: false, fault: { name: 'MASK_UNEXPECTED' } });
  });
});
