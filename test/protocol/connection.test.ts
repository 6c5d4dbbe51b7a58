import { describe, expect, it } from 'vitest';
import { pureText } from '../../src/protocol/message/text.ts';
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
} from './support.ts';

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
      sink.isBlocked = true;
      const ping = fromPeer(role, { opcode: 'ping', payload: 'x' });
      connection.receive(ping, 0);
      ping.fill(0xff);
      sink.isBlocked = false;
      connection.drained(0);
      expect(sent()).toEqual(['pong', 'pong 78']);
    });

    it('is told by its messages which memory is the application’s own', () => {
      const { connection, sink } = openConnection({ role });
      const owned: boolean[] = [];
      const seen: Uint8Array[] = [];
      sink.message = (memory, start, end, text, isOwned) => {
        expect(text).toBe(false);
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

  describe(`§5.5.2, §5.5.3 pings to a ${role}`, () => {
    const ping = (payload: string): Uint8Array => fromPeer(role, { opcode: 'ping', payload });

    it('are answered each while the peer reads', () => {
      const pings = join(['a', 'b', 'c'].map(ping));
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

    it('B4: a pong that waits says what its ping said, whatever is read into the same Buffer meanwhile', () => {
      const { connection, sink, sent } = openConnection({ role });
      sink.isBlocked = true;
      const chunk = Buffer.from(ping('a'));
      connection.receive(chunk, 0);
      chunk.fill(0);
      sink.isBlocked = false;
      connection.drained(0);
      expect(sent()).toEqual(['pong 61']);
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
