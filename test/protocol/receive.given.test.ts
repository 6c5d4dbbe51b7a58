import { describe, expect, it } from 'vitest';
import { bytes, fromPeer, join, openConnection, roles } from './support.ts';

for (const role of roles) {
  describe(`a chunk that is given to a ${role}`, () => {
    /** Of each payload in one chunk: whether whoever is told owns it. */
    function owned(lengths: readonly number[], isGiven: boolean): boolean[] {
      const { connection, sink } = openConnection({ role });
      const frames = lengths.map((length) => fromPeer(role, { payload: bytes(length, 7) }));
      connection.receive(join(frames), 0, isGiven);
      expect(sink.messages.map(({ payload }) => payload.length)).toEqual(lengths);
      return sink.messages.map((message) => message.owned);
    }

    it('is handed on with a payload of 1 KiB and more that ends it and is half of it', () => {
      expect(owned([1024], true)).toEqual([true]);
      expect(owned([1000, 5000], true)).toEqual([false, true]);
    });

    it('is not where the payload is small, where another follows, or where most of it is something else', () => {
      expect(owned([1023], true)).toEqual([false]);
      expect(owned([5000, 5000, 1], true)).toEqual([false, false, false]);
      expect(owned([5000, 4000], true)).toEqual([false, false]);
    });

    it('is copied where it is only lent', () => {
      expect(owned([5000], false)).toEqual([false]);
    });

    it('is lent again when the next one is', () => {
      const { connection, sink } = openConnection({ role });
      const frame = () => fromPeer(role, { payload: bytes(5000, 7) });
      connection.receive(frame(), 0, true);
      connection.receive(frame(), 0);
      expect(sink.messages.map((message) => message.owned)).toEqual([true, false]);
    });

    it('is not handed on once it waited, for then it stands with others', () => {
      const { connection, sink } = openConnection({ role });
      connection.suspend();
      connection.receive(fromPeer(role, { payload: bytes(5000, 7) }), 0, true);
      connection.resume(0);
      expect(sink.messages.map((message) => message.owned)).toEqual([false]);
    });

    it('may be transferred away by whoever was handed it, in the middle of the call', () => {
      const { connection, sink } = openConnection({ role });
      const chunk = fromPeer(role, { payload: bytes(5000, 7) });
      const given = new Uint8Array(chunk);
      sink.whenTold = () => void structuredClone(given.buffer, { transfer: [given.buffer] });
      connection.receive(given, 0, true);
      sink.whenTold = () => {};
      connection.receive(new Uint8Array(chunk), 0, true);
      expect(sink.events.length).toBe(2);
      expect(connection.phase).toBe('open');
    });
  });
}
