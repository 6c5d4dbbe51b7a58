import { constants, type ServerHttp2Stream } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { type DialOptions, dial, type Websocket } from '../../src/endpoint/index.ts';
import { failure, told } from './answering.ts';
import { http2Server, openAndEcho, tls } from './http2-server.ts';
import { eventually, next, uncaught } from './support.ts';

const shared: DialOptions = { http2: true, tls };

async function echoed(websocket: Websocket, message: string): Promise<void> {
  const answer = next(websocket, 'message');
  websocket.send(message);
  expect(await answer).toEqual([message]);
}

describe('a handshake on a stream that fails', () => {
  const answers: [string, Record<string, string | number>, string, number | undefined, boolean][] =
    [
      ['403', { ':status': 403 }, 'RESPONSE_NOT_200', 403, false],
      [
        '302',
        { ':status': 302, location: 'https://other.example' },
        'RESPONSE_NOT_200',
        302,
        false,
      ],
      ['503', { ':status': 503 }, 'RESPONSE_NOT_200', 503, true],
      [
        'an unknown subprotocol',
        { ':status': 200, 'sec-websocket-protocol': 'x' },
        'RESPONSE_SUBPROTOCOL_WRONG',
        200,
        false,
      ],
      [
        'an extension',
        { ':status': 200, 'sec-websocket-extensions': 'x' },
        'RESPONSE_EXTENSION_UNASKED',
        200,
        false,
      ],
      [
        'a head too large',
        { ':status': 200, a: 'b'.repeat(16_384) },
        'HEAD_TOO_LARGE',
        undefined,
        false,
      ],
    ];
  it.each(answers)('because of %s', async (_what, response, fault, status, retryable) => {
    const server = await http2Server({ onStream: (stream) => stream.respond(response) });
    const error = await failure(server.url, shared);
    expect(told(error)).toEqual({ code: 'HANDSHAKE_REFUSED', retryable, fault, status });
    await eventually(() => server.streams[0]!.closed);
  });

  it('because of too many fields', async () => {
    const server = await http2Server({
      onStream: (stream) => {
        const fields = Array.from({ length: 11 }, (_, at) => [`a${at}`, 'b']);
        stream.respond({ ':status': 200, ...Object.fromEntries(fields) });
      },
    });
    const error = await failure(server.url, { ...shared, maxHeaders: 10 });
    expect(told(error)).toMatchObject({ code: 'HANDSHAKE_REFUSED', fault: 'TOO_MANY_HEADERS' });
  });

  it('limits of the head are those of each dialling, above and below what is usual', async () => {
    const server = await http2Server({
      // With its status and its date.
      onStream: (stream, { ':path': path }) => {
        const [count, bytes] = path!.slice(1).split('/').map(Number);
        const fields = Array.from({ length: count! }, (_, at) => [`a${at}`, 'b'.repeat(bytes!)]);
        stream.respond({ ':status': 200, ...Object.fromEntries(fields) });
      },
    });
    const large = { ...shared, maxHeaders: 202, maxHeadBytes: 100_000 };
    (await dial(`${server.url}200/200`, large)).terminate();
    expect(told(await failure(`${server.url}201/200`, large))).toEqual({
      code: 'HANDSHAKE_REFUSED',
      retryable: false,
      fault: 'TOO_MANY_HEADERS',
      status: undefined,
    });
    (await dial(`${server.url}30/400`, shared)).terminate();
    for (const [count, fault] of [
      ['50/400', 'HEAD_TOO_LARGE'],
      ['101/1', 'TOO_MANY_HEADERS'],
    ]) {
      expect(told(await failure(server.url + count, shared))).toMatchObject({ fault });
    }
    expect(server.connections()).toBe(2);
  });

  it('because of announcements without end; a few are passed over', async () => {
    const hints = { ':status': 103, link: `<${'a'.repeat(1000)}>` };
    const server = await http2Server({
      onStream: (stream, headers) => {
        const times = headers[':path'] === '/few' ? 3 : 30;
        for (let i = 0; i < times && !stream.destroyed; i += 1) {
          stream.additionalHeaders(hints);
        }
        if (times === 3) {
          openAndEcho(stream);
        }
      },
    });
    const websocket = await dial(`${server.url}few`, shared);
    await echoed(websocket, 'hello');
    websocket.terminate();
    const error = await failure(server.url, shared);
    expect(told(error)).toMatchObject({ code: 'HANDSHAKE_REFUSED', fault: 'HEAD_TOO_LARGE' });
  });

  it.each([
    [
      'the stream is refused',
      (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    ],
    ['the session dies', (stream: ServerHttp2Stream) => stream.session!.destroy()],
  ])('because %s', async (_what, end) => {
    const errors = uncaught();
    const server = await http2Server({ onStream: end });
    const error = await failure(server.url, shared);
    expect(told(error)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    expect(errors).toEqual([]);
  });

  it('because the connection dies', async () => {
    const server = await http2Server({ onStream: () => void server.sockets[0]!.destroy() });
    const error = await failure(server.url, shared);
    expect(told(error)).toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
  });

  it('because the server says nothing: the next dialling takes another connection', async () => {
    let isSilent = true;
    const server = await http2Server({
      onStream: (stream) => void (isSilent || openAndEcho(stream)),
    });
    const error = await failure(server.url, { ...shared, handshakeWithinMs: 100 });
    expect(error.code).toBe('HANDSHAKE_TOO_LATE');
    isSilent = false;
    const websocket = await dial(server.url, shared);
    await echoed(websocket, 'hello');
    expect(server.connections()).toBe(2);
    websocket.terminate();
  });

  it('because somebody gives up: the stream is cancelled, the connection stays', async () => {
    const stop = new AbortController();
    const server = await http2Server({
      onStream: (stream, headers) =>
        headers[':path'] === '/' ? openAndEcho(stream) : stop.abort('enough'),
    });
    const websocket = await dial(server.url, shared);
    const error = await failure(`${server.url}slow`, { ...shared, signal: stop.signal });
    expect(told(error)).toMatchObject({ code: 'DIAL_ABORTED' });
    await eventually(() => server.streams[1]!.closed);
    expect(server.streams[1]!.rstCode).toBe(constants.NGHTTP2_CANCEL);
    const again = await dial(server.url, shared);
    await echoed(again, 'hello');
    expect(server.connections()).toBe(1);
    websocket.terminate();
    again.terminate();
  });

  it('a field that HTTP/2 does not have is refused before anything is sent', async () => {
    const server = await http2Server();
    const options = { ...shared, headers: { 'Keep-Alive': '5' } };
    await expect(dial(server.url, options)).rejects.toMatchObject({ code: 'HEADER_INVALID' });
    expect(server.connections()).toBe(0);
  });
});
