import { describe, expect, it } from 'vitest';
import { type ConnectionOptions, faults } from '../../src/protocol/index.ts';
import { bytes, feed, fromPeer, type Opened, openConnection, roles } from './support.ts';

for (const role of roles) {
  const open = (options: ConnectionOptions = {}): Opened => openConnection({ role, options });

  describe(`§10.4 the pace of a ${role}'s peer`, () => {
    const slow = { minBytesPerSecond: 10, progressWindowMs: 2000, pingAfterMs: 1e6 };
    const frame = fromPeer(role, { payload: bytes(100) });

    it('A5: a message under way must come at the least rate, over each window', () => {
      const { connection, sink } = open(slow);
      connection.receive(frame.slice(0, 1), 0);
      expect(connection.deadlineMs).toBe(2000);
      connection.receive(frame.slice(1, 21), 1999);
      connection.expire(2000);
      expect([sink.events, connection.deadlineMs]).toEqual([[], 4000]);
      connection.receive(frame.slice(21, 40), 3000);
      connection.expire(4000);
      connection.end(4000);
      expect(sink.events).toEqual(['closing', 'shut', 'closed 1008 MESSAGE_TOO_SLOW']);
    });

    it('A5: half a header, half a frame and half a message are all under way', () => {
      const half = fromPeer(role, { payload: 'x', final: false });
      for (const part of [frame.slice(0, 1), frame.slice(0, 20), half]) {
        const { connection, sink } = open(slow);
        connection.receive(part.slice(), 0);
        connection.expire(2000);
        expect(sink.events).toEqual(['closing', 'shut']);
      }
    });

    it('does not matter between messages, with a rate of 0, or while suspended', () => {
      const between = open(slow);
      between.connection.receive(frame.slice(), 0);
      expect(between.connection.deadlineMs).toBe(1e6);
      const off = open({ ...slow, minBytesPerSecond: 0 });
      off.connection.receive(frame.slice(0, 1), 0);
      expect(off.connection.deadlineMs).toBe(1e6);
      const suspended = open(slow);
      suspended.connection.receive(frame.slice(0, 9), 0);
      suspended.connection.suspend();
      suspended.connection.receive(frame.slice(9, 10), 1);
      expect(suspended.connection.deadlineMs).toBe(Number.POSITIVE_INFINITY);
      suspended.connection.resume(50);
      expect(suspended.connection.deadlineMs).toBe(2050);
    });

    it('does not prolong the closing handshake', () => {
      const { connection } = open({ ...slow, closeWithinMs: 5000 });
      connection.close(1000, '', 0);
      connection.receive(frame.slice(0, 1), 1);
      expect(connection.deadlineMs).toBe(5000);
    });
  });

  describe(`§7.4.1 an idle ${role}`, () => {
    const idle = { idleMs: 500, pingAfterMs: 1e6 };

    it('is closed with 1001 without a message in either direction', () => {
      const { connection, sink, sent } = open(idle);
      connection.expire(499);
      connection.expire(500);
      connection.end(500);
      expect(sink.events).toEqual(['closing', 'shut', 'closed 1001 IDLE_TOO_LONG']);
      expect(sent()).toEqual([`close 1001 ${faults.IDLE_TOO_LONG.message}`]);
    });

    it('is kept by a message that came or went, for up to twice the time', () => {
      const actions: ((opened: Opened) => void)[] = [
        ({ connection }) => connection.sendText('x'),
        ({ connection }) => connection.sendBytes(bytes(1)),
        ({ connection }) =>
          connection.sendFragment(bytes(1), { first: true, last: false, text: false }),
        ({ connection }) => feed(connection, fromPeer(role, { payload: 'x' }), 'whole', 10),
      ];
      for (const act of actions) {
        const opened = open(idle);
        act(opened);
        opened.connection.expire(500);
        expect([opened.connection.phase, opened.connection.deadlineMs]).toEqual(['open', 1000]);
        opened.connection.expire(1000);
        expect(opened.connection.phase).toBe('failing');
      }
    });

    it('is not kept by pings and pongs', () => {
      const { connection } = open(idle);
      connection.ping(bytes(1), 0);
      feed(connection, fromPeer(role, { opcode: 'ping' }), 'whole', 10);
      connection.expire(500);
      expect(connection.phase).toBe('failing');
    });
  });
}
