import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../src/endpoint/index.ts';

describe('an error of the world', () => {
  it('says what, whether to try again, and why', () => {
    const cause = new Error('below');
    const error = new ConnectionError('HANDSHAKE_REFUSED', 'the server answered 503', {
      retryable: true,
      fault: 'RESPONSE_NOT_101',
      status: 503,
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'ConnectionError',
      code: 'HANDSHAKE_REFUSED',
      message: 'the server answered 503',
      retryable: true,
      fault: 'RESPONSE_NOT_101',
      status: 503,
      cause,
    });
  });

  it('has no fault and no status where there was no answer', () => {
    const error = new ConnectionError('CONNECT_FAILED', 'refused', { retryable: true });
    expect([error.fault, error.status, error.cause]).toEqual([undefined, undefined, undefined]);
  });
});
