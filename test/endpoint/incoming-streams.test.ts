/** `streams`: messages as they come. */
import { describe, expect, it } from 'vitest';
import { IncomingStreams } from '../../src/endpoint/incoming-streams.ts';
import type {
  IncomingStream,
  MountOptions,
  StreamsOptions,
  Websocket,
} from '../../src/endpoint/index.ts';
import {
  closeFrame,
  eventually,
  frame,
  RawPeer,
  record,
  serve,
  text,
  turnOver,
} from './support.ts';

interface Opened {
  readonly peer: RawPeer;
  readonly websocket: Websocket;
  readonly streams: AsyncIterableIterator<IncomingStream>;
}

async function open(options: MountOptions = {}, chosen: StreamsOptions = {}): Promise<Opened> {
  let streams: AsyncIterableIterator<IncomingStream> | undefined;
  const { port, accepted } = await serve(options, (websocket) => {
    streams = websocket.streams(chosen);
  });
  const peer = await RawPeer.open(port);
  return { peer, websocket: await accepted(), streams: streams! };
}

async function whole(stream: IncomingStream): Promise<string> {
  let all = '';
  for await (const piece of stream) {
    all += String(piece);
  }
  return all;
}

const begin = (payload: string, opcode = 2): Buffer => frame(opcode, payload, { first: opcode });
const middle = (payload: string): Buffer => frame(0, payload, { first: 0 });
const end = (payload = ''): Buffer => frame(0, payload);

describe('what waits', () => {
  it('is 128 KiB at the most, and what was read waits no longer', async () => {
    const calls: string[] = [];
    const source = {
      pause: () => void calls.push('pause'),
      resume: () => void calls.push('resume'),
    };
    const streams = new IncomingStreams(source, undefined);
    const piece = Buffer.alloc(65_536);
    const put = (length: number, first = false): void =>
      streams.piece(piece, 0, length, false, first, false);
    put(65_536, true);
    put(65_535);
    expect(calls).toEqual([]);
    put(1);
    expect(calls).toEqual(['pause']);
    const { value } = await streams.next();
    const reader = (value as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    for (let read = 0; read < 131_072; ) {
      const { value: some } = await reader.next();
      read += (some as Buffer).length;
    }
    const waits = reader.next();
    expect(calls).toEqual(['pause', 'resume']);
    put(65_536);
    await waits;
    put(65_536);
    expect(calls).toEqual(['pause', 'resume']);
  });
});

describe('streams', () => {
  it('gives each message with its kind, whole or in fragments, and ends with the websocket', async () => {
    const { peer, websocket, streams } = await open();
    const messages = record(websocket, 'message');
    peer.write(text('one'), begin('tw'), end('o'), frame(2), closeFrame(1000));
    void peer.ended().then(() => peer.socket.end());
    const got: (string | boolean)[][] = [];
    for await (const stream of streams) {
      got.push([stream.text, await whole(stream)]);
    }
    expect(got).toEqual([
      [true, 'one'],
      [false, 'two'],
      [false, ''],
    ]);
    expect(messages).toEqual([]);
  });

  it('gives pieces before the message is over', async () => {
    const { peer, streams } = await open();
    peer.write(begin('first', 1));
    const { value: stream } = await streams.next();
    const pieces = (stream as AsyncIterable<string>)[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toBe('first');
    peer.write(middle('second'));
    expect((await pieces.next()).value).toBe('second');
    peer.write(end());
    expect((await pieces.next()).done).toBe(true);
  });

  it('a message larger than every limit of kept messages passes; maxBytes is its own', async () => {
    const options = { maxMessageBytes: 10, maxFrameBytes: 10, maxFragments: 1 };
    const big = 'x'.repeat(100_000);
    const { peer, streams } = await open(options, { maxBytes: 200_000 });
    peer.write(begin(big), end(big));
    expect((await whole((await streams.next()).value!)).length).toBe(200_000);
    void peer.ended().then(() => peer.socket.end());
    peer.write(begin(big), middle(big), middle('x'));
    await expect(whole((await streams.next()).value!)).rejects.toMatchObject({
      code: 'WEBSOCKET_CLOSED',
    });
    expect((await peer.frames(1))[0]!.payload.readUInt16BE(0)).toBe(1009);
  });

  it('slows the peer down while nobody reads, and loses nothing', async () => {
    const { peer, websocket, streams } = await open();
    peer.write(begin('x'));
    const { value } = await streams.next();
    // More than the buffers of the system and ours take.
    const parts = 400;
    for (let i = 0; i < parts; i += 1) {
      peer.write(middle('y'.repeat(65_536)));
    }
    peer.write(frame(9, 'behind'), end('z'));
    const pings = record(websocket, 'ping');
    let before = Number.POSITIVE_INFINITY;
    while (before !== peer.socket.writableLength) {
      before = peer.socket.writableLength;
      for (let i = 0; i < 100; i += 1) {
        await turnOver();
      }
    }
    expect([before > 0, pings.length]).toEqual([true, 0]);
    const all = await whole(value!);
    expect([all.length, all[0], all.at(-1)]).toEqual([parts * 65_536 + 2, 'x', 'z']);
    expect(pings.length).toBe(1);
  });

  it('sixteen small messages wait, no more', async () => {
    const { peer, websocket, streams } = await open();
    const pongs = record(websocket, 'ping');
    const many = Array.from({ length: 20 }, (_, i) => text(`${i}`));
    peer.write(...many.slice(0, 15), frame(9, 'a'), many[15]!, frame(9, 'b'), ...many.slice(16));
    await eventually(() => pongs.length === 1);
    await turnOver();
    expect(pongs.length).toBe(1);
    for (let i = 0; i < 20; i += 1) {
      expect(await whole((await streams.next()).value!)).toBe(String(i));
    }
    expect(pongs.length).toBe(2);
  });

  it('leaving a message drops its rest, and the next one comes', async () => {
    const { peer, streams } = await open();
    peer.write(begin('one'));
    const { value: stream } = await streams.next();
    for await (const piece of stream!) {
      expect(String(piece)).toBe('one');
      break;
    }
    const next = streams.next();
    peer.write(middle('x'.repeat(300_000)), end('y'), text('two'));
    expect(await whole((await next).value!)).toBe('two');
  });

  it('a message that nobody has begun to read when the next is asked for is left out', async () => {
    const { peer, streams } = await open();
    peer.write(begin('one'));
    const { value: first } = await streams.next();
    const next = streams.next();
    peer.write(middle('x'.repeat(300_000)), end(), text('two'));
    expect(await whole((await next).value!)).toBe('two');
    await expect(whole(first!)).rejects.toMatchObject({ code: 'STREAM_TAKEN' });
  });

  it('one that is being read is waited for', async () => {
    const { peer, streams } = await open();
    peer.write(begin('one'));
    const { value: first } = await streams.next();
    const reading = whole(first!);
    let isNext = false;
    const next = streams.next().then(({ value }) => {
      isNext = true;
      return whole(value!);
    });
    peer.write(middle('more'));
    await turnOver();
    expect(isNext).toBe(false);
    peer.write(end('.'), text('two'));
    expect(await Promise.all([reading, next])).toEqual(['onemore.', 'two']);
  });

  it('leaving the loop drops what comes later, but not the message that is being read', async () => {
    const { peer, streams } = await open();
    peer.write(begin('one'));
    const all = whole((await streams.next()).value!);
    await streams.return!();
    peer.write(middle('two'), end('three'), text('x'.repeat(400_000)), frame(9, 'heard'));
    expect(await all).toBe('onetwothree');
    expect((await peer.frames(1))[0]!.payload.toString()).toBe('heard');
    expect(await streams.next()).toEqual({ done: true, value: undefined });
  });

  it('a Close in the middle of a message cuts it off, and the loop ends as that was clean', async () => {
    const { peer, streams } = await open();
    peer.write(begin('one'), closeFrame(1000));
    void peer.ended().then(() => peer.socket.end());
    const { value: stream } = await streams.next();
    await expect(whole(stream!)).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect(await streams.next()).toEqual({ done: true, value: undefined });
  });

  it('a connection that breaks throws at both', async () => {
    const { peer, streams } = await open();
    peer.write(begin('one'));
    const { value: stream } = await streams.next();
    const reading = whole(stream!);
    peer.socket.resetAndDestroy();
    await expect(reading).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    await expect(streams.next()).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect((await streams.next()).done).toBe(true);
  });

  it('§8.1 a wrong byte ends it with 1007', async () => {
    const { peer, streams } = await open();
    void peer.ended().then(() => peer.socket.end());
    peer.write(begin('a', 1), frame(0, Uint8Array.of(0xff), { first: 0 }));
    const { value: stream } = await streams.next();
    await expect(whole(stream!)).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
    expect((await peer.frames(1))[0]!.payload.readUInt16BE(0)).toBe(1007);
  });

  it('is asked for once, and leaves nothing for an iteration', async () => {
    const { websocket } = await open();
    const taken = expect.objectContaining({ code: 'STREAM_TAKEN' });
    expect(() => websocket.streams()).toThrow(taken);
    expect(() => websocket[Symbol.asyncIterator]()).toThrow(taken);
    const { port, accepted } = await serve();
    await RawPeer.open(port);
    const other = await accepted();
    expect(() => other.streams({ maxBytes: -1 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() => other.streams()).not.toThrow();
  });
});
