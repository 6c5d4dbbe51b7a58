import { describe, expect, it } from 'vitest';
import {
  firstByte,
  headerBytes,
  writeFrame,
  writeHeader,
  writeTextFrame,
} from '../../../src/protocol/frame/encode.ts';
import { pureText } from '../../../src/protocol/message/text.ts';
import { bytes, fromPeer, RecordingSink } from '../support.ts';

/** Text beside binary, control and fragments; lengths at every border. */
const lengths = [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 70_000];
const key = 0x0d84f312;

describe('§5.2 frames on their way out', () => {
  it('have the same bytes as those of an independent writer, with and without a mask', () => {
    for (const length of [...lengths, 48, 49]) {
      for (const masked of [false, true]) {
        const sink = new RecordingSink();
        writeFrame(sink, firstByte(2, true), bytes(length), masked ? key : undefined);
        const expected = fromPeer('client', { payload: bytes(length), masked });
        expect(Buffer.compare(sink.output, expected)).toBe(0);
      }
    }
  });

  it('carry lengths above 32 bits in eight bytes', () => {
    for (const length of [2 ** 31, 2 ** 32 + 7, 2 ** 53 - 1]) {
      const into = new Uint8Array(20);
      expect(writeHeader(into, 3, 0x82, length, undefined)).toBe(13);
      const expected = fromPeer('client', { declared: length });
      expect(into.subarray(3, 13)).toEqual(new Uint8Array(expected));
    }
  });

  it('announce the size of their header exactly', () => {
    const sizes = lengths.map((length) => [headerBytes(length, false), headerBytes(length, true)]);
    expect(sizes).toEqual([
      [2, 6],
      [2, 6],
      [2, 6],
      [4, 8],
      [4, 8],
      [4, 8],
      [4, 8],
      [10, 14],
      [10, 14],
    ]);
  });

  it('set FIN for the last, and no reserved bit', () => {
    expect([firstByte(1, true), firstByte(1, false), firstByte(0, true)]).toEqual([0x81, 1, 0x80]);
  });

  it('leave the payload of the caller as it was', () => {
    const payload = bytes(70_000);
    writeFrame(new RecordingSink(), 0x82, payload, key);
    expect(payload).toEqual(bytes(70_000));
  });

  it('hand over by reference from 16 KiB on, without a mask only', () => {
    const references = (length: number, mask: number | undefined): number => {
      const sink = new RecordingSink();
      writeFrame(sink, 0x82, bytes(length), mask);
      return sink.appended.length;
    };
    expect(references(16_383, undefined)).toBe(0);
    expect(references(16_384, undefined)).toBe(1);
    expect(references(16_384, key)).toBe(0);
  });

  it('around a string have its UTF-8, encoded where it leaves from', () => {
    for (const text of ['', 'hello', 'é€😀\ud800', 'x'.repeat(126), '€'.repeat(30_000)]) {
      for (const masked of [false, true]) {
        const sink = new RecordingSink();
        writeTextFrame(sink, firstByte(1, true), text, pureText, masked ? key : undefined);
        const expected = fromPeer('client', { opcode: 'text', payload: text, masked });
        expect(Buffer.compare(sink.output, expected)).toBe(0);
      }
    }
  });
});
