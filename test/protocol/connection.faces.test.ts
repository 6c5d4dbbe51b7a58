/** What a connection offers to those who give it another shape than ours. */
import { describe, expect, it } from 'vitest';
import { usualManners } from '../../src/protocol/manners.ts';
import { closeBody, feed, feedings, fromPeer, openConnection, roles } from './support.ts';

for (const role of roles) {
  describe(`another shape, ${role}`, () => {
    it('§5.5.2: answers pings itself, with answersPings false', () => {
      const ports = { manners: { ...usualManners, answersPings: false } };
      const { connection, sink, sent } = openConnection({ role, ports });
      connection.receive(fromPeer(role, { opcode: 'ping', payload: 'a' }), 0);
      expect([sink.events, sent()]).toEqual([['ping 61'], []]);
      connection.pong(Uint8Array.of(0x61));
      expect(sent()).toEqual(['pong 61']);
    });

    it('knows why it ends from the first moment', () => {
      const { connection, sink } = openConnection({ role });
      const seen: unknown[] = [];
      sink.whenTold = () => seen.push(connection.foreseen.why?.fault?.name);
      expect(connection.foreseen.why).toBeUndefined();
      connection.receive(fromPeer(role, { opcode: 3 }), 0);
      expect(seen).toEqual(['RESERVED_OPCODE', 'RESERVED_OPCODE']);
    });

    it('knows what the peer’s Close says before it is over', () => {
      const { connection } = openConnection({ role });
      connection.receive(fromPeer(role, { opcode: 'close', payload: closeBody(3000, 'why') }), 0);
      expect(connection.foreseen.why).toMatchObject({
        code: 3000,
        reason: 'why',
        fault: undefined,
      });
    });

    for (const how of feedings) {
      it(`shows the header that a fault is about, ${how}`, () => {
        const { connection } = openConnection({ role });
        feed(connection, fromPeer(role, { opcode: 'ping', payload: 'before' }), how);
        feed(connection, fromPeer(role, { opcode: 'ping', lengthBytes: 2, declared: 126 }), how);
        const masked = role === 'server' ? 0x80 : 0;
        expect(connection.foreseen.evidence).toBe(0x8900 + masked + 126);
      });

      it(`shows a header whose second byte is not here as if that were 0, ${how}`, () => {
        const { connection } = openConnection({ role });
        feed(connection, fromPeer(role, { reserved: 4 }).slice(0, 1), how);
        expect(connection.foreseen.evidence).toBe(0xc200);
      });

      it(`shows the close code that may not travel, ${how}`, () => {
        const { connection } = openConnection({ role });
        feed(connection, fromPeer(role, { opcode: 'close', payload: closeBody(1006) }), how);
        expect(connection.foreseen.evidence).toBe(1006);
      });
    }

    it('§7.1.1: ends the transport after both Close frames, as a client only when endsFirst', () => {
      for (const endsFirst of [false, true]) {
        const { connection, sink } = openConnection({
          role,
          ports: { manners: { ...usualManners, endsFirst } },
        });
        connection.close(1000, '', 0);
        connection.receive(fromPeer(role, { opcode: 'close', payload: closeBody(1000) }), 0);
        const shuts = endsFirst || role === 'server' ? ['shut'] : [];
        expect(sink.events).toEqual(['closing', ...shuts]);
      }
    });
  });
}

it('§5.3: a client takes its keys from whoever has a next', () => {
  const keys = { next: () => 0x04030201 };
  const { connection, sink } = openConnection({ role: 'client', ports: { keys } });
  connection.sendBytes(Uint8Array.of(0, 0, 0, 0));
  expect([...sink.output]).toEqual([0x82, 0x84, 1, 2, 3, 4, 1, 2, 3, 4]);
});
