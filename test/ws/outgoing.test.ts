import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { constants, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type AgreedCompression,
  compressionDefaults,
  Drive,
  makeEngine,
  SocketLine,
  systemClock,
} from '../../src/endpoint/index.ts';
import { connectionOptions } from '../../src/protocol/index.ts';
import { Outgoing } from '../../src/ws/outgoing.ts';
import { parseFrames, turnOver } from '../endpoint/support.ts';

const text = { binary: false, final: true, compress: true };
const binary = { ...text, binary: true };

/** A socket that takes bytes when it is let. */
function opened(deflate?: AgreedCompression) {
  const waiting: (() => void)[] = [];
  const written: Buffer[] = [];
  let takes = true;
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      written.push(Buffer.from(chunk));
      if (takes) {
        done();
      } else {
        waiting.push(done);
      }
    },
  });
  const said: string[] = [];
  const engine = makeEngine(systemClock);
  const drive: Drive = new Drive(
    new SocketLine(socket),
    'server',
    connectionOptions({}),
    engine,
    {
      onMessage() {},
      onPing() {},
      onPong() {},
      onProgress: () => outgoing.progress(),
      onClosed: () => outgoing.end(),
    },
    { deflate },
  );
  const outgoing: Outgoing = new Outgoing(
    drive,
    {
      threw: (error) => said.push(`threw ${String(error)}`),
      blobFailed: (error) => said.push(`failed ${error.message}`),
    },
    deflate !== undefined,
  );
  drive.start(Buffer.alloc(0), () => {});
  const note = (name: string) => (error?: Error) => {
    said.push(error === undefined ? name : `${name}: ${error.message}`);
  };
  return {
    outgoing,
    drive,
    socket,
    said,
    note,
    hold: () => {
      takes = false;
    },
    takeOne: () => waiting.shift()!(),
    release: () => {
      takes = true;
      for (const done of waiting.splice(0)) {
        done();
      }
    },
    raw: () => Buffer.concat(written),
    frames: () => parseFrames(Buffer.concat(written)).frames,
    sent: () => parseFrames(Buffer.concat(written)).frames.map(({ payload }) => String(payload)),
  };
}

/** Without takeover each message can be inflated alone. */
const compressed: AgreedCompression = {
  agreed: {
    sendWindowBits: 15,
    sendContextTakeover: false,
    receiveWindowBits: 15,
    receiveContextTakeover: false,
  },
  tuning: compressionDefaults,
};
const large = 1_000_000;

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) {
    await turnOver();
  }
};

describe('a callback', () => {
  it('comes when the bytes have left, in order, and not before', async () => {
    const { outgoing, drive, said, note, hold, release } = opened();
    hold();
    outgoing.message('a', text, note('a'));
    drive.flush();
    outgoing.message('b', text, note('b'));
    await turnOver();
    expect(said).toEqual([]);
    release();
    await until(() => said.length === 2);
    expect(said).toEqual(['a', 'b']);
  });

  it('comes for what has left while more is waiting', async () => {
    const { outgoing, drive, said, note, hold, takeOne } = opened();
    hold();
    outgoing.message(Buffer.alloc(10_000), binary, note('first'));
    await turnOver();
    outgoing.message(Buffer.alloc(600_000), binary, note('second'));
    takeOne();
    await until(() => said.length > 0);
    expect([said, drive.bufferedBytes > 0]).toEqual([['first'], true]);
  });

  it('is told when the connection ends first', async () => {
    const { outgoing, socket, said, note, hold } = opened();
    hold();
    outgoing.message('a', text, note('a'));
    await turnOver();
    socket.destroy();
    await until(() => said.length > 0);
    expect(said).toEqual(['a: The connection ended before the data was sent']);
  });

  it('that throws disturbs no other', async () => {
    const { outgoing, said, note } = opened();
    outgoing.message('a', text, () => {
      throw new Error('mine');
    });
    outgoing.message('b', text, note('b'));
    await until(() => said.length === 2);
    expect(said).toEqual(['threw Error: mine', 'b']);
  });
});

describe('a Blob', () => {
  it('goes out in its place, with what waits behind it counted', async () => {
    const { outgoing, said, note, sent } = opened();
    outgoing.message(new Blob(['blob']), binary, note('blob'));
    outgoing.message('text', text, note('text'));
    outgoing.control('ping', 'ping', note('ping'));
    expect(outgoing.waitingBytes).toBe(12);
    outgoing.close(1000, '');
    await until(() => said.length === 3 && sent().length === 4);
    expect(sent().slice(0, 3)).toEqual(['blob', 'text', 'ping']);
    expect([said, outgoing.waitingBytes]).toEqual([['blob', 'text', 'ping'], 0]);
  });

  it('that cannot be read is told to its callback, to those behind it, and to the owner', async () => {
    const { outgoing, said, note } = opened();
    const blob = new Blob(['a']);
    Object.defineProperty(blob, 'arrayBuffer', { value: () => Promise.reject(new Error('gone')) });
    outgoing.message(blob, binary, note('blob'));
    outgoing.message('text', text, note('text'));
    await until(() => said.length === 3);
    expect(said).toEqual(['blob: gone', 'text: gone', 'failed gone']);
  });

  it('is not sent when the connection ended while it was read', async () => {
    const { outgoing, drive, said, note, sent } = opened();
    outgoing.message(new Blob(['a']), binary, note('blob'));
    drive.terminate();
    await until(() => said.length > 0);
    expect(said).toEqual(['blob: The socket was closed while the blob was being read']);
    expect(sent()).toEqual([]);
  });
});

describe('a control frame', () => {
  it('carries 125 bytes at the most', () => {
    const { outgoing } = opened();
    const tooLong = new RangeError('The data size must not be greater than 125 bytes');
    expect(() => outgoing.control('ping', '€'.repeat(42), undefined)).toThrow(tooLong);
    expect(() => outgoing.control('pong', new Blob(['a'.repeat(126)]), undefined)).toThrow(tooLong);
    expect(() => outgoing.control('pong', Buffer.alloc(125), undefined)).not.toThrow();
  });
});

describe('bytes', () => {
  it('may be changed once they are sent, however many they are', async () => {
    for (const length of [10, 16_383, 16_384, 100_000]) {
      const { outgoing, sent } = opened();
      const bytes = Buffer.alloc(length, 'a');
      outgoing.message(bytes, binary, undefined);
      bytes.fill('b');
      await until(() => sent().length === 1);
      expect(sent()[0]).toBe('a'.repeat(length));
    }
  });
});

describe('a message that is compressed elsewhere', () => {
  const inflated = (payload: Uint8Array): string =>
    String(inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }));

  it('has its callback when its bytes have left, in order, and not before', async () => {
    const { outgoing, drive, said, note, hold, release, frames } = opened(compressed);
    hold();
    outgoing.message(Buffer.alloc(large, 'a'), binary, note('a'));
    outgoing.message('b', text, note('b'));
    outgoing.control('ping', 'p', note('ping'));
    outgoing.message(Buffer.alloc(large, 'c'), binary, note('c'));
    expect(drive.connection.waitingFrames).toBe(3);
    await until(() => drive.connection.waitingFrames === 0);
    await turnOver();
    expect([drive.connection.passedFrames, said]).toEqual([3, []]);
    release();
    await until(() => said.length === 4);
    expect(said).toEqual(['a', 'b', 'ping', 'c']);
    expect(drive.sentBytes).toBeLessThan(10_000);
    // A ping may pass what waits.
    const [first, ...rest] = frames().map(({ payload }) => payload);
    expect([String(first), rest.map(({ length }) => length > 1)]).toEqual([
      'p',
      [true, false, true],
    ]);
  });

  it('has its callback though nothing is sent after it', async () => {
    const { outgoing, said, note } = opened(compressed);
    outgoing.message(Buffer.alloc(large, 'a'), binary, note('a'));
    await until(() => said.length === 1);
  });

  it('that is done has its callback while the next is not', async () => {
    const { outgoing, drive, said, note } = opened(compressed);
    outgoing.message(Buffer.alloc(20_000, 'a'), binary, note('small'));
    outgoing.message(randomBytes(5 * large), binary, note('large'));
    await until(() => said.length === 1);
    expect([said, drive.connection.waitingFrames]).toEqual([['small'], 1]);
    await until(() => said.length === 2);
  });

  it('and was not when the connection ended is told so', async () => {
    const { outgoing, drive, said, note } = opened(compressed);
    outgoing.message(Buffer.alloc(large), binary, note('a'));
    outgoing.message('b', text, note('b'));
    drive.terminate();
    await until(() => said.length === 2);
    const ended = 'The connection ended before the data was sent';
    expect(said).toEqual([`a: ${ended}`, `b: ${ended}`]);
  });

  it('may be changed once it is sent, and so may what waits behind it', async () => {
    const { outgoing, frames } = opened(compressed);
    const payloads = [Buffer.alloc(large, 'a'), Buffer.alloc(20_000, 'a')];
    outgoing.message(payloads[0], binary, undefined);
    outgoing.message(payloads[1], { ...binary, compress: false }, undefined);
    for (const payload of payloads) {
      payload.fill('b');
    }
    await until(() => frames().length === 2);
    const [first, second] = frames().map(({ payload }) => payload);
    expect(inflated(first!)).toBe('a'.repeat(large));
    expect(String(second)).toBe('a'.repeat(20_000));
  });

  it('waits for its turn before the Close frame', async () => {
    const { outgoing, frames, note, said } = opened(compressed);
    outgoing.message(Buffer.alloc(large, 'a'), binary, note('a'));
    outgoing.close(1000, '');
    await until(() => frames().length === 2);
    expect(inflated(frames()[0]!.payload)).toBe('a'.repeat(large));
    expect(said).toEqual(['a']);
  });
});

describe('`compress`', () => {
  it.each([
    [true, 0xc2],
    [false, 0x82],
  ])('%s: the first byte is %i', async (compress, first) => {
    const { outgoing, raw } = opened(compressed);
    outgoing.message(Buffer.alloc(2000), { ...binary, compress }, undefined);
    await until(() => raw().length > 0);
    expect(raw()[0]).toBe(first);
  });
});
