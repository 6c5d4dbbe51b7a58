import { describe, expect, it } from 'vitest';
import { AuthError, mustBeWithin } from '../../src/auth/auth-error.ts';

describe('AuthError', () => {
  it('says whether the same call may succeed later', () => {
    expect(new AuthError('KEYS_UNREACHABLE', 'x').retryable).toBe(true);
    expect(new AuthError('TICKETS_FULL', 'x').retryable).toBe(true);
    expect(new AuthError('TICKET_TOO_LARGE', 'x').retryable).toBe(false);
    expect(new AuthError('OPTION_INVALID', 'x').retryable).toBe(false);
  });

  it('keeps what it came from', () => {
    const cause = new Error('refused');
    expect(new AuthError('KEYS_UNREACHABLE', 'x', { cause }).cause).toBe(cause);
  });
});

describe('a number among the options', () => {
  it.each([1, 5, 10])('%s is from 1 to 10', (value) => {
    expect(() => mustBeWithin('size', value, { least: 1, most: 10 })).not.toThrow();
  });

  it.each([0, 11, Number.NaN, Number.POSITIVE_INFINITY])('%s is not, and is named', (value) => {
    expect(() => mustBeWithin('size', value, { least: 1, most: 10 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: 'size must be from 1 to 10' }),
    );
  });

  it('may be as large as one likes where nothing else is said', () => {
    expect(() => mustBeWithin('age', Number.POSITIVE_INFINITY, { least: 1 })).not.toThrow();
  });
});
