import { describe, expect, it } from 'vitest';
import { faults } from '../../src/protocol/index.ts';
import { errorOf } from '../../src/ws/errors.ts';

describe('faults as errors of ws', () => {
  it('has an error for every fault that a Close frame answers, each with a code', () => {
    for (const fault of Object.values(faults)) {
      const error = errorOf(fault, 0) as (Error & { code?: string }) | undefined;
      if (fault.closeCode === 1006) {
        expect(error).toBeUndefined();
      } else {
        expect(error?.code).toMatch(/^(WS_ERR_[A-Z0-9_]+|Z_DATA_ERROR)$/);
        expect(error?.message).toMatch(/\S/);
      }
    }
  });

  it('says which opcode, which length, which code', () => {
    expect(errorOf(faults.RESERVED_OPCODE, 0x8b00)?.message).toBe(
      'Invalid WebSocket frame: invalid opcode 11',
    );
    expect(errorOf(faults.CONTROL_TOO_LONG, 0x89fe)?.message).toBe(
      'Invalid WebSocket frame: invalid payload length 126',
    );
    expect(errorOf(faults.CLOSE_CODE_INVALID, 1005)?.message).toBe(
      'Invalid WebSocket frame: invalid status code 1005',
    );
  });

  it.each([
    [0xc1, 'WS_ERR_UNEXPECTED_RSV_1'],
    [0xa1, 'WS_ERR_UNEXPECTED_RSV_2_3'],
    [0xf1, 'WS_ERR_UNEXPECTED_RSV_2_3'],
  ])('tells the reserved bits of %i apart', (first, code) => {
    expect(errorOf(faults.RESERVED_BITS, first << 8)).toMatchObject({ code });
  });

  it('is an error of zlib for what is no DEFLATE', () => {
    const error = errorOf(faults.DEFLATE_INVALID, 0xc100);
    expect(error).toMatchObject({ code: 'Z_DATA_ERROR', name: 'Error' });
  });

  it('is the error of any message too big for what grows beyond the limit', () => {
    const error = errorOf(faults.MESSAGE_TOO_BIG, 0xc100);
    expect(error).toMatchObject({
      code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
      message: 'Max payload size exceeded',
      name: 'RangeError',
    });
  });

  it('is a RangeError, but for what is no UTF-8', () => {
    expect(errorOf(faults.MASK_MISSING, 0)).toBeInstanceOf(RangeError);
    expect(errorOf(faults.INVALID_UTF8, 0)).not.toBeInstanceOf(RangeError);
    expect(errorOf(faults.CLOSE_REASON_INVALID, 0)).not.toBeInstanceOf(RangeError);
  });
});
