import { describe, expect, it, vi } from 'vitest';
import { PieceQueue } from '../../src/endpoint/piece-queue.ts';

function filled(sizes: readonly number[], goesOn = true): PieceQueue {
  const queue = new PieceQueue();
  let next = 0;
  for (const size of sizes) {
    const piece = Buffer.from(Array.from({ length: size }, () => next++ % 251));
    queue.add(piece, 0, size, goesOn);
    // Whoever gave it uses it again.
    piece.fill(0xff);
  }
  return queue;
}

function all(queue: PieceQueue): Buffer[] {
  const pieces: Buffer[] = [];
  for (let piece = queue.take(); piece !== undefined; piece = queue.take()) {
    pieces.push(piece);
  }
  return pieces;
}

describe('pieces that wait', () => {
  it('come out in order, whole, however they were cut', () => {
    const sizes = [1, 31, 32, 5000, 1, 16_384, 3, 0, 40_000];
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const queue = filled(sizes);
    expect(queue.bytes).toBe(total);
    const together = Buffer.concat(all(queue));
    expect(together.equals(Buffer.from(Array.from({ length: total }, (_, i) => i % 251)))).toBe(
      true,
    );
    expect(queue.bytes).toBe(0);
  });

  it('only the range counts', () => {
    const queue = new PieceQueue();
    queue.add(Buffer.from('abcdef'), 2, 4, false);
    expect(String(queue.take())).toBe('cd');
  });

  it('B2: a hundred thousand of one byte stand together in a few blocks', () => {
    const queue = filled(Array.from({ length: 100_000 }, () => 1));
    expect(all(queue).length).toBe(Math.ceil(100_000 / 16_384));
  });

  it('B3: what is given out keeps at most twice its own size alive', () => {
    // 1 byte from a block of its own is copied, into a pool that is shared by many.
    for (const [size, most] of [
      [1, 8192],
      [8191, 8192],
      [8192, 16_384],
      [20_000, 20_000],
    ] as const) {
      const [piece] = all(filled([size]));
      expect([piece!.length, piece!.buffer.byteLength <= most]).toEqual([size, true]);
    }
    expect(all(filled([5], false))[0]!.buffer.byteLength).toBeLessThanOrEqual(8192);
  });

  it('a small message that is whole has no block made for it', () => {
    const allocate = vi.spyOn(Buffer, 'allocUnsafe');
    filled([5], false);
    filled([5], true);
    const sizes = allocate.mock.calls.map(([size]) => size);
    allocate.mockRestore();
    expect(sizes).toEqual([5, 16_384]);
  });

  it('cleared, nothing is left', () => {
    const queue = filled([10]);
    queue.clear();
    expect([queue.bytes, queue.take()]).toEqual([0, undefined]);
  });
});
