import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/protocol/index.ts';
import {
  bytes,
  closeBody,
  feed,
  fromPeer,
  hear,
  join,
  mixture,
  openConnection,
  roles,
  streamOf,
  times,
} from './support.ts';

/** The same, with `suspend` inside of every call and `resume` after every chunk, as often as it takes. */
function hearWithPauses(role: Role, stream: Uint8Array, chunkBytes: number): string[] {
  const { connection, sink } = openConnection({ role });
  sink.whenTold = () => connection.suspend();
  for (let at = 0; at < stream.length; at += chunkBytes) {
    connection.receive(stream.slice(at, at + chunkBytes), 0);
    while (connection.isSuspended) {
      const before = sink.events.length;
      connection.resume(0);
      expect(sink.events.length - before).toBeLessThanOrEqual(1);
    }
  }
  connection.end(0);
  return sink.events;
}

for (const role of roles) {
  const stream = streamOf(role, mixture);
  const expected = hear(role, stream);

  describe(`suspending a connection, ${role}`, () => {
    it('inside of any call changes nothing but the time, in chunks of any size', () => {
      for (const chunkBytes of [1, 2, 3, 7, 20, 64, stream.length]) {
        expect(hearWithPauses(role, stream, chunkBytes)).toEqual(expected.events);
      }
    });

    it('from outside: not even a frame that is whole is told', () => {
      const { connection, sink } = openConnection({ role });
      connection.suspend();
      feed(connection, stream, 'byte by byte');
      expect([sink.events, connection.heldBytes]).toEqual([[], stream.length]);
      connection.resume(0);
      expect(sink.events).toEqual(expected.events.slice(0, -2));
      expect(connection.heldBytes).toBe(0);
    });

    it('in the middle of a header or a payload loses nothing', () => {
      for (let cut = 0; cut <= stream.length; cut += 1) {
        const { connection, sink } = openConnection({ role });
        connection.receive(stream.slice(0, cut), 0);
        const before = sink.events.length;
        connection.suspend();
        connection.receive(stream.slice(cut), 0);
        expect(sink.events.length).toBe(before);
        connection.resume(0);
        connection.end(0);
        expect(sink.events).toEqual(expected.events);
      }
    });

    it('and resuming inside of one call goes on as if nothing had been', () => {
      const { connection, sink } = openConnection({ role });
      sink.whenTold = () => {
        connection.suspend();
        connection.resume(0);
      };
      connection.suspend();
      connection.receive(stream.slice(), 0);
      connection.resume(0);
      expect(sink.events).toEqual(expected.events.slice(0, -2));
    });

    it('holds what is left of a chunk once, however often it stops in it', () => {
      const many = join(times(50_000, fromPeer(role, { payload: 'x' })));
      const { connection, sink } = openConnection({ role });
      sink.message = () => connection.suspend();
      connection.receive(many.slice(), 0);
      const held = connection['receiver']['held'];
      const memory = held?.bytes;
      for (let count = 2; count <= 50_000; count += 1) {
        connection.resume(0);
        if (count < 50_000 && connection['receiver']['held']?.bytes !== memory) {
          expect.fail(`the rest was copied again at message ${count}`);
        }
      }
      expect(connection.heldBytes).toBe(0);
    });

    it('holds 1,048,576 bytes, and refuses to take one more', () => {
      const { connection, sink } = openConnection({ role });
      connection.suspend();
      const frame = fromPeer(role, { payload: bytes(1_048_556) });
      connection.receive(frame.slice(), 0);
      const ping = fromPeer(role, { opcode: 'ping', payload: bytes(100) });
      connection.receive(ping.slice(0, 1_048_576 - frame.length), 0);
      expect(connection.heldBytes).toBe(1_048_576);
      expect(() => connection.receive(new Uint8Array(1), 0)).toThrow(
        expect.objectContaining({ code: 'RECEIVE_WHILE_SUSPENDED' }),
      );
      expect(connection.heldBytes).toBe(1_048_576);
      connection.resume(0);
      expect(sink.events).toEqual([expect.stringMatching(/^binary 1048556 bytes/)]);
    });

    it('§7.1.5: what came before the peer ended its side is told first, its Close frame too', () => {
      const closed = join([stream, fromPeer(role, { opcode: 'close', payload: closeBody(1000) })]);
      for (const sentClose of [true, false]) {
        const { connection, sink } = openConnection({ role });
        connection.suspend();
        connection.receive((sentClose ? closed : stream).slice(), 0);
        connection.endOfInput(0);
        expect([connection.phase, sink.events]).toEqual(['open', []]);
        connection.resume(0);
        connection.end(0);
        expect(sink.events.slice(0, expected.events.length - 2)).toEqual(
          expected.events.slice(0, -2),
        );
        expect(sink.events.at(-1)).toBe(sentClose ? 'closed 1000 clean' : 'closed 1006 lost');
      }
    });

    it('does not delay the end of a transport, and nothing is told after it', () => {
      const { connection, sink } = openConnection({ role });
      connection.suspend();
      connection.receive(stream.slice(), 0);
      connection.end(0);
      connection.resume(0);
      expect(sink.events).toEqual(['closing', 'closed 1006 lost']);
      expect(connection.heldBytes).toBe(0);
    });

    it('and closing: the answer is seen after `resume`', () => {
      const { connection, sink } = openConnection({ role });
      connection.suspend();
      connection.close(1000, '', 0);
      feed(connection, fromPeer(role, { opcode: 'close', payload: closeBody(1000) }), 'whole');
      connection.resume(10);
      connection.end(10);
      expect(sink.events.at(-1)).toBe('closed 1000 clean');
    });
  });
}
