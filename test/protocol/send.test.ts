import { describe, expect, it } from 'vitest';
import { MaskKeys, PreparedMessage, UsageError } from '../../src/protocol/index.ts';
import { pureText } from '../../src/protocol/message/text.ts';
import { Sender } from '../../src/protocol/send.ts';
import { bytes, type Opened, openConnection, RecordingSink, readFrames, roles } from './support.ts';

function codeOf(call: () => void): string | undefined {
  try {
    call();
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
}

const middle = { first: false, last: false, text: true };

for (const role of roles) {
  describe(`§5.1, §5.4, §5.5: what a ${role} sends`, () => {
    const open = (): Opened => openConnection({ role });

    it('is masked by a client only, and is what was given', () => {
      const { connection, sent } = open();
      connection.sendText('hé');
      connection.sendBytes(bytes(3));
      connection.sendBytes(Buffer.from('text'), true);
      connection.sendPrepared(new PreparedMessage('ready'));
      connection.ping(Uint8Array.of(1), 0);
      connection.pong(new Uint8Array(0));
      connection.close(1000, 'bye', 0);
      expect(sent()).toEqual([
        'text hé',
        'binary 01080f',
        'text text',
        'text ready',
        'ping 01',
        'pong',
        'close 1000 bye',
      ]);
    });

    it('in fragments: the first has the kind, the last has FIN, control may stand between', () => {
      const { connection, sent } = open();
      connection.sendFragment(Buffer.from('a'), { ...middle, first: true });
      connection.ping(new Uint8Array(0), 0);
      connection.sendFragment(Buffer.from('b'), middle);
      connection.sendFragment(Buffer.from('c'), { ...middle, last: true });
      connection.sendFragment(bytes(1), { first: true, last: true, text: false });
      expect(sent()).toEqual([
        'text... a',
        'ping',
        'continuation... 62',
        'continuation 63',
        'binary 01',
      ]);
    });

    it('in fragments: other messages may not stand between, nor a first or a last without the other', () => {
      const { connection, sent } = open();
      expect(codeOf(() => connection.sendFragment(bytes(1), middle))).toBe('FRAGMENT_OUT_OF_ORDER');
      connection.sendFragment(bytes(1), { ...middle, first: true });
      for (const call of [
        () => connection.sendText('x'),
        () => connection.sendBytes(bytes(1)),
        () => connection.sendPrepared(new PreparedMessage('x')),
        () => connection.sendFragment(bytes(1), { ...middle, first: true }),
      ]) {
        expect(codeOf(call)).toBe('FRAGMENT_OUT_OF_ORDER');
      }
      expect(sent().length).toBe(1);
    });

    it('as control has at most 125 bytes', () => {
      const { connection, sent } = open();
      connection.ping(bytes(125), 0);
      connection.pong(bytes(125));
      expect(codeOf(() => connection.ping(bytes(126), 0))).toBe('CONTROL_TOO_LONG');
      expect(codeOf(() => connection.pong(bytes(126)))).toBe('CONTROL_TOO_LONG');
      expect(sent().length).toBe(2);
    });

    it('§5.5.1: is nothing after a Close frame', () => {
      const { connection, sent } = open();
      connection.close(undefined, '', 0);
      const calls = [
        () => connection.sendText('x'),
        () => connection.sendBytes(bytes(1)),
        () => connection.sendPrepared(new PreparedMessage('x')),
        () => connection.sendFragment(bytes(1), { ...middle, first: true }),
        () => connection.ping(bytes(1), 0),
        () => connection.pong(bytes(1)),
      ];
      expect(calls.map(codeOf)).toEqual(calls.map(() => 'SEND_AFTER_CLOSE'));
      connection.close(1000, 'again', 0);
      expect(sent()).toEqual(['close']);
    });

    it('B5: is a string or bytes; anything else is thrown back, and no byte goes out', () => {
      const { connection, sink } = open();
      const shared = new SharedArrayBuffer(4);
      const wrong: unknown[] = [5, 1000, null, undefined, {}, [1], { length: 3 }, true, 5n];
      wrong.push(new Float32Array(4), new DataView(new ArrayBuffer(4)), new ArrayBuffer(4), shared);
      wrong.push(new Int8Array(2), new Uint16Array(2), new Uint8ClampedArray(2));
      for (const value of wrong) {
        const payload = value as never;
        for (const call of [
          () => connection.sendText(payload),
          () => connection.sendBytes(payload),
          () => connection.sendPrepared(payload),
          () => connection.sendFragment(payload, { first: true, last: true, text: false }),
          () => connection.ping(payload, 0),
          () => connection.pong(payload),
          () => connection.close(1000, payload, 0),
        ]) {
          expect(codeOf(call)).toBe('PAYLOAD_INVALID');
        }
        expect(codeOf(() => connection.sendText(bytes(1) as never))).toBe('PAYLOAD_INVALID');
        expect(codeOf(() => connection.sendBytes('x' as never))).toBe('PAYLOAD_INVALID');
      }
      expect([sink.output.length, connection.phase]).toEqual([0, 'open']);
    });

    it('B5: from shared memory or part of an array is exactly the bytes of the view', () => {
      const { connection, sent } = open();
      const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(7);
      connection.sendBytes(shared.subarray(2, 4));
      connection.sendBytes(bytes(100).subarray(1, 3));
      connection.sendBytes(new Uint8Array(0));
      expect(sent()).toEqual(['binary 0707', 'binary 080f', 'binary']);
    });

    it('B5: whose memory was transferred away is thrown back, and no byte goes out', () => {
      const { connection, sink } = open();
      const payload = bytes(8);
      structuredClone(payload.buffer, { transfer: [payload.buffer as ArrayBuffer] });
      for (const call of [
        () => connection.sendBytes(payload),
        () => connection.sendFragment(payload, { first: true, last: true, text: false }),
        () => connection.ping(payload, 0),
        () => connection.pong(payload),
      ]) {
        expect(codeOf(call)).toBe('PAYLOAD_INVALID');
      }
      expect(sink.output.length).toBe(0);
    });
  });
}

describe('§5.3 masking', () => {
  it('asks for one key a frame, control frames too', () => {
    let asked = 0;
    const keys = new MaskKeys((into) => into.fill(1));
    const next = keys.next.bind(keys);
    keys.next = () => {
      asked += 1;
      return next();
    };
    const sink = new RecordingSink();
    const sender = new Sender(sink, pureText, keys);
    sender.text('x');
    sender.bytes(bytes(2), false);
    sender.prepared(new PreparedMessage('y'));
    sender.control(9, bytes(1));
    sender.fragment(bytes(1), { ...middle, first: true });
    expect(asked).toBe(5);
    expect(readFrames(sink.output, 'client').length).toBe(5);
  });
});
