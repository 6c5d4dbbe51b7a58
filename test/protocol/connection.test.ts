import { describe, expect, it } from 'vitest';
import type { Role, UsageError } from '../../src/protocol/index.ts';
import { pureText } from '../../src/protocol/message/text.ts';
import {
  bytes,
  closeBody,
  feed,
  fromPeer,
  hear,
  openConnection,
  type PeerFrame,
  roles,
  streamOf,
} from './support.ts';

/** Every kind of frame, whole messages and fragments, with empty ones at either end. */
const mixture: readonly PeerFrame[] = [
  { opcode: 'text', payload: 'one' },
  { opcode: 'ping', payload: 'two' },
  { payload: '' },
  { opcode: 'text', payload: 'thr', final: false },
  { opcode: 'pong', payload: 'x' },
  { opcode: 'continuation', payload: 'ee' },
  { opcode: 'text', payload: 'é'.repeat(100) },
  { opcode: 'ping' },
  { payload: '' },
];

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

  describe(`an open connection, ${role}`, () => {
    it('B3: keeps no view of a chunk, wherever it is cut', () => {
      for (let cut = 0; cut <= stream.length; cut += 1) {
        const { connection, sink, sent } = openConnection({ role });
        for (const part of [stream.slice(0, cut), stream.slice(cut)]) {
          connection.receive(part, 0);
          part.fill(0xff);
        }
        connection.end(0);
        expect(sink.events).toEqual(expected.events);
        expect(sent()).toEqual(expected.sent);
      }
    });

    it('B3: keeps no view of a chunk while suspended or blocked either', () => {
      const { connection, sink, sent } = openConnection({ role });
      sink.isBlocked = true;
      connection.suspend();
      const chunk = stream.slice();
      connection.receive(chunk, 0);
      chunk.fill(0xff);
      connection.resume(0);
      sink.isBlocked = false;
      connection.drained(0);
      expect(sink.events).toEqual(expected.events.slice(0, -2));
      expect(sent()).toEqual(['pong']);
    });

    it('is told by its messages which memory is the application’s own', () => {
      const { connection, sink } = openConnection({ role });
      const owned: boolean[] = [];
      const seen: Uint8Array[] = [];
      sink.message = (memory, start, end, _text, isOwned) => {
        owned.push(isOwned);
        if (isOwned) seen.push(memory.subarray(start, end));
      };
      const frames = streamOf(role, [{ payload: bytes(9) }, { payload: bytes(9) }]);
      const cut = frames.length - 3;
      connection.receive(frames.slice(0, cut), 0);
      connection.receive(frames.slice(cut), 0);
      feed(connection, fromPeer(role, { payload: bytes(9, 1) }), 'byte by byte');
      expect(owned).toEqual([false, true, true]);
      expect(seen).toEqual([bytes(9), bytes(9, 1)]);
    });

    it('asks the text port, for whole messages, for pieces and for reasons', () => {
      const asked: string[] = [];
      const text = {
        ...pureText,
        isValid: (from: Uint8Array, start: number, end: number) => {
          asked.push(Buffer.from(from.slice(start, end)).toString());
          return pureText.isValid(from, start, end);
        },
      };
      const { connection } = openConnection({ role, ports: { text } });
      feed(connection, fromPeer(role, { opcode: 'text', payload: 'whole' }), 'whole');
      const pieces = fromPeer(role, { opcode: 'text', payload: 'pieces' });
      connection.receive(pieces.slice(0, -3), 0);
      connection.receive(pieces.slice(-3), 0);
      feed(
        connection,
        fromPeer(role, { opcode: 'close', payload: closeBody(1000, 'bye') }),
        'whole',
      );
      expect(asked).toEqual(['whole', 'pie', 'ces', 'bye']);
    });
  });

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
      const many = Buffer.concat(
        new Array<Uint8Array>(50_000).fill(fromPeer(role, { payload: 'x' })),
      );
      const { connection, sink } = openConnection({ role });
      sink.message = () => connection.suspend();
      connection.receive(Uint8Array.prototype.slice.call(many), 0);
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

    it('holds 1 MiB, and refuses to take more', () => {
      const { connection, sink } = openConnection({ role });
      connection.suspend();
      const frame = fromPeer(role, { payload: bytes(1024 * 1024 - 20) });
      connection.receive(frame.slice(), 0);
      const rest = 1024 * 1024 - frame.length;
      connection.receive(fromPeer(role, { opcode: 'ping' }).slice(0, rest), 0);
      const code = (): string => {
        try {
          connection.receive(new Uint8Array(rest), 0);
          connection.receive(new Uint8Array(1), 0);
        } catch (error) {
          return (error as UsageError).code;
        }
        return 'none';
      };
      expect(code()).toBe('RECEIVE_WHILE_SUSPENDED');
      expect(connection.heldBytes).toBeLessThanOrEqual(1024 * 1024);
      connection.resume(0);
      expect(sink.events[0]).toMatch(/^binary 1048556 bytes/);
    });

    it('§7.1.5: what came before the peer ended its side is told first, its Close frame too', () => {
      const closed = Buffer.concat([
        stream,
        fromPeer(role, { opcode: 'close', payload: closeBody(1000) }),
      ]);
      for (const sentClose of [true, false]) {
        const { connection, sink } = openConnection({ role });
        connection.suspend();
        connection.receive(Uint8Array.prototype.slice.call(sentClose ? closed : stream), 0);
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

  describe(`§5.5.2, §5.5.3 pings to a ${role}`, () => {
    const ping = (payload: string): Uint8Array => fromPeer(role, { opcode: 'ping', payload });

    it('are answered each while the peer reads', () => {
      const pings = Buffer.concat(['a', 'b', 'c'].map(ping));
      expect(hear(role, pings).sent).toEqual(['pong 61', 'pong 62', 'pong 63']);
    });

    it('B4: while writes are blocked only the latest pong is kept, however many pings come', () => {
      const { connection, sink, sent } = openConnection({ role });
      sink.isBlocked = true;
      for (let i = 0; i < 10_000; i += 1) {
        connection.receive(ping(`${i}`), 0);
      }
      connection.drained(0);
      expect(sink.output.length).toBe(0);
      sink.isBlocked = false;
      connection.drained(0);
      connection.drained(0);
      expect(sent()).toEqual([`pong ${Buffer.from('9999').toString('hex')}`]);
    });

    it('B4: a pong that waited does not follow a later one', () => {
      const { connection, sink, sent } = openConnection({ role });
      sink.isBlocked = true;
      connection.receive(ping('a'), 0);
      sink.isBlocked = false;
      connection.receive(ping('b'), 0);
      connection.drained(0);
      expect(sent()).toEqual(['pong 62']);
    });

    it('are not answered after a Close frame', () => {
      const { connection, sink, sent } = openConnection({ role });
      sink.isBlocked = true;
      connection.receive(ping('a'), 0);
      connection.close(1000, '', 0);
      sink.isBlocked = false;
      connection.drained(0);
      connection.receive(ping('b'), 0);
      expect(sent()).toEqual(['close 1000']);
      expect(sink.events).toEqual(['ping 61', 'closing', 'ping 62']);
    });
  });

  describe(`calls from inside of a call, ${role}`, () => {
    it('§5.5.2: a pong leaves before what the handler of the ping sends', () => {
      const { connection, sink, sent } = openConnection({ role });
      sink.whenTold = (event) => event.startsWith('ping') && connection.sendText('after');
      feed(connection, fromPeer(role, { opcode: 'ping', payload: 'p' }), 'whole');
      expect(sent()).toEqual(['pong 70', 'text after']);
    });

    it('closing stops nothing that the peer still says; ending does', () => {
      const two = streamOf(role, [
        { opcode: 'text', payload: '1' },
        { opcode: 'text', payload: '2' },
      ]);
      const closing = openConnection({ role });
      closing.sink.whenTold = (event) =>
        event === 'text 1' && closing.connection.close(1000, '', 0);
      feed(closing.connection, two, 'whole');
      expect(closing.sink.events).toEqual(['text 1', 'closing', 'text 2']);
      const ending = openConnection({ role });
      ending.sink.whenTold = (event) => event === 'text 1' && ending.connection.end(0);
      feed(ending.connection, two, 'whole');
      expect(ending.sink.events).toEqual(['text 1', 'closing', 'closed 1006 lost']);
    });
  });
}
