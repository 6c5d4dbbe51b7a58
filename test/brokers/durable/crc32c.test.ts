import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/brokers/durable/crc32c.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('CRC-32C', () => {
  it.each([
    ['nothing', new Uint8Array(), 0],
    ['123456789', ascii('123456789'), 0xe3069283],
    // RFC 3720, appendix B.4.
    ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 bytes that grow', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['32 bytes that shrink', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])('of %s is as published', (_, bytes, wanted) => {
    expect(crc32c(bytes)).toBe(wanted);
  });

  it('of a whole is that of its end, after that of its beginning', () => {
    const whole = ascii('It was the best of times');
    for (let at = 0; at <= whole.length; at += 1) {
      expect(crc32c(whole.subarray(at), crc32c(whole.subarray(0, at)))).toBe(crc32c(whole));
    }
  });
});
