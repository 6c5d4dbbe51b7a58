import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Drive, makeEngine, SocketLine, systemClock } from '../../src/endpoint/index.ts';
import { connectionOptions } from '../../src/protocol/index.ts';
import { Outgoing } from '../../src/ws/outgoing.ts';
import { parseFrames, turnOver } from '../endpoint/support.ts';

/** A socket that takes bytes when it is let. */
function opened() {
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
  const drive: Drive = new Drive(new SocketLine(socket), 'server', connectionOptions({}), engine, {
    onMessage() {},
    onPing() {},
    onPong() {},
    onProgress: () => outgoing.progress(),
    onClosed: () => outgoing.end(),
  });
  const outgoing: Outgoing = new Outgoing(drive, {
    threw: (error) => said.push(`threw ${String(error)}`),
    blobFailed: (error) => said.push(`failed ${error.message}`),
  });
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
    sent: () => parseFrames(Buffer.concat(written)).frames.map(({ payload }) => String(payload)),
  };
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) {
    await turnOver();
  }
};

describe('a callback', () => {
  it('comes when the bytes have left, in order, and not before', async () => {
    const { outgoing, drive, said, note, hold, release } = opened();
    hold();
    outgoing.message('a', false, true, note('a'));
    drive.flush();
    outgoing.message('b', false, true, note('b'));
    await turnOver();
    expect(said).toEqual([]);
    release();
    await until(() => said.length === 2);
    expect(said).toEqual(['a', 'b']);
  });

  it('comes for what has left while more is waiting', async () => {
    const { outgoing, drive, said, note, hold, takeOne } = opened();
    hold();
    outgoing.message(Buffer.alloc(10_000), true, true, note('first'));
    await turnOver();
    outgoing.message(Buffer.alloc(600_000), true, true, note('second'));
    takeOne();
    await until(() => said.length > 0);
    expect([said, drive.bufferedBytes > 0]).toEqual([['first'], true]);
  });

  it('is told when the connection ends first', async () => {
    const { outgoing, socket, said, note, hold } = opened();
    hold();
    outgoing.message('a', false, true, note('a'));
    await turnOver();
    socket.destroy();
    await until(() => said.length > 0);
    expect(said).toEqual(['a: The connection ended before the data was sent']);
  });

  it('that throws disturbs no other', async () => {
    const { outgoing, said, note } = opened();
    outgoing.message('a', false, true, () => {
      throw new Error('mine');
    });
    outgoing.message('b', false, true, note('b'));
    await until(() => said.length === 2);
    expect(said).toEqual(['threw Error: mine', 'b']);
  });
});

describe('a Blob', () => {
  it('goes out in its place, with what waits behind it counted', async () => {
    const { outgoing, said, note, sent } = opened();
    outgoing.message(new Blob(['blob']), true, true, note('blob'));
    outgoing.message('text', false, true, note('text'));
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
    outgoing.message(blob, true, true, note('blob'));
    outgoing.message('text', false, true, note('text'));
    await until(() => said.length === 3);
    expect(said).toEqual(['blob: gone', 'text: gone', 'failed gone']);
  });

  it('is not sent when the connection ended while it was read', async () => {
    const { outgoing, drive, said, note, sent } = opened();
    outgoing.message(new Blob(['a']), true, true, note('blob'));
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
      outgoing.message(bytes, true, true, undefined);
      bytes.fill('b');
      await until(() => sent().length === 1);
      expect(sent()[0]).toBe('a'.repeat(length));
    }
  });
});
