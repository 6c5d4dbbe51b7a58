/** Memory of messages that come in pieces, used again (the port `MessageMemory`). */
import { describe, expect, it } from 'vitest';
import type { MessageMemory } from '../../../src/protocol/index.ts';
import { fromPeer, join, openConnection, roles } from '../support.ts';

interface Lender extends MessageMemory {
  readonly events: string[];
}

/** Lends what it was given, to texts only. */
function lender(): Lender {
  const events: string[] = [];
  const kept: Uint8Array[] = [];
  return {
    events,
    lends: (text) => text,
    take(least, wanted) {
      events.push(`take ${least} ${wanted}`);
      const at = kept.findIndex(({ length }) => length >= least);
      return at < 0 ? undefined : kept.splice(at, 1)[0];
    },
    // New memory holds whatever was there before.
    make: (bytes) => new Uint8Array(bytes).fill(0xaa),
    give(buffer) {
      events.push(`give ${buffer.length}`);
      kept.push(buffer);
    },
  };
}

describe.each(roles)('memory that is used again, %s', (role) => {
  const fragments = (opcode: 'text' | 'binary', first: number, second: number): Uint8Array =>
    join([
      fromPeer(role, { opcode, payload: 'a'.repeat(first), final: false }),
      fromPeer(role, { opcode: 'continuation', payload: 'b'.repeat(second) }),
    ]);

  it('is taken for a message that is lent, and given back when it was told, or grew out of it', () => {
    const memory = lender();
    const { connection, sink } = openConnection({ role, ports: { memory } });
    sink.whenTold = () => memory.events.push('told');
    const expected = ['take 300 300', 'take 1000 1000', 'give 300', 'told', 'give 1000'];
    for (let round = 0; round < 2; round += 1) {
      memory.events.length = 0;
      connection.receive(fragments('text', 300, 700), 0);
      expect(memory.events).toEqual(expected);
    }
    expect(sink.messages.map(({ owned }) => owned)).toEqual([false, false]);
    expect(new Set(sink.messages.map(({ payload }) => String(payload))).size).toBe(1);
  });

  it('is not touched for one that is handed on with its memory', () => {
    const memory = lender();
    const { connection, sink } = openConnection({ role, ports: { memory } });
    connection.receive(fragments('binary', 300, 700), 0);
    expect(memory.events).toEqual([]);
    expect(sink.messages[0]!.owned).toBe(true);
  });

  it('B5: that was made anew is told only as far as it was filled', () => {
    const { connection, sink } = openConnection({ role, ports: { memory: lender() } });
    for (const opcode of ['text', 'binary'] as const) {
      connection.receive(fragments(opcode, 300, 701), 0);
    }
    const whole = 'a'.repeat(300) + 'b'.repeat(701);
    const told = sink.messages.map(({ payload }) => payload);
    expect(told.map((some) => Buffer.from(some as Uint8Array).toString())).toEqual([whole, whole]);
  });

  it('of an empty message is none', () => {
    const memory = lender();
    const { connection, sink } = openConnection({ role, ports: { memory } });
    connection.receive(fragments('text', 0, 0), 0);
    expect([memory.events, sink.messages.length]).toEqual([[], 1]);
  });
});
