import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflateShared, inflateShared } from '../../src/endpoint/shared-zlib.ts';

const settings = { windowBits: 15, level: 6, memoryLevel: 8 };
const tail = Buffer.from('0000ffff', 'hex');
const text = Buffer.from('as it is said, so it is sent; '.repeat(20));

/** As a peer sends it: without the tail. */
const sent = (payload: Uint8Array): Buffer =>
  Buffer.from(deflateShared(payload, settings)!).subarray(0, -4);

function inflated(payload: Uint8Array, maxBytes: number): Buffer {
  const made = inflateShared(payload, maxBytes);
  if (typeof made !== 'object') {
    throw new Error(`it gave ${made}`);
  }
  return made;
}

describe('what a shared handle made', () => {
  it('is a stream of its own each time, in step with zlib', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (bytes) => {
        const deflated = deflateShared(bytes, settings)!;
        expect(Buffer.from(deflated.subarray(-4)).equals(tail)).toBe(true);
        const whole = Buffer.concat([deflated, Buffer.from('010000ffff', 'hex')]);
        expect(inflateRawSync(whole).equals(bytes)).toBe(true);
        expect(inflated(sent(bytes), 3000).equals(bytes)).toBe(true);
      }),
    );
  });

  it('is nobody else’s: the next message leaves it alone', () => {
    const first = sent(text);
    const copy = Buffer.from(first);
    const one = inflated(first, 1000);
    sent(Buffer.alloc(1000, 'x'));
    inflateShared(sent(Buffer.alloc(1000, 'y')), 1000);
    expect(first.equals(copy)).toBe(true);
    expect(one.equals(text)).toBe(true);
  });

  it('refers back no further than its own window', () => {
    for (const windowBits of [8, 9, 12]) {
      const noise = Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * 7919) % 251));
      const twice = Buffer.concat([noise, noise]);
      const deflated = deflateShared(twice, { ...settings, windowBits })!;
      const whole = Buffer.concat([deflated, Buffer.from('010000ffff', 'hex')]);
      const bits = Math.max(9, windowBits);
      expect(inflateRawSync(whole, { windowBits: bits, chunkSize: 64 }).equals(twice)).toBe(true);
    }
  });
});

describe('C1 a message beyond its limit is too big', () => {
  it.each([text.length, 65_536, 262_144])('by one byte, at %d bytes', (length) => {
    const payload = deflateRawSync(Buffer.alloc(length), { finishFlush: constants.Z_SYNC_FLUSH });
    const bytes = payload.subarray(0, -4);
    expect(inflated(bytes, length).length).toBe(length);
    expect(inflateShared(bytes, length - 1)).toBe('tooBig');
    expect(inflated(sent(text), 1000).equals(text)).toBe(true);
  });

  it('and whatever stands behind what fills the room does not matter', () => {
    const bomb = deflateRawSync(Buffer.alloc(10_000_000));
    for (const payload of [bomb, bomb.subarray(0, 5000), Buffer.concat([bomb, sent(text)])]) {
      expect(inflateShared(payload, 262_144)).toBe('tooBig');
      expect(inflated(sent(text), 1000).equals(text)).toBe(true);
    }
  });
});

describe('left to the documented calls is', () => {
  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['what is no DEFLATE', Buffer.from([7, 7, 7])],
    ['a payload that was cut short', sent(text).subarray(0, -3)],
    [
      'a stream that ends before the payload does',
      Buffer.concat([deflateRawSync(text), sent(text)]),
    ],
    ['more than there is room for, where more may be', deflateRawSync(Buffer.alloc(262_145))],
  ])('%s, and the handle is as good as before', (_what, payload) => {
    expect(inflateShared(payload, 1e9)).toBe(undefined);
    expect(inflated(sent(text), 1e9).equals(text)).toBe(true);
  });

  it('what would not fit in the room once it is compressed', () => {
    const noise = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * i * 31) >> 3));
    expect(deflateShared(noise, { ...settings, level: 0 })).toBe(undefined);
    expect(inflated(sent(text), 1000).equals(text)).toBe(true);
  });

  it('the seventeenth way to compress', () => {
    const ways = [1, 2, 3].flatMap((level) =>
      [9, 10, 11, 12, 13, 14, 15].map((windowBits) => ({ ...settings, level, windowBits })),
    );
    const made = ways.filter((way) => deflateShared(text, way) !== undefined);
    expect(made.length).toBeLessThanOrEqual(16);
    expect(made.length).toBeGreaterThan(0);
    expect(deflateShared(text, settings)).toBeDefined();
  });
});
