import { describe, expect, it } from 'vitest';
import { deniedBy, deny, judge, waitOf } from '../../src/hub/denied.ts';
import type { Refusal, Verdict } from '../../src/ports/index.ts';

function needs(maxDataBytes = 100) {
  const failures: unknown[] = [];
  return { maxDataBytes, notes: { failed: (error: unknown) => failures.push(error) }, failures };
}

const forbidden = { code: 'FORBIDDEN', message: 'not here' };
const denied = (answer: unknown) => deniedBy(answer as Verdict, 'not here', needs());

describe('the policy’s answer', () => {
  it('is a yes when it is true, and nothing else is', () => {
    expect(denied(true)).toBeUndefined();
    for (const answer of [false, undefined, null, 1, 'yes', {}, { code: 'YES' }, [true]]) {
      expect(denied(answer)).toEqual(forbidden);
    }
  });

  it('is no by a word that every table has', () => {
    expect(denied({ code: 'constructor', message: 'x' })).toEqual(forbidden);
  });

  it.each(['FORBIDDEN', 'PAYLOAD_INVALID', 'EVENT_UNKNOWN'] as const)(
    '%s is final, whatever time it names',
    (code) => {
      expect(denied({ code, message: 'so', retryAfterMs: 5 })).toEqual({ code, message: 'so' });
    },
  );

  it('RATE_LIMITED may be asked again, after its time if it names one', () => {
    const limited = { code: 'RATE_LIMITED', message: 'slower' };
    expect(denied(limited)).toEqual({ ...limited, retryable: true });
    expect(denied({ ...limited, retryAfterMs: 5.5 })).toEqual({
      ...limited,
      retryable: true,
      retryAfterMs: 6,
    });
  });

  it('1,024 characters of it are told, and no more; no sentence is that of the hub', () => {
    expect(denied({ code: 'FORBIDDEN', message: 'x'.repeat(1_024) })?.message).toHaveLength(1_024);
    expect(denied({ code: 'FORBIDDEN', message: 'x'.repeat(1_025) })?.message).toHaveLength(1_024);
    expect(denied({ code: 'EVENT_UNKNOWN' })).toEqual({
      code: 'EVENT_UNKNOWN',
      message: 'not here',
    });
  });

  it('its details are told within the limit of data; beyond it the observer is told instead', () => {
    const wrong = (details: unknown): Refusal => ({
      code: 'PAYLOAD_INVALID',
      message: 'so',
      details,
    });
    const told = needs(7);
    expect(deniedBy(wrong([1, 2, 3]), '', told)).toEqual(wrong([1, 2, 3]));
    expect(deniedBy(wrong(null), '', told)).toEqual(wrong(null));
    expect(told.failures).toEqual([]);
    expect(deniedBy(wrong([1, 2, 34]), '', told)).toEqual({
      code: 'PAYLOAD_INVALID',
      message: 'so',
    });
    expect(deniedBy(wrong(1n), '', told)).not.toHaveProperty('details');
    expect(told.failures).toMatchObject([{ code: 'DATA_TOO_LARGE' }, { code: 'DATA_INVALID' }]);
  });
});

describe('a time to wait', () => {
  it.each([
    [undefined, undefined],
    [Number.NaN, undefined],
    [-1, undefined],
    ['5' as unknown as number, undefined],
    [0, 0],
    [0.1, 1],
    [86_400_000, 86_400_000],
    [86_400_001, 86_400_000],
    [Number.POSITIVE_INFINITY, 86_400_000],
  ])('of %s is told as %s', (ms, told) => {
    expect(waitOf(ms).retryAfterMs).toBe(told);
  });
});

describe('asking the policy', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('database');
      },
    ],
    ['rejects', () => Promise.reject(new Error('database'))],
  ])('one that %s has said no, and the observer is told', async (_, question) => {
    const told = needs();
    expect(await judge(question, 'not here', told)).toEqual(forbidden);
    expect(told.failures).toEqual([new Error('database')]);
  });

  it('one that answers later is waited for', async () => {
    expect(await judge(async () => true, 'not here', needs())).toBeUndefined();
  });

  it('a no is told to whoever asked, with the channel of several that it is about', () => {
    const told: unknown[][] = [];
    const session = { refuse: (...all: unknown[]) => void told.push(all) };
    const no = { code: 'RATE_LIMITED', message: 'so', retryable: true, retryAfterMs: 4 } as const;
    deny(session, 7, no);
    deny(session, 8, no, { channel: 'news' });
    const more = { retryable: true, retryAfterMs: 4 };
    expect(told).toEqual([
      [7, 'RATE_LIMITED', 'so', more],
      [8, 'RATE_LIMITED', 'so', { ...more, channel: 'news' }],
    ]);
  });
});
