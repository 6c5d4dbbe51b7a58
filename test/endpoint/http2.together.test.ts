/** Our server and our diallers over HTTP/2: what each half was tested for alone, together (RFC 8441). */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type DialOptions, dial, type Websocket } from '../../src/endpoint/index.ts';
import { serveHttp2, tls } from './http2-peers.ts';
import { eventually, next } from './support.ts';

const shared: DialOptions = { http2: true, tls: { ca: tls.cert } };

/** Gives what they were asked by: versions of HTTP, in order. */
async function echoing(options = {}): Promise<{ url: string; versions: string[] }> {
  const versions: string[] = [];
  const { port } = await serveHttp2(options, (websocket, { httpVersion }) => {
    versions.push(httpVersion);
    websocket.on('message', (message) => {
      websocket.send(message);
    });
  });
  return { url: `wss://127.0.0.1:${port}/`, versions };
}

async function echoed(websocket: Websocket, message: string): Promise<void> {
  const came = next(websocket, 'message');
  websocket.send(message);
  expect((await came)[0]).toBe(message);
}

it('many websockets are streams of one connection, each with its own messages', async () => {
  const { url, versions } = await echoing();
  const websockets = await Promise.all(Array.from({ length: 40 }, () => dial(url, shared)));
  await Promise.all(websockets.map((websocket, i) => echoed(websocket, `message ${i}`)));
  expect(versions).toEqual(Array.from({ length: 40 }, () => '2.0'));
  const closings = await Promise.all(websockets.map((websocket) => websocket.close(3000, 'done')));
  expect(closings.map(({ code, clean }) => [code, clean])).toEqual(
    Array.from({ length: 40 }, () => [3000, true]),
  );
});

it('compression is agreed on as over HTTP/1.1', async () => {
  const { url, versions } = await echoing({ compression: true });
  const websocket = await dial(url, { ...shared, compression: true });
  expect(websocket.compression).toBe(true);
  await echoed(websocket, 'a long message '.repeat(10_000));
  expect(versions).toEqual(['2.0']);
  await websocket.close();
});

it('a message larger than all windows goes over in pieces, and none is lost', async () => {
  const { port, accepted } = await serveHttp2();
  const websocket = await dial(`wss://127.0.0.1:${port}/`, shared);
  const streams = (await accepted()).streams();
  const piece = Buffer.alloc(1024 * 1024, 'abc');
  const sent = createHash('sha256');
  const received = createHash('sha256');
  function* pieces(): Generator<Buffer> {
    for (let i = 0; i < 24; i += 1) {
      sent.update(piece);
      yield piece;
    }
  }
  const sending = websocket.sendStream(pieces());
  const { value: stream } = await streams.next();
  for await (const some of stream!) {
    received.update(some);
  }
  await sending;
  expect(received.digest('hex')).toBe(sent.digest('hex'));
  websocket.terminate();
});

it('one that is cut is reset, and the others of its connection go on', async () => {
  const { port, accepted } = await serveHttp2();
  const url = `wss://127.0.0.1:${port}/`;
  const one = await dial(url, shared);
  const first = await accepted();
  const other = await dial(url, shared);
  const second = await accepted();
  const gone = next(first, 'closed');
  one.terminate();
  expect((await gone)[0]).toMatchObject({ code: 1006, clean: false });
  const came = next(second, 'message');
  other.send('still here');
  expect((await came)[0]).toBe('still here');
  await other.close();
  await eventually(() => second.state === 'closed');
});
