import { afterEach, describe, expect, it, vi } from 'vitest';
import { ClientError, leastOf, refusal, reportUncaught } from '../../src/client/errors.ts';

afterEach(() => vi.unstubAllGlobals());

describe('what went wrong', () => {
  it('is not retryable unless it says so', () => {
    const error = new ClientError('CLIENT_CLOSED', 'the client is closed');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.retryable]).toEqual([
      'ClientError',
      'CLIENT_CLOSED',
      false,
    ]);
  });

  it.each([true, false])('a refusal is as retryable as the server says: %s', (retryable) => {
    const error = refusal({ type: 'error', id: 1, code: 'FORBIDDEN', message: 'no', retryable });
    expect([error.code, error.message, error.retryable]).toEqual(['FORBIDDEN', 'no', retryable]);
  });

  it('a failed call has what the application says of it', () => {
    const failed = {
      type: 'error',
      id: 1,
      code: 'CALL_FAILED',
      message: 'no',
      retryable: false,
    } as const;
    expect(refusal({ ...failed, details: { left: 1 } }).details).toEqual({ left: 1 });
    expect(refusal(failed).details).toBeUndefined();
  });

  it('says when it may be tried again, if the server did', () => {
    const limited = {
      type: 'error',
      id: 1,
      code: 'RATE_LIMITED',
      message: 'slower',
      retryable: true,
    } as const;
    const error = refusal({ ...limited, retryAfterMs: 250 });
    expect([error.retryAfterMs, leastOf(error)]).toEqual([250, 250]);
    expect([refusal(limited).retryAfterMs, leastOf(refusal(limited))]).toEqual([undefined, 0]);
    expect(leastOf(new Error('another'))).toBe(0);
  });
});

describe('what a listener throws', () => {
  it('goes to reportError where there is one', () => {
    const reported: unknown[] = [];
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    reportUncaught('mine');
    expect(reported).toEqual(['mine']);
  });

  it('is thrown from a turn of its own elsewhere', () => {
    vi.stubGlobal('reportError', undefined);
    const queued: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (run: () => void) => queued.push(run));
    reportUncaught(new Error('mine'));
    expect(queued).toHaveLength(1);
    expect(queued[0]).toThrow('mine');
  });
});
