import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConnectionError, dial } from '../../src/endpoint/index.ts';
import { answering, failure, switching, told } from './answering.ts';
import { closeFrame, eventually, frame, next, serve, uncaught } from './support.ts';

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
