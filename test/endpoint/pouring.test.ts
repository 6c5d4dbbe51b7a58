/** `sendStream`: one message from a source, as its peer sees it. */
import { describe, expect, it } from 'vitest';
import { dial, type Websocket } from '../../src/endpoint/index.ts';
import {
  closeFrame,
  eventually,
  next,
  type RawFrame,
  RawPeer,
  serve,
  turnOver,
} from './support.ts';
import { watched } from './watched.ts';

async function open(options = {}): Promise<{ peer: RawPeer; websocket: Websocket }> {
  const { port, accepted } = await serve(options);
  const peer = await RawPeer.open(port);
  return { peer, websocket: await accepted() };
}

/** Frames as lines: opcode, whether it is the last, payload. */
const lines = (frames: readonly RawFrame[]): string[] =>
  frames.map(({ opcode, final, payload }) => `${opcode}${final ? '.' : ''} ${payload.toString()}`);

describe('sendStream', () => {
  it('each chunk is a fragment that leaves at once; an empty one ends the message', async () => {
    const { peer, websocket } = await open();
    let goOn = (): void => {};
    async function* chunks(): AsyncGenerator<string> {
      yield 'one';
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield 'two';
    }
    const sent = websocket.sendStream(chunks());
    expect(lines(await peer.frames(1))).toEqual(['1 one']);
    goOn();
    await sent;
    expect(lines(await peer.frames(2))).toEqual(['0 two', '0. ']);
  });

  it.each([
    ['strings', ['a', 'b'], undefined, 1],
    ['bytes', [Buffer.from('a'), new Uint8Array([98]).buffer], undefined, 2],
    ['bytes that are text', [Buffer.from('a'), 'b'], true, 1],
    ['strings that are not', ['a', 'b'], false, 2],
  ] as const)('of %s has the kind of its first chunk, or the one that is given', async (...row) => {
    const [, chunks, text, opcode] = row;
    const { peer, websocket } = await open();
    await websocket.sendStream(chunks, text === undefined ? {} : { text });
    expect(lines(await peer.frames(3))).toEqual([`${opcode} a`, '0 b', '0. ']);
  });

  it('of nothing is an empty message; empty chunks are left out', async () => {
    const { peer, websocket } = await open();
    await websocket.sendStream([]);
    await websocket.sendStream([], { text: true });
    await websocket.sendStream(['', 'a', '']);
    expect(lines(await peer.frames(4))).toEqual(['2. ', '1. ', '1 a', '0. ']);
  });

  it('a pair of surrogates that is cut between chunks arrives as its character', async () => {
    const { url, accepted } = await serve();
    const client = await dial(url);
    const message = next(client, 'message');
    await (await accepted()).sendStream([
      'a\ud83d',
      '\ude00',
      'b\ud83d',
      Buffer.from('c'),
      '\ud83d',
    ]);
    expect(await message).toEqual(['a😀b\ufffdc\ufffd']);
  });

  it('a large chunk leaves in several fragments, and the source may use its memory again', async () => {
    const { peer, websocket } = await open();
    const memory = Buffer.alloc(100_000);
    function* chunks(): Generator<Buffer> {
      yield memory.fill('a');
      yield memory.fill('b');
    }
    await websocket.sendStream(chunks());
    const frames = await peer.frames(5);
    expect(frames.map(({ payload }) => payload.length)).toEqual([
      65_536, 34_464, 65_536, 34_464, 0,
    ]);
    expect(Buffer.concat(frames.map(({ payload }) => payload)).toString()).toBe(
      'a'.repeat(100_000) + 'b'.repeat(100_000),
    );
  });

  it('asks the source for no more while the peer does not read', async () => {
    const [it_] = await watched();
    const { peer, websocket } = it_!;
    peer.socket.pause();
    let asked = 0;
    function* endless(): Generator<Buffer> {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(65_536);
      }
    }
    const sent = websocket.sendStream(endless());
    let before = -1;
    while (before !== asked) {
      before = asked;
      for (let i = 0; i < 50; i += 1) {
        await turnOver();
      }
    }
    expect(websocket.bufferedBytes).toBeGreaterThan(262_144);
    expect(websocket.bufferedBytes).toBeLessThan(262_144 + 65_536 + 100);
    peer.socket.resume();
    await eventually(() => asked > before + 20);
    websocket.terminate();
    await expect(sent).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED' });
  });

  it('a source that always has more leaves others a turn', async () => {
    const { peer, websocket } = await open();
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) {
        setImmediate(count);
      }
    };
    setImmediate(count);
    await websocket.sendStream(Array.from({ length: 40_000 }, () => 'x'));
    isOver = true;
    // 65 bytes count for each: more than nine turns of 256 KiB.
    expect(turns).toBeGreaterThanOrEqual(9);
    await peer.frames(40_001);
  });

  it('pings are answered between fragments', async () => {
    const { peer, websocket } = await open();
    let goOn = (): void => {};
    async function* chunks(): AsyncGenerator<string> {
      yield 'a';
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
    const sent = websocket.sendStream(chunks());
    await peer.frames(1);
    peer.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
    expect(lines(await peer.frames(1))).toEqual(['10. ']);
    void websocket.ping();
    expect((await peer.frames(1))[0]!.opcode).toBe(9);
    goOn();
    await sent;
  });
});

describe('a source that fails', () => {
  const broken = new Error('the disk is gone');
  async function* breaksAfter(chunks: readonly unknown[]): AsyncGenerator<string> {
    yield* chunks as string[];
    throw broken;
  }

  it('in the middle of the message closes with 1011, and the promise rejects with what it threw', async () => {
    const { peer, websocket } = await open();
    await expect(websocket.sendStream(breaksAfter(['one']))).rejects.toBe(broken);
    const frames = await peer.frames(2);
    expect(frames.map(({ opcode }) => opcode)).toEqual([1, 8]);
    expect(frames[1]!.payload.readUInt16BE(0)).toBe(1011);
    // That was not the application: it may go on as if the peer had closed.
    expect(websocket.send('more')).toBe(false);
  });

  it('before anything has left disturbs nobody', async () => {
    const { peer, websocket } = await open();
    await expect(websocket.sendStream(breaksAfter([]))).rejects.toBe(broken);
    await expect(websocket.sendStream(breaksAfter(['']))).rejects.toBe(broken);
    const gives = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 7 }) }) };
    await expect(websocket.sendStream(gives as never)).rejects.toMatchObject({
      code: 'PAYLOAD_INVALID',
    });
    const refuses = {
      [Symbol.asyncIterator]: () => {
        throw broken;
      },
    };
    await expect(websocket.sendStream(refuses)).rejects.toBe(broken);
    websocket.send('still here');
    expect(lines(await peer.frames(1))).toEqual(['1. still here']);
  });

  it('B5: by a chunk that is none closes with 1011 too, and is told to stop', async () => {
    for (const wrong of [
      7,
      undefined,
      null,
      {},
      new Float32Array(1),
      new DataView(new ArrayBuffer(1)),
    ]) {
      const { peer, websocket } = await open();
      let stopped = 0;
      const chunks = {
        count: 0,
        [Symbol.iterator]() {
          return this;
        },
        next() {
          this.count += 1;
          return { done: false, value: this.count === 1 ? 'ok' : wrong };
        },
        return() {
          stopped += 1;
          throw new Error('not heard');
        },
      };
      const sent = websocket.sendStream(chunks as unknown as Iterable<string>);
      await expect(sent).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
      expect((await peer.frames(2)).map(({ opcode }) => opcode)).toEqual([1, 8]);
      expect(stopped).toBe(1);
    }
  });
});

describe('a websocket that closes meanwhile', () => {
  it('rejects at once, also while the source is waited for, and stops the source', async () => {
    for (const act of ['peer', 'us', 'cut'] as const) {
      const { peer, websocket } = await open();
      let isStopped = false;
      const never = {
        count: 0,
        [Symbol.asyncIterator]() {
          return this;
        },
        next(): Promise<IteratorResult<string>> {
          this.count += 1;
          return this.count === 1
            ? Promise.resolve({ done: false, value: 'a' })
            : new Promise(() => {});
        },
        return(): Promise<IteratorResult<string>> {
          isStopped = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      };
      const sent = websocket.sendStream(never);
      await peer.frames(1);
      if (act === 'peer') {
        peer.write(closeFrame(1000));
      } else if (act === 'us') {
        void websocket.close();
        peer.write(closeFrame(1000));
      } else {
        peer.socket.destroy();
      }
      void peer.ended().then(() => peer.socket.end());
      await expect(sent).rejects.toMatchObject({ code: 'WEBSOCKET_CLOSED', retryable: true });
      expect(isStopped).toBe(true);
    }
  });

  it('does not end a process that did not wait for it', async () => {
    const { peer, websocket } = await open();
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    void websocket.sendStream(['a'], {});
    void websocket.sendStream({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    });
    await peer.frames(2);
    websocket.terminate();
    await eventually(() => websocket.state === 'closed');
    void websocket.sendStream(['b']).catch(() => {});
    await turnOver();
    await turnOver();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
