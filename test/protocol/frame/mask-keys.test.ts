import { describe, expect, it } from 'vitest';
import { MaskKeys, platformKeys } from '../../../src/protocol/frame/mask-keys.ts';
import { openConnection } from '../support.ts';

describe('§5.3, §10.3 masking keys', () => {
  it('are handed out once, lowest byte first, in the order of the source', () => {
    let next = 0;
    const keys = new MaskKeys((into) => {
      new DataView(into.buffer).setUint32(0, 0x04030201 + next, true);
      next += 1;
      into.fill(next, 4);
    });
    const first = Array.from({ length: 1025 }, () => keys.next());
    expect(first[0]).toBe(0x04030201);
    expect(first[1]).toBe(0x01010101);
    expect(first[1023]).toBe(0x01010101);
    expect(first[1024]).toBe(0x04030202);
  });

  it('are never zeros that a failed source left behind', () => {
    let isBroken = true;
    const keys = new MaskKeys((into) => {
      if (isBroken) {
        throw new Error('no entropy');
      }
      into.fill(7);
    });
    expect(() => keys.next()).toThrow('no entropy');
    expect(() => keys.next()).toThrow('no entropy');
    isBroken = false;
    expect(keys.next()).toBe(0x07070707);
  });

  it('are asked of the source 1,024 at a time', () => {
    const asked: number[] = [];
    const keys = new MaskKeys((into) => asked.push(into.length));
    Array.from({ length: 2048 }, () => keys.next());
    expect(asked).toEqual([4096, 4096]);
  });

  it('B8: 100,000 of the platform are even in every byte, and no series of them comes again', () => {
    const count = 100_000;
    const keys = Int32Array.from({ length: count }, () => platformKeys.next());
    for (const shift of [0, 8, 16, 24]) {
      const seen = Array.from({ length: 256 }, () => 0);
      for (const key of keys) {
        seen[(key >>> shift) & 0xff]! += 1;
      }
      const expected = count / 256;
      const chiSquare = seen.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      // 255 degrees of freedom: outside of this range once in many million runs.
      expect(chiSquare).toBeGreaterThan(145);
      expect(chiSquare).toBeLessThan(420);
    }
    // By chance about one pair is alike; a pool that is handed out twice would repeat a thousand.
    expect(new Set(keys).size).toBeGreaterThan(count - 20);
  });

  it('B8: every frame has its own', () => {
    const { connection, sink } = openConnection({ role: 'client' });
    for (let i = 0; i < 8; i += 1) {
      connection.sendBytes(new Uint8Array(0));
    }
    const keys = Array.from({ length: 8 }, (_, i) =>
      Buffer.from(sink.output.subarray(i * 6 + 2, i * 6 + 6)).toString('hex'),
    );
    expect(sink.output.length).toBe(48);
    expect(new Set(keys).size).toBeGreaterThan(6);
  });
});
