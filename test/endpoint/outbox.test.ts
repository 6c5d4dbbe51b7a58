import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/endpoint/outbox.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import { HeldSocket, turnOver } from './support.ts';

interface Sending {
  readonly socket: HeldSocket;
  readonly outbox: Outbox;
  /** Each time the socket had taken all: whether it had been blocked. */
  readonly progress: boolean[];
}

function sending(options: { takes?: boolean } = {}): Sending {
  const socket = new HeldSocket(options);
  socket.on('error', () => {});
  const progress: boolean[] = [];
  const line = new SocketLine(socket);
  const outbox = new Outbox(line, { progress: (wasBlocked) => void progress.push(wasBlocked) });
  line.owner = { turn() {}, halfEnded() {}, ended() {}, written: () => outbox.written() };
  return { socket, outbox, progress };
}

/** As an encoder does: room is made, and filled at once. */
function put(outbox: Outbox, bytes: Uint8Array): void {
  const at = outbox.reserve(bytes.length);
  outbox.buffer.set(bytes, at);
}

const bytes = (value: number, length: number): Buffer => Buffer.alloc(length, value);
const sizes = (socket: HeldSocket): number[] => socket.writes.map(({ length }) => length);

describe('one write per turn', () => {
  it('everything put between hold and release leaves at once, together and in order', () => {
    const { socket, outbox } = sending();
    outbox.hold();
    put(outbox, bytes(1, 10));
    outbox.append(bytes(2, 20));
    put(outbox, bytes(3, 30));
    expect(socket.writes.length).toBe(0);
    expect(outbox.bufferedBytes).toBe(60);
    outbox.release();
    expect(sizes(socket)).toEqual([60]);
    expect(socket.written).toEqual(Buffer.concat([bytes(1, 10), bytes(2, 20), bytes(3, 30)]));
    expect(outbox.bufferedBytes).toBe(0);
  });

  it('everything put outside leaves in one write at the end of the turn of the loop', async () => {
    const { socket, outbox } = sending();
    put(outbox, bytes(1, 10));
    outbox.append(bytes(2, 20));
    put(outbox, bytes(3, 30));
    expect(socket.writes.length).toBe(0);
    await turnOver();
    expect(sizes(socket)).toEqual([60]);
  });

  it('what was put before a turn leaves before what is put in it', async () => {
    const { socket, outbox } = sending();
    put(outbox, bytes(1, 10));
    outbox.hold();
    put(outbox, bytes(2, 10));
    outbox.release();
    put(outbox, bytes(3, 10));
    await turnOver();
    expect(socket.written).toEqual(Buffer.concat([bytes(1, 10), bytes(2, 10), bytes(3, 10)]));
  });

  it("another's turn does not take it along, and is not mixed with it", async () => {
    const one = sending();
    const other = sending();
    one.outbox.hold();
    put(one.outbox, bytes(1, 10));
    other.outbox.hold();
    put(other.outbox, bytes(2, 10));
    put(one.outbox, bytes(1, 10));
    other.outbox.release();
    one.outbox.release();
    await turnOver();
    expect(one.socket.written).toEqual(bytes(1, 20));
    expect(other.socket.written).toEqual(bytes(2, 10));
  });

  it.each([65_536, 65_537, 200_000])('%i bytes in a turn keep their order', async (size) => {
    const { socket, outbox } = sending();
    outbox.hold();
    put(outbox, bytes(1, 100));
    put(outbox, bytes(2, size));
    outbox.append(bytes(3, 5000));
    put(outbox, bytes(4, 100));
    outbox.release();
    await turnOver();
    expect(socket.written).toEqual(
      Buffer.concat([bytes(1, 100), bytes(2, size), bytes(3, 5000), bytes(4, 100)]),
    );
    expect(outbox.bufferedBytes).toBe(0);
  });
});

describe('a socket that is busy', () => {
  it('gets nothing until it has taken what it has, then all that came together', async () => {
    const { socket, outbox, progress } = sending({ takes: false });
    outbox.hold();
    put(outbox, bytes(1, 10));
    outbox.release();
    expect(outbox.isBlocked).toBe(true);
    put(outbox, bytes(2, 10));
    put(outbox, bytes(3, 10));
    await turnOver();
    expect(sizes(socket)).toEqual([10]);
    expect(outbox.bufferedBytes).toBe(30);
    socket.passOn();
    await turnOver();
    expect(sizes(socket)).toEqual([10, 20]);
    expect(outbox.bufferedBytes).toBe(20);
    socket.passOn();
    await turnOver();
    expect(outbox.bufferedBytes).toBe(0);
    expect(outbox.isBlocked).toBe(false);
    expect(progress).toEqual([true, true]);
  });

  it('that keeps the shared bytes keeps them as they were', async () => {
    const slow = sending({ takes: false });
    const quick = sending();
    slow.outbox.hold();
    put(slow.outbox, bytes(1, 1000));
    slow.outbox.release();
    for (let round = 0; round < 3; round += 1) {
      quick.outbox.hold();
      put(quick.outbox, bytes(9, 2000));
      quick.outbox.release();
    }
    put(quick.outbox, bytes(9, 10));
    put(quick.outbox, bytes(9, 10));
    await turnOver();
    expect(slow.socket.written).toEqual(bytes(1, 1000));
    // From the next one on it has bytes of its own.
    slow.socket.passOn();
    await turnOver();
    slow.outbox.hold();
    put(slow.outbox, bytes(2, 1000));
    slow.outbox.release();
    quick.outbox.hold();
    put(quick.outbox, bytes(9, 2000));
    quick.outbox.release();
    expect(slow.socket.writes[1]).toEqual(bytes(2, 1000));
  });

  it('tells progress also when it took everything at once', async () => {
    const { outbox, progress } = sending();
    put(outbox, bytes(1, 1000));
    await turnOver();
    expect(progress).toEqual([false]);
  });
});

describe('what turns leave while the socket is busy', () => {
  it('stands together, in one block for many turns, and leaves whole and in order', async () => {
    const { socket, outbox } = sending({ takes: false });
    put(outbox, bytes(255, 10));
    await turnOver();
    const kept = new Set<ArrayBufferLike>();
    for (let turn = 0; turn < 200; turn += 1) {
      outbox.hold();
      put(outbox, bytes(turn, 10));
      outbox.append(bytes(turn, 10));
      outbox.release();
      kept.add(outbox.buffer.buffer);
    }
    expect(outbox.bufferedBytes).toBe(10 + 200 * 20);
    // One block of 16 KiB holds them all: two hundred small pieces would each keep a page of Node's pool.
    expect([...kept].map(({ byteLength }) => byteLength)).toEqual([16_384]);
    socket.passOn();
    await turnOver();
    const expected = Array.from({ length: 200 }, (_, turn) => bytes(turn, 20));
    expect(socket.writes[1]).toEqual(Buffer.concat(expected));
  });
});

describe('a stream that keeps the chunks it took at once', () => {
  it('is given chunks of its own: what others send does not change them', async () => {
    const keeping = sending();
    const other = sending();
    keeping.outbox.hold();
    put(keeping.outbox, bytes(1, 100));
    keeping.outbox.release();
    put(keeping.outbox, bytes(2, 50));
    put(keeping.outbox, bytes(2, 50));
    await turnOver();
    for (let turn = 0; turn < 3; turn += 1) {
      other.outbox.hold();
      put(other.outbox, bytes(9, 1000));
      other.outbox.release();
    }
    expect(keeping.socket.writes).toEqual([bytes(1, 100), bytes(2, 100)]);
  });
});

describe('what is large leaves in slices', () => {
  it('of 256 KiB, by reference, one after the other', async () => {
    const { socket, outbox } = sending();
    const large = Buffer.alloc(600_000, 7);
    outbox.append(large);
    expect(outbox.bufferedBytes).toBe(600_000);
    await turnOver();
    expect(sizes(socket)).toEqual([262_144, 262_144, 75_712]);
    expect(socket.writes[0]!.buffer).toBe(large.buffer);
    expect(outbox.bufferedBytes).toBe(0);
  });

  it('of 32 KiB to a socket that did not take the one before at once: its progress is seen', async () => {
    const { socket, outbox, progress } = sending({ takes: false });
    const large = Buffer.alloc(300_000, 7);
    outbox.append(large);
    const seen: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      await turnOver();
      seen.push(outbox.bufferedBytes);
      socket.passOn();
    }
    await turnOver();
    expect(sizes(socket)).toEqual([262_144, 32_768, 5_088]);
    expect(seen).toEqual([300_000, 37_856, 5_088]);
    expect(progress).toEqual([true, true, true]);
    expect(outbox.bufferedBytes).toBe(0);
  });

  it('and what is exactly as large as a slice leaves whole', async () => {
    const { socket, outbox } = sending();
    outbox.append(bytes(1, 262_144));
    await turnOver();
    expect(sizes(socket)).toEqual([262_144]);
  });
});

describe('the end', () => {
  it('comes after everything that is owed', async () => {
    const { socket, outbox } = sending({ takes: false });
    put(outbox, bytes(1, 10));
    await turnOver();
    put(outbox, bytes(2, 10));
    outbox.end();
    await turnOver();
    expect(socket.writableEnded).toBe(false);
    socket.passOn();
    await turnOver();
    expect(socket.writableEnded).toBe(true);
    socket.passOn();
    await turnOver();
    expect(socket.written).toEqual(Buffer.concat([bytes(1, 10), bytes(2, 10)]));
    expect(socket.writableFinished).toBe(true);
  });

  it('in a turn comes when it is over', () => {
    const { socket, outbox } = sending();
    outbox.hold();
    put(outbox, bytes(1, 10));
    outbox.end();
    expect(socket.writableEnded).toBe(false);
    outbox.release();
    expect(sizes(socket)).toEqual([10]);
    expect(socket.writableEnded).toBe(true);
  });

  it('may be asked for twice', async () => {
    const { socket, outbox } = sending();
    outbox.end();
    await turnOver();
    outbox.end();
    await turnOver();
    expect(socket.writableFinished).toBe(true);
  });
});

describe('cut', () => {
  it('forgets what is owed, and takes nothing more', async () => {
    const { socket, outbox } = sending({ takes: false });
    put(outbox, bytes(1, 10));
    await turnOver();
    put(outbox, bytes(2, 1000));
    outbox.cut();
    put(outbox, bytes(3, 10));
    outbox.append(bytes(4, 10));
    await turnOver();
    expect(sizes(socket)).toEqual([10]);
    expect(outbox.bufferedBytes).toBe(0);
  });

  it('in a turn keeps nothing, and lets others have theirs', async () => {
    const { socket, outbox } = sending();
    outbox.hold();
    put(outbox, bytes(1, 10));
    outbox.cut();
    put(outbox, bytes(2, 10));
    put(outbox, bytes(2, 65_536));
    put(outbox, bytes(2, 10));
    outbox.release();
    const other = sending();
    other.outbox.hold();
    put(other.outbox, bytes(3, 10));
    other.outbox.release();
    await turnOver();
    expect(socket.writes).toEqual([]);
    expect(outbox.bufferedBytes).toBe(0);
    expect(other.socket.written).toEqual(bytes(3, 10));
  });

  it('a socket that breaks tells no progress', async () => {
    const { socket, outbox, progress } = sending({ takes: false });
    put(outbox, bytes(1, 10));
    await turnOver();
    socket.destroy(new Error('reset'));
    await turnOver();
    expect(progress).toEqual([]);
  });
});
