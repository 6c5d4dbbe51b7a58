import { describe, expect, it } from 'vitest';
import { Alarms } from '../../src/endpoint/alarms.ts';
import { Tally } from '../../src/endpoint/counters.ts';
import { Drive } from '../../src/endpoint/drive.ts';
import { websocketOptions } from '../../src/endpoint/options.ts';
import { Sending } from '../../src/endpoint/sending.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import { eventually, HandClock, HeldSocket, turnOver } from './support.ts';

function sendingTo(socket: HeldSocket, options = {}): { sending: Sending; counters: Tally } {
  const clock = new HandClock();
  const counters = new Tally();
  const engine = { alarms: new Alarms(clock), counters, nowMs: () => clock.nowMs() };
  const chosen = websocketOptions(options);
  const listener = {
    onMessage() {},
    onPiece() {},
    onPing() {},
    onPong() {},
    onProgress: () => sending.progress(),
    onClosed() {},
  };
  const drive = new Drive(new SocketLine(socket), 'server', chosen, engine, listener);
  const owner = {
    get isOpen() {
      return drive.connection.phase === 'open';
    },
    lost: () => new Error('lost'),
  };
  const sending: Sending = new Sending(drive, chosen, engine, owner);
  drive.start(Buffer.alloc(0), () => {});
  return { sending, counters };
}

describe('what a websocket sends', () => {
  it('says false above the high water mark, and sends away who takes nothing', () => {
    const socket = new HeldSocket({ takes: false });
    const { sending } = sendingTo(socket, { highWaterBytes: 100, maxBufferedBytes: 300 });
    expect(sending.send(Buffer.alloc(98))).toBe(true);
    expect(sending.send('x')).toBe(false);
    expect(sending.isOpen).toBe(true);
    expect(sending.send(Buffer.alloc(200))).toBe(false);
    expect(sending.isOpen).toBe(false);
  });

  it('counts whole messages, also those that had to wait', async () => {
    const { sending, counters } = sendingTo(new HeldSocket());
    const sent = sending.stream(['a', 'b'], {});
    sending.send('c');
    expect([counters.messagesSent, sending.bufferedBytes > 0]).toEqual([0, true]);
    await sent;
    await turnOver();
    expect(counters.messagesSent).toBe(2);
  });

  it('what waited its turn leaves as the peer takes it, and not all at once', async () => {
    const socket = new HeldSocket({ takes: false });
    const { sending } = sendingTo(socket, { highWaterBytes: 100, maxBufferedBytes: 2000 });
    const sent = sending.stream([], {});
    for (let i = 0; i < 10; i += 1) {
      sending.send(Buffer.alloc(90));
    }
    await sent;
    await turnOver();
    expect(sending.drive.bufferedBytes).toBeLessThan(200);
    expect(sending.isOpen).toBe(true);
    socket.takes = true;
    socket.passOn();
    await eventually(() => socket.frames.length === 11);
  });

  it('when it is over, lets go of all that was held and rejects what was under way', async () => {
    const socket = new HeldSocket();
    const { sending } = sendingTo(socket);
    sending.hold();
    const sent = sending.stream(
      { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
      {},
    );
    sending.end();
    await expect(sent).rejects.toThrow('lost');
    sending.send('after');
    await turnOver();
    expect(socket.frames.length).toBe(1);
  });
});
