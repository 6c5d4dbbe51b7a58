import { describe, expect, it } from 'vitest';
import { FrameHeader, maxHeaderBytes } from '../../../src/protocol/frame/header.ts';
import { fromPeer, type PeerFrame, roles } from '../support.ts';

/** What reading a whole header gives: its size, or the name of the fault. */
function read(bytes: Uint8Array, expectsMask: boolean): number | string {
  const header = new FrameHeader(expectsMask);
  const size = header.read(bytes, 0, bytes.length);
  return size < 0 ? header.fault!.name : size;
}

function headerOf(role: 'server' | 'client', frame: PeerFrame): Uint8Array {
  return fromPeer(role, { ...frame, payload: '' });
}

const lengths: readonly [declared: number, size: number][] = [
  [0, 2],
  [1, 2],
  [125, 2],
  [126, 4],
  [127, 4],
  [65_535, 4],
  [65_536, 10],
  [2 ** 31 - 1, 10],
  [2 ** 31, 10],
  [2 ** 32 - 1, 10],
  [2 ** 32, 10],
  [2 ** 32 + 5, 10],
  [2 ** 53 - 1, 10],
];

for (const role of roles) {
  const expectsMask = role === 'server';
  const keyBytes = expectsMask ? 4 : 0;

  describe(`§5.2 the header of a frame, read by a ${role}`, () => {
    for (const [declared, size] of lengths) {
      it(`of ${declared} bytes has ${size} bytes and ${keyBytes} of key`, () => {
        const bytes = headerOf(role, { declared, key: [0xff, 2, 3, 0x80] });
        const header = new FrameHeader(expectsMask);
        expect(header.read(bytes, 0, bytes.length)).toBe(size + keyBytes);
        expect(header.length).toBe(declared);
        expect([header.final, header.opcode, header.masked]).toEqual([true, 2, expectsMask]);
        expect(header.key).toBe(expectsMask ? 0x800302ff | 0 : 0);
      });
    }

    it('wants more bytes as long as one is missing, and never looks past `end`', () => {
      for (const [declared] of lengths) {
        const bytes = headerOf(role, { declared });
        const inside = new Uint8Array(bytes.length + 7).fill(0xff);
        inside.set(bytes, 3);
        const header = new FrameHeader(expectsMask);
        for (let end = 3; end < 3 + bytes.length; end += 1) {
          expect(header.read(inside, 3, end)).toBe(0);
        }
        expect(header.read(inside, 3, 3 + bytes.length)).toBe(bytes.length);
        expect(header.length).toBe(declared);
      }
    });

    it('is refused unless the length is in its shortest form', () => {
      for (const [declared, lengthBytes] of [
        [0, 2],
        [125, 2],
        [0, 8],
        [126, 8],
        [65_535, 8],
      ] as const) {
        const bytes = headerOf(role, { declared, lengthBytes });
        expect(read(bytes, expectsMask)).toBe('LENGTH_NOT_MINIMAL');
      }
    });

    it('B1: is refused from 2^63 on, and at 2^63 - 1 is a length like any other', () => {
      for (const declared of [2n ** 63n, 2n ** 64n - 1n]) {
        expect(read(headerOf(role, { declared }), expectsMask)).toBe('LENGTH_OVERFLOW');
      }
      const bytes = headerOf(role, { declared: 2n ** 63n - 1n });
      const header = new FrameHeader(expectsMask);
      expect(header.read(bytes, 0, bytes.length)).toBe(10 + keyBytes);
      expect(header.length).toBe(2 ** 63);
    });

    it('is refused by its first byte alone for reserved bits, opcodes and fragmented control', () => {
      expect(read(Uint8Array.of(0xc2), expectsMask)).toBe('RESERVED_BITS');
      expect(read(Uint8Array.of(0x83), expectsMask)).toBe('RESERVED_OPCODE');
      expect(read(Uint8Array.of(0x0b), expectsMask)).toBe('RESERVED_OPCODE');
      expect(read(Uint8Array.of(0x09), expectsMask)).toBe('CONTROL_FRAGMENTED');
    });

    it('B7 RFC 7692 §6.1: RSV1 alone may stand where a message begins, when that was agreed', () => {
      for (let first = 0; first < 256; first += 1) {
        const header = new FrameHeader(expectsMask, true);
        const bytes = Uint8Array.of(first);
        const [reserved, opcode] = [(first >> 4) & 7, first & 15];
        const isCompressed = reserved === 4 && (opcode === 1 || opcode === 2);
        const isRight =
          isCompressed || reserved !== 0 ? isCompressed : header.read(bytes, 0, 1) === 0;
        expect(header.read(bytes, 0, 1) === 0).toBe(isRight);
        expect(header.compressed).toBe(isCompressed);
        expect(new FrameHeader(expectsMask).read(Uint8Array.of(first | 0x40), 0, 1)).toBe(-1);
      }
    });

    it('does not stay compressed for the next', () => {
      const header = new FrameHeader(expectsMask, true);
      header.read(Uint8Array.of(0xc1), 0, 1);
      header.read(Uint8Array.of(0x80), 0, 1);
      expect(header.compressed).toBe(false);
    });

    it('§5.1: is refused by its second byte when the mask is not as the role asks', () => {
      const name = role === 'server' ? 'MASK_MISSING' : 'MASK_UNEXPECTED';
      expect(read(headerOf(role, { masked: !expectsMask }).subarray(0, 2), expectsMask)).toBe(name);
    });

    it('§5.5: is refused by its second byte for control frames above 125 bytes', () => {
      for (const opcode of ['close', 'ping', 'pong'] as const) {
        const longest = headerOf(role, { opcode, declared: 125 });
        expect(read(longest, expectsMask)).toBe(longest.length);
        for (const declared of [126, 65_536]) {
          const bytes = headerOf(role, { opcode, declared }).subarray(0, 2);
          expect(read(bytes, expectsMask)).toBe('CONTROL_TOO_LONG');
        }
      }
    });

    it('fits in the longest header there is', () => {
      expect(headerOf(role, { declared: 2 ** 40 }).length).toBe(10 + keyBytes);
      expect(maxHeaderBytes).toBe(14);
    });
  });
}
