import { describe, expect, it } from 'vitest';
import { PreparedMessage } from '../../../src/protocol/frame/prepared.ts';
import { UsageError } from '../../../src/protocol/usage-error.ts';
import { bytes, fromPeer, openConnection } from '../support.ts';

describe('a prepared message', () => {
  it('is the whole frame that a server sends', () => {
    const text = new PreparedMessage('é');
    expect(text.text).toBe(true);
    expect(Buffer.compare(text.frame, fromPeer('client', { opcode: 'text', payload: 'é' }))).toBe(
      0,
    );
    for (const length of [0, 125, 126, 65_536]) {
      const message = new PreparedMessage(bytes(length));
      expect(message.text).toBe(false);
      expect(Buffer.compare(message.frame, fromPeer('client', { payload: bytes(length) }))).toBe(0);
      expect(message.payload).toEqual(bytes(length));
    }
  });

  it('keeps a copy', () => {
    const payload = bytes(10);
    const message = new PreparedMessage(payload);
    payload.fill(0);
    expect(message.payload).toEqual(bytes(10));
  });

  it('goes to many, of either role, and stays as it was', () => {
    const message = new PreparedMessage('hello');
    const before = message.frame.slice();
    for (const role of ['server', 'client', 'client', 'server'] as const) {
      const { connection, sink, sent } = openConnection({ role });
      connection.sendPrepared(message);
      expect(sent()).toEqual(['text hello']);
      expect(sink.appended.length).toBe(role === 'server' ? 1 : 0);
    }
    expect(message.frame).toEqual(before);
  });

  it('B5: is made of a string or bytes, and of nothing else', () => {
    for (const wrong of [5, undefined, null, [1], new Float32Array(2), new ArrayBuffer(2)]) {
      expect(() => new PreparedMessage(wrong as never)).toThrow(UsageError);
    }
  });
});
