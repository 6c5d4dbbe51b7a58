import { constants, type ServerHttp2Stream } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { type DialOptions, dial, type Websocket } from '../../src/endpoint/index.ts';
import { connectProxy } from './connect-proxy.ts';
import { http2Server, openAndEcho, tls } from './http2-server.ts';
import { eventually, frame, next, parseFrames, record, uncaught } from './support.ts';

const shared: DialOptions = { http2: true, tls };

async function echoed(websocket: Websocket, message: string): Promise<void> {
  const answer = next(websocket, 'message');
  websocket.send(message);
  expect(await answer).toEqual([message]);
}

describe('RFC 8441 a websocket as a stream of HTTP/2', () => {
  it('asks with an extended CONNECT, talks in masked frames, and closes cleanly', async () => {
    const server = await http2Server({
      onStream: (stream) => {
        stream.respond({ ':status': 200, 'sec-websocket-protocol': 'b' });
        stream.once('data', (bytes: Buffer) => {
          expect(bytes[1]! & 0x80).toBe(0x80);
          stream.write(frame(1, 'answer', { masked: false }));
          stream.once('data', (close: Buffer) => {
            const { payload } = parseFrames(close).frames[0]!;
            stream.end(frame(8, payload, { masked: false }));
          });
        });
      },
    });
    const websocket = await dial(`${server.url}chat?a=b`, {
      ...shared,
      subprotocols: ['a', 'b'],
      headers: { Origin: 'https://page.example' },
    });
    expect(websocket.subprotocol).toBe('b');
    const answer = next(websocket, 'message');
    websocket.send('question');
    expect(await answer).toEqual(['answer']);
    expect(server.requests).toMatchObject([
      {
        ':method': 'CONNECT',
        ':protocol': 'websocket',
        ':scheme': 'https',
        ':path': '/chat?a=b',
        ':authority': `127.0.0.1:${server.port}`,
        'sec-websocket-version': '13',
        'sec-websocket-protocol': 'a, b',
        origin: 'https://page.example',
      },
    ]);
    expect(server.requests[0]).not.toHaveProperty('sec-websocket-key');
    expect(await websocket.close(4000, 'done')).toEqual({
      code: 4000,
      reason: 'done',
      clean: true,
      fault: undefined,
    });
    expect(server.streams[0]!.rstCode).toBe(0);
  });

  it('misses nothing that came together with the answer', async () => {
    const server = await http2Server({
      onStream: (stream) => {
        stream.respond({ ':status': 200 });
        stream.write(frame(1, 'one', { masked: false }));
        stream.end(
          Buffer.concat([frame(1, 'two', { masked: false }), frame(8, '', { masked: false })]),
        );
      },
    });
    const websocket = await dial(server.url, shared);
    const messages = record(websocket, 'message');
    const [why] = await next(websocket, 'closed');
    expect(messages).toEqual([['one'], ['two']]);
    expect(why).toMatchObject({ code: 1005, clean: true });
  });

  it('many share one connection of TCP, dialled at once or later', async () => {
    const server = await http2Server();
    const first = await Promise.all(Array.from({ length: 50 }, () => dial(server.url, shared)));
    const later = await dial(server.url, shared);
    await Promise.all([...first, later].map((websocket, at) => echoed(websocket, `hello ${at}`)));
    expect(server.connections()).toBe(1);
    expect(server.streams).toHaveLength(51);
    await Promise.all([...first, later].map((websocket) => websocket.close()));
    await eventually(async () => (await server.count()) === 0);
  });

  it('works through a proxy, and shares that way too', async () => {
    const server = await http2Server();
    const proxy = await connectProxy();
    const options = { ...shared, proxy: proxy.url };
    const websockets = [await dial(server.url, options), await dial(server.url, options)];
    await Promise.all(websockets.map((websocket) => echoed(websocket, 'through')));
    expect(proxy.asked).toHaveLength(1);
    expect(server.connections()).toBe(1);
    await Promise.all(websockets.map((websocket) => websocket.close()));
  });

  it('pings and their answers', async () => {
    const server = await http2Server();
    const websocket = await dial(server.url, shared);
    expect(await websocket.ping()).toBeGreaterThanOrEqual(0);
    await websocket.close();
  });
});

describe('backpressure on a stream', () => {
  it('a server that does not read stops us; when it reads, all of it arrives', async () => {
    let peer: ServerHttp2Stream | undefined;
    const server = await http2Server({
      onStream: (stream) => {
        peer = stream;
        stream.respond({ ':status': 200 });
      },
    });
    const websocket = await dial(server.url, shared);
    const block = new Uint8Array(64 * 1024);
    let sent = 0;
    while (websocket.send(block)) {
      sent += 1;
      expect(sent).toBeLessThan(1000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(websocket.bufferedBytes).toBeGreaterThan(256 * 1024);
    const drained = websocket.drained();
    let bytes = 0;
    peer!.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await drained;
    const whole = (sent + 1) * (block.length + 14);
    await eventually(() => bytes === whole);
    websocket.terminate();
  });

  it('we do not read: the server is stopped, and others on the connection are not', async () => {
    let written = 0;
    const server = await http2Server({
      onStream: (stream, headers) => {
        if (headers[':path'] !== '/flood') {
          openAndEcho(stream);
          return;
        }
        stream.respond({ ':status': 200 });
        const message = frame(2, new Uint8Array(64 * 1024), { masked: false });
        const pour = (): void => {
          let isTaken = true;
          while (isTaken && written < 1000 * message.length) {
            written += message.length;
            isTaken = stream.write(message);
          }
        };
        stream.on('drain', pour);
        pour();
      },
    });
    const flooded = await dial(`${server.url}flood`, shared);
    let messages = 0;
    flooded.on('message', () => {
      messages += 1;
      flooded.pause();
    });
    const other = await dial(server.url, shared);
    await eventually(() => written > 512 * 1024);
    let before = -1;
    while (before !== written) {
      before = written;
      await echoed(other, 'still here');
    }
    expect(messages).toBeLessThan(10);
    expect(written).toBeLessThan(8 * 1024 * 1024);
    flooded.on('message', () => flooded.resume());
    flooded.resume();
    expect(server.connections()).toBe(1);
    await eventually(() => messages === 1000);
    flooded.terminate();
    other.terminate();
  });
});

describe('RFC 8441 §5: a stream that ends without a closing handshake', () => {
  it('terminate resets it with CANCEL, and the others stay', async () => {
    const server = await http2Server();
    const one = await dial(server.url, shared);
    const other = await dial(server.url, shared);
    const why = next(one, 'closed');
    one.terminate();
    expect((await why)[0]).toMatchObject({ code: 1006, clean: false });
    await eventually(() => server.streams[0]!.closed);
    expect(server.streams[0]!.rstCode).toBe(constants.NGHTTP2_CANCEL);
    await echoed(other, 'still here');
    other.terminate();
  });

  it.each([
    ['reset', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_CANCEL)],
    [
      'reset with an error',
      (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    ],
    ['ended', (stream: ServerHttp2Stream) => stream.end()],
    ['cut with its connection', (stream: ServerHttp2Stream) => stream.session!.destroy()],
  ])('%s by the server it is 1006, and nothing is thrown', async (_how, end) => {
    const errors = uncaught();
    const server = await http2Server();
    const websocket = await dial(server.url, shared);
    await echoed(websocket, 'hello');
    const why = next(websocket, 'closed');
    end(server.streams[0]!);
    expect((await why)[0]).toMatchObject({ code: 1006, clean: false });
    expect(errors).toEqual([]);
  });
});
