import { describe, expect, it } from 'vitest';
import { mayTravel } from '../../src/protocol/close-codes.ts';
import { faults } from '../../src/protocol/faults.ts';

describe('§7.4.1 faults', () => {
  const rows = Object.entries(faults);

  it('have the close code that the standard gives them', () => {
    expect(Object.fromEntries(rows.map(([name, fault]) => [name, fault.closeCode]))).toEqual({
      RESERVED_BITS: 1002,
      RESERVED_OPCODE: 1002,
      MASK_MISSING: 1002,
      MASK_UNEXPECTED: 1002,
      LENGTH_NOT_MINIMAL: 1002,
      LENGTH_OVERFLOW: 1002,
      CONTROL_FRAGMENTED: 1002,
      CONTROL_TOO_LONG: 1002,
      CONTINUATION_UNEXPECTED: 1002,
      CONTINUATION_EXPECTED: 1002,
      FRAME_TOO_BIG: 1009,
      MESSAGE_TOO_BIG: 1009,
      TOO_MANY_FRAGMENTS: 1008,
      INVALID_UTF8: 1007,
      DEFLATE_INVALID: 1007,
      RATIO_TOO_HIGH: 1009,
      INFLATE_FAILED: 1011,
      CLOSE_TOO_SHORT: 1002,
      CLOSE_CODE_INVALID: 1002,
      CLOSE_REASON_INVALID: 1007,
      MESSAGE_TOO_SLOW: 1008,
      PONG_MISSING: 1006,
      IDLE_TOO_LONG: 1001,
      CLOSE_UNANSWERED: 1006,
      READS_TOO_SLOWLY: 1008,
    });
  });

  it('are named alike inside and out, name a section, and fit in a Close frame', () => {
    for (const [name, fault] of rows) {
      expect(fault.name).toBe(name);
      expect(fault.section).toMatch(/^(RFC 7692 )?§\d+(\.\d+)*$/);
      expect(Buffer.byteLength(fault.message)).toBeLessThanOrEqual(123);
      expect(mayTravel(fault.closeCode) || fault.closeCode === 1006).toBe(true);
    }
  });

  it('cannot be changed', () => {
    expect([Object.isFrozen(faults), rows.every(([, fault]) => Object.isFrozen(fault))]).toEqual([
      true,
      true,
    ]);
  });
});
