import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/protocol/usage-error.ts';

describe('a usage error', () => {
  it('is an Error with a name and a code', () => {
    const error = new UsageError('SEND_AFTER_CLOSE', 'too late');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual([
      'UsageError',
      'SEND_AFTER_CLOSE',
      'too late',
    ]);
  });
});
