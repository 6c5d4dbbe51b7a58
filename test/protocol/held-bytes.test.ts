import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/protocol/held-bytes.ts';
import { bytes } from './support.ts';

function content(held: HeldBytes): Uint8Array {
  return held.bytes.slice(held.start, held.end);
}

describe('held bytes', () => {
  it('are the ends of chunks, in order, and nobody else’s memory', () => {
    const held = new HeldBytes();
    const chunk = bytes(100);
    held.add(chunk, 90);
    held.add(chunk, 0);
    held.add(chunk, 100);
    chunk.fill(0);
    expect(held.length).toBe(110);
    expect(content(held)).toEqual(Uint8Array.from([...bytes(100).slice(90), ...bytes(100)]));
  });

  it('forget what was read when they grow', () => {
    const held = new HeldBytes();
    held.add(bytes(1000), 0);
    held.start = 990;
    held.add(bytes(15), 0);
    expect(held.bytes.length).toBeLessThan(100);
    expect(content(held)).toEqual(Uint8Array.from([...bytes(1000).slice(990), ...bytes(15)]));
  });

  it('grow in few steps, one byte at a time', () => {
    const held = new HeldBytes();
    const sizes = new Set<number>();
    for (let i = 0; i < 10_000; i += 1) {
      held.add(Uint8Array.of(i & 255), 0);
      sizes.add(held.bytes.length);
    }
    expect(sizes.size).toBe(15);
    expect(content(held)).toEqual(Uint8Array.from({ length: 10_000 }, (_, i) => i & 255));
  });
});
