import { describe, expect, it } from 'vitest';
import {
  type ConnectionOptions,
  faults,
  PreparedMessage,
  type Role,
} from '../../src/protocol/index.ts';
import { KeepAlive } from '../../src/protocol/keep-alive.ts';
import { connectionOptions } from '../../src/protocol/options.ts';
import { bytes, feed, fromPeer, type Opened, openConnection, roles } from './support.ts';

const options: ConnectionOptions = { pingAfterMs: 1000, pongWithinMs: 300, stalledMs: 2000 };

function keepAlive(more: ConnectionOptions = {}): KeepAlive {
  return new KeepAlive(connectionOptions({ ...options, ...more }), 0);
}

/** The payload of the only ping that was sent. */
function pingSent({ sent }: Opened): Uint8Array {
  return Buffer.from(sent().at(-1)!.split(' ')[1]!, 'hex');
}

function pongFor(role: Role, opened: Opened): Uint8Array {
  return fromPeer(role, { opcode: 'pong', payload: pingSent(opened) });
}

for (const role of roles) {
  const open = (more: ConnectionOptions = {}): Opened =>
    openConnection({ role, options: { ...options, ...more } });

  describe(`§5.5.2 keep-alive of a ${role}`, () => {
    it('pings after silence, and not a millisecond before', () => {
      const { connection, sent } = open();
      expect(connection.deadlineMs).toBe(1000);
      connection.expire(999);
      expect(sent()).toEqual([]);
      connection.expire(1000);
      connection.expire(1000);
      expect(sent().length).toBe(1);
      expect(sent()[0]).toMatch(/^ping [0-9a-f]{16}$/);
      expect(connection.deadlineMs).toBe(1300);
    });

    it('any byte is a sign of life: the ping comes that much later', () => {
      const { connection, sent } = open();
      connection.receive(fromPeer(role, { payload: 'x' }).subarray(0, 1), 600);
      connection.expire(1000);
      expect([sent().length, connection.deadlineMs]).toEqual([0, 1600]);
      connection.expire(1600);
      expect(sent().length).toBe(1);
    });

    it('tells the round-trip time of a pong that answers', () => {
      const opened = open();
      opened.connection.expire(1000);
      feed(opened.connection, pongFor(role, opened), 'whole', 1042);
      expect(opened.sink.events[0]).toMatch(/^pong [0-9a-f]{16} 42$/);
      opened.connection.expire(1300);
      expect(opened.connection.deadlineMs).toBe(2042);
    });

    it('a peer that does not answer in time is gone: 1006, cut, told once', () => {
      const { connection, sink, sent } = open();
      connection.expire(1000);
      connection.expire(1299);
      expect(sink.events).toEqual([]);
      connection.expire(1300);
      connection.end(1300);
      expect(sink.events).toEqual(['closing', 'abort', 'closed 1006 PONG_MISSING']);
      expect(sent().length).toBe(1);
    });

    it('D19: a peer that answered is alive, however late anyone looks, and however long ago it was', () => {
      const opened = open();
      opened.connection.expire(1000);
      feed(opened.connection, pongFor(role, opened), 'whole', 1000);
      opened.connection.expire(1399);
      expect(opened.sink.events.length).toBe(1);
      expect(opened.connection.phase).toBe('open');
      opened.connection.expire(90_000);
      expect(opened.sent().length).toBe(2);
    });

    it('D19: a byte of anything else answers too', () => {
      const { connection, sink } = open();
      connection.expire(1000);
      connection.receive(fromPeer(role, { payload: bytes(100) }).subarray(0, 3), 1001);
      connection.expire(1300);
      connection.expire(1301);
      expect(sink.events).toEqual([]);
      connection.receive(new Uint8Array(0), 1302);
      expect(connection.phase).toBe('open');
    });

    /** When it is given up, if nothing comes. */
    function givenUpMs({ connection, sink }: Opened): number {
      while (!sink.events.includes('abort')) {
        connection.expire(connection.deadlineMs);
        if (!sink.events.includes('abort')) {
          expect(connection.deadlineMs).toBeLessThan(100_000);
        }
      }
      return connection['incoming'].nowMs;
    }

    it('D19: a ping behind a large upload has a second more for each 64 KiB of it', () => {
      const opened = open();
      opened.connection.sendBytes(bytes(65_536));
      expect(givenUpMs(opened)).toBe(2300);
    });

    it('D19: an answer to it is seen as soon as to any, and the next ping comes in time', () => {
      const { connection, sent } = open();
      connection.sendBytes(bytes(65_536));
      connection.expire(1000);
      connection.receive(fromPeer(role, { payload: 'x' }), 1200);
      connection.expire(connection.deadlineMs);
      expect(connection.deadlineMs).toBe(2200);
      connection.expire(2200);
      expect(sent()).toHaveLength(3);
      expect(connection.deadlineMs).toBe(2500);
    });

    it.each(['sendText', 'sendPrepared', 'sendFragment'] as const)(
      'D19: so it has by %s',
      (how) => {
        const opened = open();
        const { connection } = opened;
        if (how === 'sendText') {
          connection.sendText('x'.repeat(32_768));
        } else if (how === 'sendPrepared') {
          connection.sendPrepared(new PreparedMessage(bytes(32_768)));
        } else {
          connection.sendFragment(bytes(32_768), { text: false, first: true, last: true });
        }
        expect(givenUpMs(opened)).toBe(1800);
      },
    );

    it('D19: no longer than `stalledMs`, and not for what was sent before the peer was heard', () => {
      const opened = open();
      opened.connection.sendBytes(bytes(1_000_000));
      opened.connection.receive(fromPeer(role, { payload: 'x' }), 0);
      expect(givenUpMs(opened)).toBe(1300);
      const other = open();
      other.connection.sendBytes(bytes(1_000_000));
      expect(givenUpMs(other)).toBe(1000 + 300 + 2000);
    });

    it('is silent while suspended, and begins anew with `resume`', () => {
      const { connection, sink, sent } = open({ idleMs: 5000 });
      connection.expire(1000);
      connection.suspend();
      expect(connection.deadlineMs).toBe(Number.POSITIVE_INFINITY);
      connection.expire(1e9);
      expect([sink.events, sent().length]).toEqual([[], 1]);
      connection.resume(1e9);
      expect(connection.deadlineMs).toBe(1e9 + 1000);
    });

    it('a pong that waited while suspended still answers', () => {
      const opened = open();
      opened.connection.ping(Uint8Array.of(7), 10);
      opened.connection.suspend();
      feed(
        opened.connection,
        fromPeer(role, { opcode: 'pong', payload: Uint8Array.of(7) }),
        'whole',
        20,
      );
      opened.connection.resume(60);
      expect(opened.sink.events).toEqual(['pong 07 50']);
    });
  });

  describe(`§5.5.2, §5.5.3 pongs of a ${role}'s peer`, () => {
    it('answer the latest ping only, and once', () => {
      const { connection, sink } = open();
      connection.ping(Uint8Array.of(1), 0);
      connection.ping(Uint8Array.of(2), 5);
      for (const payload of [1, 2, 2, 9]) {
        feed(
          connection,
          fromPeer(role, { opcode: 'pong', payload: Uint8Array.of(payload) }),
          'whole',
          8,
        );
      }
      expect(sink.events).toEqual([
        'pong 01 undefined',
        'pong 02 3',
        'pong 02 undefined',
        'pong 09 undefined',
      ]);
    });

    it('may come unasked', () => {
      const { connection, sink, sent } = open();
      feed(connection, fromPeer(role, { opcode: 'pong' }), 'byte by byte');
      expect([sink.events, sent()]).toEqual([['pong  undefined'], []]);
    });
  });

  describe(`§10.4 a ${role}'s peer that does not read`, () => {
    /** A ping is out, and our bytes wait. */
    const blocked = (): Opened => {
      const opened = open();
      opened.sink.isBlocked = true;
      opened.connection.expire(1000);
      opened.connection.expire(1300);
      return opened;
    };

    it('is not silent because our ping cannot leave; it is gone when nothing moves for too long', () => {
      const { connection, sink } = blocked();
      for (let ms = 1301; ms < 3300; ms += 1) {
        connection.expire(ms);
      }
      expect(sink.events).toEqual([]);
      connection.expire(3300);
      connection.end(3300);
      expect(sink.events.at(-1)).toBe('closed 1008 READS_TOO_SLOWLY');
    });

    it('is not gone while it takes some from time to time', () => {
      const { connection, sink } = blocked();
      for (let ms = 1400; ms < 20_000; ms += 100) {
        connection.expire(ms);
        if (ms % 1900 === 0) {
          connection.drained(ms);
        }
      }
      expect(sink.events).toEqual([]);
    });

    it('has its whole time for the ping that leaves at last', () => {
      const { connection, sink } = blocked();
      sink.isBlocked = false;
      connection.drained(1599);
      connection.expire(1600);
      connection.expire(1898);
      expect(sink.events).toEqual([]);
      connection.expire(1899);
      expect(sink.events).toEqual(['closing', 'abort']);
    });
  });
}

describe('deadlines of a connection', () => {
  it('that are over are done once: `expire` again changes nothing', () => {
    const alive = keepAlive();
    expect(alive.expire(1000, false)).toBe('ping');
    alive.awaitPong(1000);
    expect(alive.expire(1000, false)).toBe(undefined);
    alive.awaitClose(1100);
    expect(alive.earliestMs).toBe(6100);
    expect(alive.expire(6099, false)).toBe(undefined);
    expect(alive.expire(6100, false)).toBe(faults.CLOSE_UNANSWERED);
    expect(alive.expire(6100, false)).toBe(undefined);
    expect(alive.earliestMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('that are due together do not hide each other', () => {
    const alive = keepAlive({ idleMs: 4000 });
    alive.awaitPong(1000);
    expect(alive.expire(1300, true)).toBe(undefined);
    // The stall is over and our bytes have left, nothing was heard of the peer, and it is idle as well.
    expect(alive.expire(9000, false)).toBe(faults.IDLE_TOO_LONG);
  });

  it('are none after the end', () => {
    const alive = keepAlive({ idleMs: 10 });
    alive.progress(true, 0);
    alive.end();
    expect(alive.earliestMs).toBe(Number.POSITIVE_INFINITY);
    expect(alive.expire(1e12, true)).toBe(undefined);
  });
});
