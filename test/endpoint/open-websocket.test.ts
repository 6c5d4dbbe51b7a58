import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Closing,
  dial,
  type MountOptions,
  prepare,
  type Websocket,
} from '../../src/endpoint/index.ts';
import { makeCertificate } from './certificates.ts';
import {
  closeFrame,
  eventually,
  frame,
  HandClock,
  type Handler,
  newEndpoint,
  next,
  RawPeer,
  record,
  serve,
  text,
  turnOver,
  uncaught,
  upgradeHead,
} from './support.ts';

interface Pair {
  readonly client: Websocket;
  readonly server: Websocket;
}

async function pair(options: MountOptions = {}): Promise<Pair> {
  const { url, accepted } = await serve(options);
  const client = await dial(url);
  return { client, server: await accepted() };
}

interface Watched {
  readonly peer: RawPeer;
  readonly websocket: Websocket;
  /** Sizes of what was written to the socket of the server, since the handshake. */
  readonly writes: number[];
  /** What was read from it. */
  readonly chunks: Buffer[];
}

/** A raw peer, and the server's side of it with its socket watched. */
async function watched(handler: Handler = () => {}, count = 1): Promise<Watched[]> {
  const server = createServer();
  onTestFinished(() => server.close().closeAllConnections());
  const endpoint = newEndpoint();
  const websockets: Websocket[] = [];
  endpoint.mount('/', {}, (websocket, request) => {
    websockets.push(websocket);
    handler(websocket, request);
  });
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const all: Watched[] = [];
  for (let i = 0; i < count; i += 1) {
    const sockets: Socket[] = [];
    server.once('connection', (socket) => void sockets.push(socket));
    const peer = await RawPeer.open(port);
    await eventually(() => websockets.length > i);
    const socket = sockets[0]!;
    const writes: number[] = [];
    const chunks: Buffer[] = [];
    const write = socket.write.bind(socket);
    socket.write = ((...values: Parameters<typeof write>) => {
      writes.push((values[0] as Buffer).length);
      return write(...values);
    }) as typeof socket.write;
    socket.prependListener('data', (chunk: Buffer) => void chunks.push(chunk));
    all.push({ peer, websocket: websockets[i]!, writes, chunks });
  }
  return all;
}

const payloads = (frames: readonly { payload: Buffer }[]): string[] =>
  frames.map(({ payload }) => payload.toString());

describe('one write per turn and socket', () => {
  it('sixteen echoes to one chunk leave in one write', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', (message) => void websocket.send(message)),
    );
    const { peer, writes, chunks } = it_!;
    peer.write(...Array.from({ length: 16 }, (_, i) => text(`echo ${i}`)));
    expect((await peer.frames(16)).length).toBe(16);
    expect(writes.length).toBe(chunks.length);
    expect(writes.length).toBe(1);
  });

  it('what is sent outside of a turn, within one turn of the loop, leaves in one write', async () => {
    const [it_] = await watched();
    const { peer, websocket, writes } = it_!;
    websocket.send('one');
    websocket.send(new Uint8Array([2]));
    await Promise.resolve();
    websocket.send(prepare('three'));
    void websocket.ping();
    expect((await peer.frames(4)).map(({ opcode }) => opcode)).toEqual([1, 2, 1, 9]);
    expect(writes.length).toBe(1);
  });

  it('a prepared message reaches many, each in one write', async () => {
    const all = await watched(() => {}, 10);
    const message = prepare('to all');
    for (const { websocket } of all) {
      websocket.send(message);
      websocket.send(message);
    }
    for (const { peer, writes } of all) {
      expect(payloads(await peer.frames(2))).toEqual(['to all', 'to all']);
      expect(writes.length).toBe(1);
    }
  });

  it('keeps the order across turns and what is sent between them', async () => {
    const { client, server } = await pair();
    const got = record(client, 'message');
    let count = 0;
    const sendNext = (): void => {
      server.send(String(count));
      count += 1;
    };
    server.on('message', () => {
      sendNext();
      queueMicrotask(sendNext);
      setImmediate(sendNext);
    });
    for (let i = 0; i < 100; i += 1) {
      client.send('go');
      if (i % 10 === 0) {
        sendNext();
        await turnOver();
      }
    }
    await eventually(() => got.length === 310);
    expect(got).toEqual(Array.from({ length: 310 }, (_, i) => [String(i)]));
  });

  it('large messages arrive whole, in order, among small ones', async () => {
    const { client, server } = await pair();
    const got = record(client, 'message');
    const large = Buffer.alloc(5_000_000, 'abcdefg');
    server.send('before');
    server.send(large);
    server.send('between');
    server.send(large.toString());
    await eventually(() => got.length === 4);
    expect(got.map(([message]) => message.length)).toEqual([6, 5_000_000, 7, 5_000_000]);
    expect((got[1]![0] as Buffer).equals(large)).toBe(true);
    expect(got[3]![0]).toBe(large.toString());
  });
});

describe('what a listener is given is its own', () => {
  it('shares no memory with what was read', async () => {
    const [it_] = await watched();
    const { peer, websocket, chunks } = it_!;
    const got = record(websocket, 'message');
    const pings = record(websocket, 'ping');
    const pongs = record(websocket, 'pong');
    const sizes = [0, 1, 125, 126, 5000, 30_000];
    peer.write(
      ...sizes.map((size) => frame(2, Buffer.alloc(size, 7))),
      frame(9, 'i'),
      frame(10, 'o'),
    );
    await eventually(() => pongs.length === 1);
    expect(got.map(([message]) => message.length)).toEqual(sizes);
    const kept = [...got, ...pings, ...pongs].map(([bytes]) => bytes as Buffer);
    for (const chunk of chunks) {
      expect(kept.every(({ buffer }) => buffer !== chunk.buffer)).toBe(true);
      chunk.fill(0xff);
    }
    expect(kept.every((bytes) => !bytes.includes(0xff))).toBe(true);
  });

  it('throwing surfaces and disturbs nobody: not the other listeners, not the connection', async () => {
    const errors = uncaught();
    const { client, server } = await pair();
    server.on('message', () => {
      throw new Error('a mistake');
    });
    const got = record(server, 'message');
    client.send('one');
    client.send('two');
    await eventually(() => got.length === 2);
    expect(errors).toEqual([new Error('a mistake'), new Error('a mistake')]);
    expect(server.state).toBe('open');
    expect(await client.ping()).toBeGreaterThanOrEqual(0);
  });

  it('off, and what on gave, both take a listener away', async () => {
    const { client, server } = await pair();
    const seen: string[] = [];
    const one = (): void => void seen.push('one');
    server.on('message', one);
    const stop = server.on('message', () => void seen.push('two'));
    const got = record(server, 'message');
    client.send('');
    await eventually(() => got.length === 1);
    server.off('message', one);
    stop();
    client.send('');
    await eventually(() => got.length === 2);
    expect(seen).toEqual(['one', 'two']);
  });
});

describe('backpressure', () => {
  const chunk = Buffer.alloc(100_000, 1);

  it('bufferedBytes grows and falls; send gives false; drained resolves, and tells', async () => {
    const [it_] = await watched();
    const { peer, websocket } = it_!;
    const events = record(websocket, 'drained');
    peer.socket.pause();
    let sent = 0;
    while (websocket.send(chunk)) {
      sent += 1;
      await turnOver();
    }
    sent += 1;
    expect(websocket.bufferedBytes).toBeGreaterThan(262_144);
    let isDrained = false;
    const drained = websocket.drained().then(() => {
      isDrained = true;
    });
    await turnOver();
    expect([isDrained, events.length]).toEqual([false, 0]);
    peer.socket.resume();
    await drained;
    expect(websocket.bufferedBytes).toBeLessThanOrEqual(65_536);
    expect(events.length).toBe(1);
    expect((await peer.frames(sent)).length).toBe(sent);
    await eventually(() => websocket.bufferedBytes === 0);
  });

  it('drained resolves also when the system takes everything at once', async () => {
    const { client, server } = await pair();
    const got = record(client, 'message');
    const events = record(server, 'drained');
    expect(server.send(Buffer.alloc(300_000))).toBe(false);
    await server.drained();
    expect(events.length).toBe(1);
    await eventually(() => got.length === 1);
  });

  it('a mark of 0 is reached whenever nothing waits', async () => {
    const { server, client } = await pair({ highWaterBytes: 0 });
    const got = record(client, 'message');
    for (let i = 0; i < 3; i += 1) {
      expect(server.send('x')).toBe(false);
      await server.drained();
      expect(server.bufferedBytes).toBe(0);
    }
    await eventually(() => got.length === 3);
  });

  it('drained resolves at once when little waits', async () => {
    const { server } = await pair();
    expect(server.send('x')).toBe(true);
    await server.drained();
    expect(server.bufferedBytes).toBeLessThanOrEqual(3);
  });

  it('a peer that never reads is closed with 1008 at the bound, and is gone when its time is up', async () => {
    const clock = new HandClock();
    const options = { maxBufferedBytes: 1_000_000, closeWithinMs: 3000 };
    const { endpoint, port, accepted } = await serve(options, () => {}, { clock });
    const peer = await RawPeer.open(port);
    peer.socket.pause();
    const websocket = await accepted();
    const closings = record(websocket, 'closed');
    let most = 0;
    while (websocket.state === 'open') {
      websocket.send(chunk);
      most = Math.max(most, websocket.bufferedBytes);
      await turnOver();
    }
    expect(most).toBeLessThan(1_000_000 + 2 * 100_020);
    expect(websocket.send('ignored')).toBe(false);
    const drained = websocket.drained();
    clock.advance(2900);
    await turnOver();
    expect(closings).toEqual([]);
    clock.advance(200);
    await eventually(() => closings.length === 1);
    expect(closings[0]![0]).toMatchObject({
      code: 1008,
      clean: false,
      fault: { name: 'READS_TOO_SLOWLY' },
    });
    await expect(drained).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(endpoint.websockets.size).toBe(0);
    expect(websocket.bufferedBytes).toBe(0);
  });

  it('over TLS the bound is the same', async () => {
    const certificate = makeCertificate({ addresses: ['127.0.0.1'] });
    const clock = new HandClock();
    const endpoint = newEndpoint({ clock });
    const opened: Websocket[] = [];
    endpoint.mount(
      '/',
      { maxBufferedBytes: 1_000_000 },
      (websocket) => void opened.push(websocket),
    );
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1', tls: certificate });
    const socket = connectTls({ port, host: '127.0.0.1', ca: certificate.cert });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.write(upgradeHead());
    await eventually(() => opened.length === 1);
    socket.pause();
    const websocket = opened[0]!;
    const closings = record(websocket, 'closed');
    while (websocket.state === 'open') {
      websocket.send(chunk);
      await turnOver();
    }
    clock.advance(5100);
    await eventually(() => closings.length === 1);
    expect(closings[0]![0]).toMatchObject({ code: 1008, fault: { name: 'READS_TOO_SLOWLY' } });
    expect(endpoint.websockets.size).toBe(0);
  });

  it('a slow reader hears what it was sent, whatever the others are told meanwhile', async () => {
    const all = await watched(() => {}, 3);
    const [slow, ...others] = all;
    slow!.peer.socket.pause();
    let sent = 0;
    while (slow!.websocket.bufferedBytes === 0) {
      slow!.websocket.send(Buffer.alloc(10_000, sent));
      sent += 1;
      await turnOver();
    }
    for (let i = 0; i < 20; i += 1) {
      slow!.websocket.send(`small ${i}`);
      others.forEach(({ websocket }) => void websocket.send(Buffer.alloc(3000, 0xee)));
      await turnOver();
    }
    slow!.peer.socket.resume();
    const frames = await slow!.peer.frames(sent + 20);
    frames.slice(0, sent).forEach(({ payload }, i) => {
      expect(payload.equals(Buffer.alloc(10_000, i))).toBe(true);
    });
    expect(payloads(frames.slice(sent))).toEqual(
      Array.from({ length: 20 }, (_, i) => `small ${i}`),
    );
  });
});

describe('B5 what is sent is checked', () => {
  it.each([
    ['a text', 'tëxt', 1, Buffer.from('tëxt')],
    ['bytes', new Uint8Array([1, 2]), 2, Buffer.from([1, 2])],
    ['an ArrayBuffer', new Uint8Array([3]).buffer, 2, Buffer.from([3])],
    ['nothing in a text', '', 1, Buffer.alloc(0)],
    ['a prepared text', prepare('p'), 1, Buffer.from('p')],
    [
      'large shared bytes',
      new Uint8Array(new SharedArrayBuffer(20_000)).fill(5),
      2,
      Buffer.alloc(20_000, 5),
    ],
  ])('%s: exactly its bytes', async (_what, message, opcode, payload) => {
    const [it_] = await watched();
    it_!.websocket.send(message);
    expect(await it_!.peer.frames(1)).toEqual([{ final: true, opcode, payload }]);
  });

  it.each([
    ['a number', 4096],
    ['a Float32Array', new Float32Array(4)],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a SharedArrayBuffer', new SharedArrayBuffer(4)],
    ['nothing', undefined],
  ])('%s is refused, as a message and as a reason', async (_what, wrong) => {
    const [it_] = await watched();
    const { websocket, writes } = it_!;
    const refusal = expect.objectContaining({ name: 'UsageError', code: 'PAYLOAD_INVALID' });
    expect(() => websocket.send(wrong as never)).toThrow(refusal);
    if (wrong !== undefined) {
      expect(() => void websocket.close(1000, wrong as never)).toThrow(refusal);
    }
    await turnOver();
    expect(websocket.state).toBe('open');
    expect(writes).toEqual([]);
  });

  it('a detached buffer is refused', async () => {
    const [it_] = await watched();
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    for (const gone of [bytes, bytes.buffer]) {
      expect(() => it_!.websocket.send(gone)).toThrow(
        expect.objectContaining({ code: 'PAYLOAD_INVALID' }),
      );
    }
  });

  it('a ping carries what we put into it, whatever it is called with', async () => {
    const [it_] = await watched();
    void (it_!.websocket.ping as (payload: unknown) => unknown).call(it_!.websocket, 100);
    expect((await it_!.peer.frames(1))[0]?.payload.toString()).toMatch(/^ping \d+$/);
  });

  it.each([
    [999, '', 'CLOSE_CODE_INVALID'],
    [1005, '', 'CLOSE_CODE_INVALID'],
    [1006, '', 'CLOSE_CODE_INVALID'],
    [5000, '', 'CLOSE_CODE_INVALID'],
    [3000.5, '', 'CLOSE_CODE_INVALID'],
    ['1000' as never, '', 'CLOSE_CODE_INVALID'],
    [1000, 'é'.repeat(62), 'CLOSE_REASON_TOO_LONG'],
  ])('close(%j, %j) is %s', async (code, reason, expected) => {
    const [it_] = await watched();
    expect(() => void it_!.websocket.close(code, reason)).toThrow(
      expect.objectContaining({ code: expected }),
    );
    expect(it_!.websocket.state).toBe('open');
  });
});

describe('§7 closing', () => {
  const end = async (websocket: Websocket): Promise<Closing> =>
    (await next(websocket, 'closed'))[0];
  const clean = (code: number, reason = ''): Closing => ({
    code,
    reason,
    clean: true,
    fault: undefined,
  });
  const cut: Closing = { code: 1006, reason: '', clean: false, fault: undefined };

  it.each(['client', 'server'] as const)('by the %s', async (side) => {
    const both = await pair();
    const other = side === 'client' ? both.server : both.client;
    const theirs = end(other);
    const ours = end(both[side]);
    const promise = both[side].close(3456, 'reasons');
    expect(both[side].state).toBe('closing');
    expect(await theirs).toEqual(clean(3456, 'reasons'));
    expect(await promise).toEqual(clean(3456, 'reasons'));
    expect(await ours).toEqual(clean(3456, 'reasons'));
    expect([both.client.state, both.server.state]).toEqual(['closed', 'closed']);
    expect(await both[side].close()).toEqual(clean(3456, 'reasons'));
  });

  it('by both at once', async () => {
    const { client, server } = await pair();
    const closings = await Promise.all([client.close(4001, 'c'), server.close(4002, 's')]);
    expect(closings).toEqual([clean(4002, 's'), clean(4001, 'c')]);
  });

  it.each(['client', 'server'] as const)('cut by the %s', async (side) => {
    const both = await pair();
    const closings = Promise.all([end(both.client), end(both.server)]);
    both[side].terminate();
    both[side].terminate();
    expect(both[side].state).toBe('closing');
    expect(() => both[side].send('more')).toThrow(
      expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }),
    );
    expect(await closings).toEqual([cut, cut]);
  });

  it('inside of a message: what was sent before leaves before it', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', (message) => {
        if (websocket.state === 'open') {
          websocket.send(`last ${String(message)}`);
          void websocket.close(4000);
        }
      }),
    );
    const { peer, websocket } = it_!;
    const messages = record(websocket, 'message');
    const closings = record(websocket, 'closed');
    peer.write(text('one'), text('two'));
    expect((await peer.frames(2)).map(({ opcode }) => opcode)).toEqual([1, 8]);
    // Messages may come until the Close does.
    expect(messages).toEqual([['one'], ['two']]);
    peer.write(closeFrame(4000), text('after'));
    peer.socket.end();
    await eventually(() => closings.length === 1);
    expect(closings).toEqual([[clean(4000)]]);
    expect(messages.length).toBe(2);
  });

  it('terminate inside of a message: it was the last', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', () => websocket.terminate()),
    );
    const { peer, websocket } = it_!;
    const messages = record(websocket, 'message');
    const closings = record(websocket, 'closed');
    peer.write(text('one'), text('two'), closeFrame(1000));
    await eventually(() => closings.length === 1);
    expect(messages).toEqual([['one']]);
    expect(closings).toEqual([[cut]]);
  });

  it('closed comes once, last, and with everything settled', async () => {
    const { client, server } = await pair();
    const order: string[] = [];
    const pong = server.ping();
    server.terminate();
    server.on('closed', () => order.push(`closed ${server.state}`));
    server.on('message', () => order.push('message'));
    client.send('late');
    await expect(pong).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    await end(client);
    await turnOver();
    expect(order).toEqual(['closed closed']);
    await expect(server.drained()).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(() => void server.ping()).toThrow(expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }));
    await expect(client.ping()).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(client.send('x')).toBe(false);
    server.pause();
    server.resume();
  });

  it('sending after your own close is your mistake, after the close of the peer it is not', async () => {
    const { client, server } = await pair();
    const theirs = end(server);
    void client.close();
    expect(() => client.send('x')).toThrow(expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }));
    expect(() => void client.ping()).toThrow(expect.objectContaining({ code: 'SEND_AFTER_CLOSE' }));
    await theirs;
    expect(server.send('x')).toBe(false);
  });

  it('a peer that ends its side without a Close is 1006', async () => {
    const [it_] = await watched();
    const closing = end(it_!.websocket);
    it_!.peer.socket.end();
    expect(await closing).toEqual(cut);
    await it_!.peer.closed();
  });

  it('nobody has to wait for what breaks', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    onTestFinished(() => void process.off('unhandledRejection', listener));
    const { client, server } = await pair();
    void server.ping();
    server.send(Buffer.alloc(300_000));
    void server.drained();
    client.terminate();
    await end(server);
    void server.drained();
    void server.ping();
    await turnOver();
    expect(unhandled).toEqual([]);
  });
});

describe('§5.5 pings', () => {
  it('give the time of the way there and back, and several wait for one', async () => {
    const [it_] = await watched();
    const { peer, websocket } = it_!;
    const times = Promise.all([websocket.ping(), websocket.ping()]);
    const pings = await peer.frames(1);
    expect(pings.map(({ opcode }) => opcode)).toEqual([9]);
    const pongs = record(websocket, 'pong');
    peer.write(frame(10, 'another'), frame(10, pings[0]!.payload));
    const [one, other] = await times;
    expect(one).toBe(other);
    expect(websocket.roundTripMs).toBe(one);
    expect(pongs.map(([, time]) => time)).toEqual([undefined, one]);
    expect(parseInt(pings[0]!.payload.toString().slice(5), 10)).toBeGreaterThan(0);
  });

  it('of the peer are answered without us, and told', async () => {
    const { client, server } = await pair();
    const pings = record(server, 'ping');
    expect(await client.ping()).toBeGreaterThanOrEqual(0);
    expect(pings.length).toBe(1);
  });

  it('that were under way when reading stopped are answered when it goes on', async () => {
    const { client, server } = await pair();
    const time = server.ping();
    server.pause();
    client.send('x');
    await turnOver();
    server.resume();
    expect(await time).toBeGreaterThanOrEqual(0);
    expect(await server.ping()).toBeGreaterThanOrEqual(0);
  });

  it('a silent peer is gone after ping and pong', async () => {
    const clock = new HandClock();
    const { port, accepted } = await serve({}, () => {}, { clock });
    const peer = await RawPeer.open(port);
    const websocket = await accepted();
    const closing = next(websocket, 'closed');
    clock.advance(15_000);
    expect((await peer.frames(1)).map(({ opcode }) => opcode)).toEqual([9]);
    clock.advance(5_100);
    expect((await closing)[0]).toMatchObject({ code: 1006, fault: { name: 'PONG_MISSING' } });
    await peer.ended();
  });
});

describe('pause', () => {
  it('in the middle of a chunk: the rest is told after resume', async () => {
    const [it_] = await watched((websocket) =>
      websocket.on('message', (message) => message === 'two' && websocket.pause()),
    );
    const { peer, websocket } = it_!;
    const messages = record(websocket, 'message');
    peer.write(text('one'), text('two'), text('three'));
    await eventually(() => messages.length === 2);
    peer.write(text('four'));
    await turnOver();
    expect(messages).toEqual([['one'], ['two']]);
    websocket.resume();
    await eventually(() => messages.length === 4);
    expect(messages.slice(2)).toEqual([['three'], ['four']]);
  });
});
