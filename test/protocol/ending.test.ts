import { describe, expect, it } from 'vitest';
import { faults } from '../../src/protocol/index.ts';
import {
  bytes,
  closeBody,
  feed,
  feedings,
  fromPeer,
  hear,
  join,
  openConnection,
  roles,
  streamOf,
} from './support.ts';

for (const role of roles) {
  /** §7.1.1: "the server MUST close the TCP connection"; the client waits for it. */
  const shut = role === 'server' ? ['shut'] : [];

  for (const how of feedings) {
    describe(`§7.1 the peer closes a ${role}, ${how}`, () => {
      const heard = (body: Uint8Array | string) =>
        hear(role, fromPeer(role, { opcode: 'close', payload: body }), { how });

      it('§5.5.1: its code and its reason are echoed', () => {
        expect(heard(closeBody(1001, 'going é'))).toEqual({
          events: ['closing', ...shut, 'closed 1001 clean going é'],
          sent: ['close 1001 going é'],
        });
        expect(heard(closeBody(4999))).toEqual({
          events: ['closing', ...shut, 'closed 4999 clean'],
          sent: ['close 4999'],
        });
      });

      it('§7.1.5: without a code it is 1005, and the echo has none', () => {
        expect(heard('')).toEqual({
          events: ['closing', ...shut, 'closed 1005 clean'],
          sent: ['close'],
        });
      });

      it('B6: bodies of 2 and 125 bytes pass, of 1 byte and of 126 are refused', () => {
        expect(heard(closeBody(1000)).sent).toEqual(['close 1000']);
        expect(heard(closeBody(1000, 'x'.repeat(123))).events.at(-1)).toMatch(
          /^closed 1000 clean x/,
        );
        expect(heard('x').events.at(-1)).toBe('closed 1002 CLOSE_TOO_SHORT');
        expect(heard(bytes(126)).events.at(-1)).toBe('closed 1002 CONTROL_TOO_LONG');
      });

      it('B6, §7.4: codes that must not be sent are refused with 1002', () => {
        for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) {
          expect(heard(closeBody(code)).events.at(-1)).toBe('closed 1002 CLOSE_CODE_INVALID');
        }
        for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999]) {
          expect(heard(closeBody(code)).events.at(-1)).toBe(`closed ${code} clean`);
        }
      });

      it('§8.1: a reason that is no UTF-8 is refused with 1007', () => {
        expect(heard(closeBody(1000, Uint8Array.of(0x61, 0xc3)))).toEqual({
          events: ['closing', 'shut', 'closed 1007 CLOSE_REASON_INVALID'],
          sent: [`close 1007 ${faults.CLOSE_REASON_INVALID.message}`],
        });
      });

      it('B6, §1.4: whatever follows its Close frame is ignored', () => {
        const close = fromPeer(role, { opcode: 'close', payload: closeBody(1000) });
        const flood = join(Array.from({ length: 50 }, () => Buffer.from([0xff, 0xff, 0x00])));
        const after = streamOf(role, [{ opcode: 'ping' }, { payload: 'x' }, { opcode: 'close' }]);
        const stream = join([close, after, flood]);
        expect(hear(role, stream, { how })).toEqual({
          events: ['closing', ...shut, 'closed 1000 clean'],
          sent: ['close 1000'],
        });
      });
    });
  }

  describe(`§7.1.2 a ${role} closes`, () => {
    it('sends its Close frame once, tells messages until the answer, and ends clean', () => {
      const { connection, sink, sent } = openConnection({ role });
      connection.close(3000, 'enough', 0);
      connection.close(1000, '', 0);
      expect([connection.phase, sink.events]).toEqual(['closeSent', ['closing']]);
      feed(connection, fromPeer(role, { opcode: 'text', payload: 'late' }), 'whole');
      feed(connection, fromPeer(role, { opcode: 'close', payload: closeBody(3000) }), 'whole');
      expect(connection.phase).toBe('closeDone');
      connection.end(1);
      expect(sink.events).toEqual(['closing', 'text late', ...shut, 'closed 3000 clean']);
      expect(sent()).toEqual(['close 3000 enough']);
    });

    it('tells what the peer said when both close at once', () => {
      const { connection, sink, sent } = openConnection({ role });
      connection.close(3000, 'ours', 0);
      feed(
        connection,
        fromPeer(role, { opcode: 'close', payload: closeBody(3001, 'theirs') }),
        'whole',
      );
      connection.end(0);
      expect(sink.why).toEqual({ code: 3001, reason: 'theirs', clean: true, fault: undefined });
      expect(sent()).toEqual(['close 3000 ours']);
    });

    it('checks code and reason even when it has closed already', () => {
      const { connection } = openConnection({ role });
      connection.close(1000, '', 0);
      expect(() => connection.close(1006, '', 0)).toThrow('1006');
    });

    it('§7.1.1: waits for the answer as long as it was told, then cuts the transport', () => {
      const { connection, sink } = openConnection({ role, options: { closeWithinMs: 700 } });
      connection.close(1000, '', 100);
      expect(connection.deadlineMs).toBe(800);
      connection.expire(799);
      expect(sink.events).toEqual(['closing']);
      connection.expire(800);
      connection.expire(900);
      expect(sink.events).toEqual(['closing', 'abort']);
      expect(connection.deadlineMs).toBe(Number.POSITIVE_INFINITY);
      connection.end(900);
      expect(sink.events.at(-1)).toBe('closed 1006 CLOSE_UNANSWERED');
    });

    it('B6: a flood after its Close frame moves no deadline', () => {
      const { connection, sink } = openConnection({ role });
      connection.close(1000, '', 0);
      for (let ms = 1; ms <= 5000; ms += 1) {
        feed(connection, fromPeer(role, { opcode: 'ping', payload: 'x' }), 'whole', ms);
        connection.expire(ms);
      }
      expect(sink.events.at(-1)).toBe('abort');
      expect(sink.output.length).toBe(role === 'server' ? 4 : 8);
    });

    it('§7.1.7: fails when the peer answers with something wrong, and sends no second Close frame', () => {
      const { connection, sink, sent } = openConnection({ role });
      connection.close(1000, '', 0);
      feed(connection, fromPeer(role, { opcode: 3 }), 'whole');
      connection.end(0);
      expect(sink.events).toEqual(['closing', 'shut', 'closed 1002 RESERVED_OPCODE']);
      expect(sent()).toEqual(['close 1000']);
    });
  });

  describe(`§7.1.5 the transport of a ${role} ends`, () => {
    it('without a Close frame: 1006, told once', () => {
      const { connection, sink, sent } = openConnection({ role });
      connection.end(0);
      connection.end(0);
      expect(sink.events).toEqual(['closing', 'closed 1006 lost']);
      expect(sent()).toEqual([]);
      expect(connection.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    });

    it('after our Close frame, before its: 1006', () => {
      const { connection, sink } = openConnection({ role });
      connection.close(1000, '', 0);
      connection.end(0);
      expect(sink.events).toEqual(['closing', 'closed 1006 lost']);
    });

    it('on the peer’s side only: what we owe may leave, nothing more is read or sent', () => {
      const { connection, sink } = openConnection({ role });
      connection.endOfInput(5);
      expect([connection.phase, connection.deadlineMs]).toEqual(['failing', 5005]);
      feed(connection, fromPeer(role, { payload: 'x' }), 'whole', 6);
      connection.end(7);
      expect(sink.events).toEqual(['closing', 'shut', 'closed 1006 lost']);
    });

    it('on the peer’s side after the handshake: a client need not wait longer (§7.1.1)', () => {
      const { connection, sink } = openConnection({ role });
      feed(connection, fromPeer(role, { opcode: 'close', payload: closeBody(1000) }), 'whole');
      connection.endOfInput(0);
      connection.end(0);
      expect(sink.events).toEqual(['closing', ...shut, 'shut', 'closed 1000 clean']);
    });

    it('from inside of `closing`: nothing is told after `closed`', () => {
      const endings: ((opened: ReturnType<typeof openConnection>) => void)[] = [
        ({ connection }) => feed(connection, fromPeer(role, { opcode: 3 }), 'whole'),
        ({ connection }) => feed(connection, fromPeer(role, { opcode: 'close' }), 'whole'),
        ({ connection }) => connection.failWith(faults.PONG_MISSING, 0),
        ({ connection }) => connection.endOfInput(0),
        ({ connection }) => connection.close(1000, '', 0),
      ];
      for (const run of endings) {
        const opened = openConnection({ role });
        opened.sink.whenTold = (event) => event === 'closing' && opened.connection.end(0);
        run(opened);
        expect(opened.sink.events.map((event) => event.split(' ')[0])).toEqual([
          'closing',
          'closed',
        ]);
        opened.connection.endOfInput(0);
        opened.connection.expire(1e9);
        opened.connection.failWith(faults.READS_TOO_SLOWLY, 0);
        expect(opened.sink.events.length).toBe(2);
      }
    });
  });

  describe(`§7.1.7 the application fails a ${role}'s connection`, () => {
    it('with a code: it is sent, and the transport ends after it', () => {
      const { connection, sink, sent } = openConnection({ role });
      connection.failWith(faults.READS_TOO_SLOWLY, 0);
      connection.failWith(faults.IDLE_TOO_LONG, 0);
      connection.end(0);
      expect(sink.events).toEqual(['closing', 'shut', 'closed 1008 READS_TOO_SLOWLY']);
      expect(sent()).toEqual([`close 1008 ${faults.READS_TOO_SLOWLY.message}`]);
      expect(sink.why?.reason).toBe(faults.READS_TOO_SLOWLY.message);
    });

    it('with 1006: nothing is sent, and the transport is cut', () => {
      const { connection, sink, sent } = openConnection({ role });
      connection.failWith(faults.PONG_MISSING, 0);
      connection.end(0);
      expect(sink.events).toEqual(['closing', 'abort', 'closed 1006 PONG_MISSING']);
      expect(sent()).toEqual([]);
    });
  });
}
