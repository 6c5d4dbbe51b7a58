import { describe, expect, it } from 'vitest';
import { readCloseBody, writeCloseBody } from '../../src/protocol/close-body.ts';
import { faults } from '../../src/protocol/faults.ts';
import { pureText } from '../../src/protocol/message/text.ts';
import { UsageError } from '../../src/protocol/usage-error.ts';
import { closeBody, toBytes } from './support.ts';

function write(code: unknown, reason: unknown): string {
  try {
    const body = writeCloseBody(code as number, reason as string, pureText);
    return Buffer.from(body).toString('hex');
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
}

/** The body with other bytes around it. */
function read(body: Uint8Array | string) {
  const bytes = toBytes(body);
  const inside = Buffer.concat([Buffer.from([0xff]), bytes, Buffer.from([0xff])]);
  return readCloseBody(inside, 1, 1 + bytes.length, pureText);
}

describe('§5.5.1 the body of a Close frame that we send', () => {
  it('is empty, or a code and a reason', () => {
    expect(write(undefined, '')).toBe('');
    expect(write(1000, '')).toBe('03e8');
    expect(write(4999, 'bye é')).toBe(`1387${Buffer.from('bye é').toString('hex')}`);
  });

  it('has at most 123 bytes of reason, as UTF-8', () => {
    expect(write(1000, 'x'.repeat(123))).toBe(`03e8${'78'.repeat(123)}`);
    expect(write(1000, 'x'.repeat(124))).toBe('CLOSE_REASON_TOO_LONG');
    expect(write(1000, '€'.repeat(41)).length).toBe(250);
    expect(write(1000, '€'.repeat(42))).toBe('CLOSE_REASON_TOO_LONG');
  });

  it('§7.4.1: has a code that may travel', () => {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535, '1000', null]) {
      expect(write(code, '')).toBe('CLOSE_CODE_INVALID');
    }
    expect(write(undefined, 'why')).toBe('CLOSE_CODE_INVALID');
  });

  it('B5: has a reason that is a string', () => {
    for (const reason of [5, new Float32Array(20), new Uint8Array(3), null, undefined, {}]) {
      expect(write(1000, reason)).toBe('PAYLOAD_INVALID');
      expect(write(undefined, reason)).toBe('PAYLOAD_INVALID');
    }
  });
});

describe('§5.5.1, §7.1.5, §7.1.6 the body of a Close frame that came', () => {
  it('is read as code and reason, 1005 when it is empty', () => {
    expect(read('')).toEqual({ code: 1005, reason: '' });
    expect(read(closeBody(1000))).toEqual({ code: 1000, reason: '' });
    expect(read(closeBody(3999, 'é€😀\ufeff'))).toEqual({ code: 3999, reason: 'é€😀\ufeff' });
    const longest = 'x'.repeat(123);
    expect(read(closeBody(1001, longest))).toEqual({ code: 1001, reason: longest });
  });

  it('B6: is a fault with one byte, a code that must not be sent, or a reason that is no UTF-8', () => {
    expect(read('x')).toBe(faults.CLOSE_TOO_SHORT);
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) {
      expect(read(closeBody(code))).toBe(faults.CLOSE_CODE_INVALID);
    }
    for (const reason of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x61, 0xc0, 0x80]]) {
      expect(read(closeBody(1000, Uint8Array.from(reason)))).toBe(faults.CLOSE_REASON_INVALID);
    }
  });
});
