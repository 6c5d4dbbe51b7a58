import { describe, expect, it } from 'vitest';
import { loadMaskKernel } from '../../../src/protocol/frame/kernels.ts';
import {
  mask,
  maskBytes,
  maskWords,
  openMemory,
  rotateKey,
} from '../../../src/protocol/frame/mask.ts';

type Mask = (bytes: Uint8Array, start: number, end: number, key: number) => void;
const kernel = loadMaskKernel()!;
const ways: readonly [string, Mask][] = [
  ['byte by byte', maskBytes],
  ['by words', maskWords],
  ['by the kernel', (bytes, start, end, key) => kernel.mask(bytes, start, end, key)],
  ['by the kernel, where they stand', inPlace],
  ['by the best for the length', mask],
];
/** The bytes stand in the memory of the kernel meanwhile, at an odd place; what is longer than that is masked as it is. */
function inPlace(bytes: Uint8Array, start: number, end: number, key: number): void {
  const place = kernel.open.subarray(3, 3 + bytes.length);
  if (place.length < bytes.length) {
    kernel.mask(bytes, start, end, key);
    return;
  }
  place.set(bytes);
  kernel.mask(place, start, end, key);
  bytes.set(place);
}
const key = 0xc0_7f_81_05 | 0;
const keyBytes = [0x05, 0x81, 0x7f, 0xc0];

/** §5.3, word for word: "transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)". */
function oracle(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.map((byte, i) => (i >= start && i < end ? byte ^ keyBytes[(i - start) % 4]! : byte));
}

/** Bytes that lie at `offset` in their memory, with others around them. */
function bytesAt(offset: number, length: number): Uint8Array {
  const memory = Uint8Array.from({ length: offset + length + 80 }, (_, i) => (i * 31 + 7) % 256);
  return memory.subarray(offset);
}

function check(masked: Mask, offset: number, start: number, length: number): void {
  const bytes = bytesAt(offset, start + length);
  const expected = oracle(bytes, start, start + length);
  masked(bytes, start, start + length, key);
  if (Buffer.compare(bytes, expected) !== 0) {
    throw new Error(`wrong for ${length} bytes from ${start} at offset ${offset}`);
  }
}

describe('§5.3 masking', () => {
  for (const [name, masked] of ways) {
    it(`${name}: changes exactly the range, for every length up to 300 at every offset`, () => {
      for (let length = 0; length <= 300; length += 1) {
        for (const offset of [0, 1, 2, 3, 5, 7]) {
          check(masked, offset, 0, length);
          check(masked, offset, 1 + (length % 5), length);
        }
      }
    });

    it(`${name}: around 64 KiB, and above`, () => {
      const page = 65_536;
      for (const around of [page - 64, page, 2 * (page - 64), 3 * page]) {
        for (const length of [around - 1, around, around + 1, around + 63]) {
          check(masked, 0, 0, length);
          check(masked, 3, 1, length);
        }
      }
    });
  }

  it('done twice undoes itself', () => {
    const bytes = bytesAt(1, 1000);
    const before = bytes.slice();
    mask(bytes, 5, 905, key);
    expect(Buffer.compare(bytes, before)).not.toBe(0);
    mask(bytes, 5, 905, key);
    expect(bytes).toEqual(before);
  });

  it('a payload in two stretches is masked like one, wherever it is cut', () => {
    const expected = oracle(bytesAt(0, 100), 0, 100);
    for (let cut = 0; cut <= 100; cut += 1) {
      const bytes = bytesAt(0, 100);
      mask(bytes, 0, cut, key);
      mask(bytes, cut, 100, rotateKey(key, cut));
      expect(bytes).toEqual(expected);
    }
  });

  it('a rotated key begins with the byte that is next', () => {
    const rotated = [0, 1, 2, 3, 4, 7].map((offset) => rotateKey(key, offset) >>> 0);
    expect(rotated).toEqual([
      0xc07f8105, 0x05c07f81, 0x8105c07f, 0x7f8105c0, 0xc07f8105, 0x7f8105c0,
    ]);
  });
});

describe('memory for reading', () => {
  it('is the same for all, of 64 KiB, and masked without going through other memory', () => {
    const memory = openMemory();
    expect(openMemory()).toBe(memory);
    expect(memory.length).toBe(65_536);
    memory.fill(0);
    mask(memory, 0, 65_535, key);
    expect(memory[65_535]).toBe(0);
    expect([...memory.subarray(65_530, 65_535)]).toEqual([0x7f, 0xc0, 0x05, 0x81, 0x7f]);
  });
});
