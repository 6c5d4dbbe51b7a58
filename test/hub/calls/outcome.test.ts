import { describe, expect, it } from 'vitest';
import { CallError } from '../../../src/hub/calls/methods.ts';
import { messageFor, outcomeOfError, outcomeOfResult } from '../../../src/hub/calls/outcome.ts';

const general = { code: 'CALL_FAILED', message: 'the call failed' };

describe('what a method returned', () => {
  it('is the answer; undefined is null', () => {
    expect(outcomeOfResult([1], 0, 100)).toEqual({ outcome: { data: [1], parts: 0 } });
    expect(outcomeOfResult(undefined, 2, 100)).toEqual({ outcome: { data: null, parts: 2 } });
  });

  it('is a failure inside when it cannot be said', () => {
    const { outcome, inside } = outcomeOfResult(() => 1, 0, 100);
    expect(outcome).toEqual(general);
    expect(inside).toMatchObject({ code: 'DATA_INVALID' });
  });
});

describe('what a method threw', () => {
  it('is told when it is a CallError, details included', () => {
    expect(outcomeOfError(new CallError('no', { a: 1 }), 100)).toEqual({
      outcome: { code: 'CALL_FAILED', message: 'no', details: { a: 1 } },
    });
    expect(outcomeOfError(new CallError('no'), 100)).toEqual({
      outcome: { code: 'CALL_FAILED', message: 'no' },
    });
  });

  it('is told up to 1,024 characters', () => {
    const said = (length: number): number => {
      const { outcome } = outcomeOfError(new CallError('x'.repeat(length)), 100);
      return (outcome as { message: string }).message.length;
    };
    expect([said(1_024), said(1_025)]).toEqual([1_024, 1_024]);
  });

  it('is told without details that cannot be said, and those are a failure inside', () => {
    const { outcome, inside } = outcomeOfError(new CallError('no', 'x'.repeat(99)), 100);
    expect(outcome).toEqual({ code: 'CALL_FAILED', message: 'no' });
    expect(inside).toMatchObject({ code: 'DATA_TOO_LARGE' });
  });

  it.each([new Error('secret'), 'secret', undefined])(
    'is inside when it is anything else',
    (error) => {
      expect(outcomeOfError(error, 100)).toEqual({ outcome: general, inside: error });
    },
  );
});

describe('how it is told', () => {
  it('an answer says how many parts there were, if there were any', () => {
    expect(messageFor(1, { data: 'a', parts: 0 })).toEqual({ type: 'reply', id: 1, data: 'a' });
    expect(messageFor(1, { data: 'a', parts: 3 })).toEqual({
      type: 'reply',
      id: 1,
      data: 'a',
      parts: 3,
    });
  });

  it('a failure is an error, which a retry does not mend unless it says so', () => {
    const failed = { code: 'CALL_FAILED', message: 'no' } as const;
    expect(messageFor(2, failed)).toEqual({ type: 'error', id: 2, ...failed, retryable: false });
    expect(messageFor(2, { ...failed, retryable: true })).toMatchObject({ retryable: true });
  });
});
