import { describe, expect, it } from 'vitest';
import { Alarms } from '../../src/endpoint/alarms.ts';
import { Tally } from '../../src/endpoint/counters.ts';
import { Drive, type DriveListener } from '../../src/endpoint/drive.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import {
  type Closing,
  type ConnectionOptions,
  connectionOptions,
} from '../../src/protocol/index.ts';
import { closeFrame, frame, HandClock, HeldSocket, text, turnOver } from './support.ts';

interface Driven {
  readonly drive: Drive;
  readonly socket: HeldSocket;
  readonly clock: HandClock;
  readonly messages: string[];
  readonly closings: Closing[];
  /** Runs inside of the call that tells a message. */
  during: (message: string) => void;
}

function driven(options: ConnectionOptions = {}, { takes = true } = {}): Driven {
  const socket = new HeldSocket({ takes });
  socket.on('error', () => {});
  const clock = new HandClock();
  const engine = { alarms: new Alarms(clock), counters: new Tally(), nowMs: () => clock.nowMs() };
  const messages: string[] = [];
  const closings: Closing[] = [];
  const listener: DriveListener = {
    onMessage(bytes, start, end) {
      const message = Buffer.from(bytes.subarray(start, end)).toString();
      messages.push(message);
      whole.during(message);
    },
    onPiece() {},
    onPing() {},
    onPong() {},
    onProgress() {},
    onClosed: (why) => void closings.push(why),
  };
  const drive = new Drive(
    new SocketLine(socket),
    'server',
    connectionOptions(options),
    engine,
    listener,
  );
  const whole: Driven = { drive, socket, clock, messages, closings, during: () => {} };
  return whole;
}

function started(options?: ConnectionOptions, how?: { takes: boolean }): Driven {
  const whole = driven(options, how);
  whole.drive.start(Buffer.alloc(0), () => {});
  return whole;
}

const opcodes = (socket: HeldSocket): number[] => socket.frames.map(({ opcode }) => opcode);

describe('start', () => {
  it('tells what came behind the handshake, and sends what begin said together with its answers', () => {
    const { drive, socket, messages } = driven();
    drive.start(Buffer.concat([text('one'), frame(9, 'ping'), text('two')]), () => {
      drive.append(Buffer.from('HEAD'));
    });
    expect(messages).toEqual(['one', 'two']);
    expect(socket.writes.map(String)).toEqual(['HEAD\x8a\x04ping'.replace('\x8a', '\ufffd')]);
  });

  it('on a socket that is gone already is over', async () => {
    const { drive, socket, messages, closings, clock } = driven();
    socket.destroy();
    await turnOver();
    drive.start(text('last'), () => {});
    expect(messages).toEqual(['last']);
    expect(closings).toEqual([{ code: 1006, reason: '', clean: false, fault: undefined }]);
    await turnOver();
    expect(closings.length).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('on a socket whose peer has ended already ends it', async () => {
    const { drive, socket, closings } = driven();
    socket.push(null);
    socket.resume();
    await turnOver();
    expect(socket.readableEnded).toBe(true);
    drive.start(Buffer.alloc(0), () => {});
    await turnOver();
    expect(closings).toEqual([{ code: 1006, reason: '', clean: false, fault: undefined }]);
  });

  it('reads nothing before', async () => {
    const { socket, drive, messages } = driven();
    socket.push(text('early'));
    drive.pause();
    drive.resume();
    await turnOver();
    drive.start(Buffer.alloc(0), () => {});
    await turnOver();
    expect(messages).toEqual(['early']);
  });
});

describe('a turn', () => {
  it('answers everything that came in one chunk with one write', async () => {
    const whole = started();
    whole.during = (message) => whole.drive.connection.sendText(message);
    const chunk = Buffer.concat(Array.from({ length: 16 }, (_, i) => text(`message ${i}`)));
    whole.socket.push(chunk);
    await turnOver();
    expect(whole.socket.writes.length).toBe(1);
    expect(whole.socket.frames.map(({ payload }) => payload.toString())).toEqual(whole.messages);
    expect(whole.messages.length).toBe(16);
  });

  it('an error in it does not keep what all websockets share', () => {
    const broken = started();
    broken.during = () => {
      throw new Error('a mistake of ours');
    };
    expect(() => broken.drive.turn(text('one'))).toThrow('a mistake of ours');
    const other = started();
    other.during = (message) => other.drive.connection.sendText(message);
    other.drive.turn(Buffer.concat([text('a'), text('b')]));
    expect(other.socket.writes.length).toBe(1);
  });

  it('pongs that nobody reads are replaced by the latest, which leaves when it can', async () => {
    const { drive, socket } = started({}, { takes: false });
    drive.turn(frame(9, 'first'));
    for (let i = 0; i < 100; i += 1) {
      drive.turn(frame(9, `ping ${i}`));
    }
    socket.passOn();
    await turnOver();
    expect(socket.frames.map(({ payload }) => payload.toString())).toEqual(['first', 'ping 99']);
  });
});

describe('pause', () => {
  it('in the middle of a chunk holds the rest until resume', async () => {
    const whole = started();
    whole.during = (message) => {
      if (message === 'two') whole.drive.pause();
    };
    whole.socket.push(Buffer.concat([text('one'), text('two'), text('three'), frame(9, 'x')]));
    whole.socket.push(text('four'));
    await turnOver();
    expect(whole.messages).toEqual(['one', 'two']);
    expect(whole.socket.writes).toEqual([]);
    whole.drive.resume();
    await turnOver();
    expect(whole.messages).toEqual(['one', 'two', 'three', 'four']);
    expect(opcodes(whole.socket)).toEqual([10]);
  });

  it('and resume within one call lose nothing', async () => {
    const whole = started();
    whole.during = () => {
      whole.drive.pause();
      whole.drive.resume();
    };
    whole.socket.push(Buffer.concat([text('one'), text('two'), text('three')]));
    await turnOver();
    expect(whole.messages).toEqual(['one', 'two', 'three']);
  });

  it('what was held is told though the peer has ended meanwhile', async () => {
    const whole = started();
    whole.during = (message) => {
      if (message === 'one') whole.drive.pause();
    };
    whole.socket.push(Buffer.concat([text('one'), text('two'), closeFrame(1000, 'bye')]));
    await turnOver();
    // As Node does when the peer's end is read: it is told though the socket is paused, when nothing is before it.
    whole.socket.push(null);
    whole.socket.read(0);
    await turnOver();
    expect(whole.socket.readableEnded).toBe(true);
    expect(whole.closings).toEqual([]);
    whole.drive.resume();
    await turnOver();
    expect(whole.messages).toEqual(['one', 'two']);
    expect(whole.closings).toEqual([{ code: 1000, reason: 'bye', clean: true, fault: undefined }]);
  });

  it('a peer that ended without a Close is 1006, after what it said', async () => {
    const whole = started();
    whole.drive.pause();
    whole.socket.push(text('one'));
    whole.socket.push(null);
    await turnOver();
    whole.drive.resume();
    await turnOver();
    expect(whole.messages).toEqual(['one']);
    expect(whole.closings).toEqual([{ code: 1006, reason: '', clean: false, fault: undefined }]);
  });

  it('when it is closing does not delay the end', async () => {
    const { drive, socket, closings } = started();
    socket.push(closeFrame(1000));
    await turnOver();
    drive.pause();
    socket.push(null);
    await turnOver();
    expect(closings.length).toBe(1);
  });

  it('nobody who is not listened to is found silent', () => {
    const { drive, clock, closings, socket } = started({ pingAfterMs: 1000, pongWithinMs: 1000 });
    drive.pause();
    clock.advance(60_000);
    expect(closings).toEqual([]);
    expect(socket.destroyed).toBe(false);
    drive.resume();
    clock.advance(60_000);
    expect(socket.destroyed).toBe(true);
  });
});

describe('terminate', () => {
  it('in the middle of a chunk tells no more of it', async () => {
    const whole = started();
    whole.during = () => whole.drive.terminate();
    whole.socket.push(Buffer.concat([text('one'), text('two')]));
    await turnOver();
    whole.drive.resume();
    expect(whole.messages).toEqual(['one']);
    expect(whole.socket.destroyed).toBe(true);
    expect(whole.closings).toEqual([{ code: 1006, reason: '', clean: false, fault: undefined }]);
    expect(whole.clock.pending).toBe(0);
  });

  it('before start tells nothing at all', async () => {
    const { drive, messages, closings } = driven();
    drive.terminate();
    await turnOver();
    drive.start(text('one'), () => {});
    expect(messages).toEqual([]);
    expect(closings.length).toBe(1);
  });
});

describe('the end of the peer', () => {
  it('half-open: FIN without Close is 1006, and what we owe still leaves', async () => {
    const { drive, socket, closings } = started({}, { takes: false });
    drive.connection.sendText('owed');
    socket.push(null);
    await turnOver();
    expect(closings).toEqual([]);
    expect(socket.destroyed).toBe(false);
    socket.passOn();
    await turnOver();
    expect(socket.frames.map(({ payload }) => payload.toString())).toEqual(['owed']);
    expect(closings).toEqual([{ code: 1006, reason: '', clean: false, fault: undefined }]);
  });

  it('an error of the socket is 1006 and goes no further', async () => {
    const { socket, closings, clock } = started();
    socket.destroy(new Error('reset'));
    await turnOver();
    expect(closings).toEqual([{ code: 1006, reason: '', clean: false, fault: undefined }]);
    expect(clock.pending).toBe(0);
  });

  it('a Close is answered, and the transport ended', async () => {
    const { socket, closings } = started();
    socket.push(closeFrame(3001, 'why'));
    await turnOver();
    expect(socket.frames.map(({ opcode, payload }) => [opcode, payload.readUInt16BE()])).toEqual([
      [8, 3001],
    ]);
    expect(socket.writableEnded).toBe(true);
    expect(closings).toEqual([]);
    socket.push(null);
    await turnOver();
    expect(closings).toEqual([{ code: 3001, reason: 'why', clean: true, fault: undefined }]);
  });

  it('what comes after a fault is read and dropped', async () => {
    const { socket, messages } = started();
    socket.push(Buffer.from([0xff, 0xff]));
    await turnOver();
    socket.push(text('more'));
    await turnOver();
    expect(messages).toEqual([]);
    expect(socket.readableLength).toBe(0);
    expect(opcodes(socket)).toEqual([8]);
  });
});

describe('deadlines', () => {
  it('a silent peer is pinged, then gone', async () => {
    const { socket, clock, closings } = started();
    clock.advance(15_000);
    await turnOver();
    expect(opcodes(socket)).toEqual([9]);
    clock.advance(4_900);
    expect(socket.destroyed).toBe(false);
    clock.advance(200);
    await turnOver();
    expect(socket.destroyed).toBe(true);
    expect(closings).toMatchObject([{ code: 1006, clean: false, fault: { name: 'PONG_MISSING' } }]);
    expect(clock.pending).toBe(0);
  });

  it('any byte is life', async () => {
    const { drive, clock, closings } = started();
    for (let i = 0; i < 10; i += 1) {
      clock.advance(14_000);
      drive.turn(frame(10));
    }
    await turnOver();
    expect(closings).toEqual([]);
  });

  it('a Close that is not answered is waited for no longer than closeWithinMs', async () => {
    const { drive, socket, clock, closings } = started({ closeWithinMs: 2000 });
    drive.connection.close(1000, '', drive.nowMs);
    drive.settle();
    await turnOver();
    clock.advance(1900);
    expect(socket.destroyed).toBe(false);
    clock.advance(200);
    await turnOver();
    expect(closings).toMatchObject([
      { code: 1006, clean: false, fault: { name: 'CLOSE_UNANSWERED' } },
    ]);
  });

  it('a peer that answered and does not go is cut, and it was clean all the same', async () => {
    const { socket, clock, closings } = started();
    socket.push(closeFrame(1000));
    await turnOver();
    clock.advance(5100);
    await turnOver();
    expect(closings).toEqual([{ code: 1000, reason: '', clean: true, fault: undefined }]);
  });
});
