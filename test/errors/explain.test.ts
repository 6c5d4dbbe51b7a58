/**
 * What programs learn of a code.
 */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/errors/explain.ts';

describe('what a code means', () => {
  it('is found by the code: its number, whether to try again, what to do, where to read on', () => {
    expect(explain('BUSY')).toEqual({
      code: 'BUSY',
      number: 4004,
      retryable: 'yes',
      todo: 'add nodes or raise the limit if it stays.',
      docs: 'docs/3-reference/errors.md#busy',
    });
  });

  it('is found by the number, which for disconnects is the close code that a log has', () => {
    expect(explain(4503)).toEqual(explain('UNAUTHORISED'));
    expect(explain(1002)?.code).toBe('CONTROL_TOO_LONG');
  });

  it('is nothing for what is no code of ours, be it a name that every object has', () => {
    expect(explain('ECONNREFUSED')).toBeUndefined();
    expect(explain('toString')).toBeUndefined();
    expect(explain('')).toBeUndefined();
    expect(explain(4999)).toBeUndefined();
    expect(explain(Number.NaN)).toBeUndefined();
  });
});
