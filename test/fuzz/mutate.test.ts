import { describe, expect, it } from 'vitest';
import { frameWords } from '../../fuzz/dictionary.ts';
import { reshapeFrames } from '../../fuzz/frames.ts';
import { mutate, splice } from '../../fuzz/mutate.ts';
import { readFrame } from '../../fuzz/oracle.ts';
import { hashOf, Random } from '../../fuzz/random.ts';

const input = Uint8Array.from(Buffer.from('8185010203044967 6f686e'.replace(' ', ''), 'hex'));
const other = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function inputs(seed: number, count: number, maxBytes: number): Uint8Array[] {
  const random = new Random(seed);
  const options = { words: frameWords, maxBytes };
  return Array.from({ length: count }, () => mutate(input, other, random, options));
}

describe('mutate: the same seed makes the same inputs', () => {
  it('a thousand inputs are the same for one seed, and others for its neighbour', () => {
    expect(inputs(7, 1000, 100)).toEqual(inputs(7, 1000, 100));
    expect(inputs(7, 1000, 100)).not.toEqual(inputs(8, 1000, 100));
  });

  it('the numbers of a seed are these, on every machine', () => {
    const random = new Random(1);
    expect([random.next(), random.next(), random.next()]).toEqual([
      2_594_602_403, 3_658_074_864, 2_099_620_032,
    ]);
    expect(hashOf(other)).toBe(671_377_293);
  });

  it('no input is longer than the limit, and the one it was made from is left as it was', () => {
    const before = input.slice();
    const longest = Math.max(...inputs(3, 5000, 40).map((bytes) => bytes.length));
    expect(longest).toBe(40);
    expect(input).toEqual(before);
  });

  it('most inputs differ from the one they were made from', () => {
    const same = inputs(5, 1000, 100).filter((bytes) => Buffer.compare(bytes, input) === 0);
    expect(same.length).toBeLessThan(100);
  });

  it('splice replaces a stretch', () => {
    expect([...splice(Uint8Array.of(1, 2, 3, 4), 1, 2, Uint8Array.of(9, 9, 9))]).toEqual([
      1, 9, 9, 9, 4,
    ]);
  });
});

describe('frames: a stream stays a stream of frames', () => {
  it('most of what comes out begins with a frame whose length fits', () => {
    const random = new Random(11);
    let fitting = 0;
    for (let i = 0; i < 500; i += 1) {
      const frame = readFrame(reshapeFrames(input, true, random), 0, true);
      fitting += typeof frame === 'object' && frame.payload.length === frame.length ? 1 : 0;
    }
    expect(fitting).toBeGreaterThan(250);
  });

  it('the same seed makes the same streams, from broken ones too', () => {
    const reshape = (seed: number): Uint8Array[] => {
      const random = new Random(seed);
      return Array.from({ length: 200 }, (_, i) =>
        reshapeFrames(input.slice(0, i % 12), i % 2 === 0, random),
      );
    };
    expect(reshape(2)).toEqual(reshape(2));
    expect(reshape(2)).not.toEqual(reshape(3));
  });
});
