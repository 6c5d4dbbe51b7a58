import { describe, expect, it } from 'vitest';
import { WaitingBlock } from '../../src/endpoint/waiting-block.ts';

describe('a block of waiting frames', () => {
  it('gives one stretch behind the other, and its view grows with them', () => {
    const block = new WaitingBlock(10);
    const before = block.view;
    expect(block.extend(5)).toBe(10);
    expect(block.view.length).toBe(15);
    expect(before.length).toBe(10);
    expect(block.view.buffer).toBe(block.bytes.buffer);
  });

  it('is full at 16 KiB, and gives nothing beyond', () => {
    const block = new WaitingBlock(16_000);
    expect(block.extend(385)).toBe(-1);
    expect(block.extend(384)).toBe(16_000);
    expect(block.extend(1)).toBe(-1);
    expect(block.view.length).toBe(16_384);
  });

  it('goes on only as the last of the pieces, where its new view then stands', () => {
    const block = new WaitingBlock(10);
    const pieces = [block.view];
    expect(block.extendLast(pieces, 5)).toBe(10);
    expect(pieces).toEqual([block.view]);
    pieces.push(new Uint8Array(1));
    expect(block.extendLast(pieces, 5)).toBe(-1);
    expect(block.view.length).toBe(15);
    expect(block.extendLast([], 5)).toBe(-1);
    const full = [block.view];
    expect(block.extendLast(full, 16_384)).toBe(-1);
    expect(full).toEqual([block.view]);
  });

  it('is as large as its first stretch, if that is larger', () => {
    expect(new WaitingBlock(20_000).bytes.length).toBe(20_000);
  });

  it('is memory of its own, not a part of the pool', () => {
    expect(new WaitingBlock(1).bytes.buffer.byteLength).toBe(16_384);
  });
});
