import { describe, expect, it } from 'vitest';
import { serverChecks } from '../../src/wire/server-checks.ts';
import { entry, type Fields, gap, long, problem, server } from './samples.ts';

const most = Number.MAX_SAFE_INTEGER;
const said = (type: string, change: Fields) => problem('server', type, change);

it('there is a row for every message that is sampled', () => {
  expect(Object.keys(serverChecks)).toEqual(Object.keys(server));
});

describe('texts', () => {
  it.each([
    ['welcome', 'session', 1, 64],
    ['welcome', 'secret', 1, 128],
    ['welcome', 'user', 0, 1_024],
    ['signal', 'event', 1, 64],
    ['signal', 'by', 0, 1_024],
    ['ask', 'method', 1, 128],
    ['drain', 'reason', 0, 123],
    ['error', 'message', 0, 1_024],
    ['error', 'channel', 0, 200],
    ['disconnect', 'reason', 0, 123],
  ])('%s: %s has %i to %i characters', (type, field, least, longest) => {
    const wrong = `${field} must be a text of ${least} to ${longest} characters`;
    expect(said(type, { [field]: long(least) })).toBe(undefined);
    expect(said(type, { [field]: long(longest) })).toBe(undefined);
    expect(said(type, { [field]: long(longest + 1) })).toBe(wrong);
    expect(said(type, { [field]: 1 })).toBe(wrong);
    if (least > 0) {
      expect(said(type, { [field]: '' })).toBe(wrong);
    }
  });

  it.each([
    'subscribed',
    'caughtUp',
    'publication',
    'signal',
    'advance',
    'gap',
    'unsubscribed',
    'historyPage',
  ])('%s: the channel must be the name of one', (type) => {
    for (const channel of ['', '*', 'a b', long(201), '\ud800', 1]) {
      expect(said(type, { channel })).toBe('channel is not the name of a channel');
    }
    for (const channel of ['~inbox', '~roster:a', long(200)]) {
      expect(said(type, { channel })).toBe(undefined);
    }
  });
});

describe('words', () => {
  it.each([
    ['subscribed', 'kind', ['log', 'state', 'signals']],
    ['error', 'code', ['PRODUCER_FENCED', 'CALL_FAILED', 'TOKEN_REFUSED', 'NOT_ENTERED']],
    ['error', 'code', ['PAYLOAD_INVALID', 'EVENT_UNKNOWN', 'RATE_LIMITED']],
    ['disconnect', 'name', ['FENCED', 'BUSY', 'TOO_MANY_CONNECTIONS', 'TOKEN_EXPIRED']],
  ])('%s: %s', (type, field, words) => {
    for (const word of words) {
      expect(said(type, { [field]: word })).toBe(undefined);
    }
    for (const word of ['', 'constructor', words[0]!.toLowerCase() + words[1]!]) {
      expect(said(type, { [field]: word })).toBe(`${field} is not a word of this protocol`);
    }
  });

  it('a gap has one of six reasons', () => {
    const because = (reason: string) => said('gap', { gap: { ...gap, reason } });
    for (const reason of ['trimmed', 'epoch', 'diverged', 'ahead', 'dropped', 'unauthorised']) {
      expect(because(reason)).toBe(undefined);
    }
    expect(because('bored')).toBe('gap.reason is not a word of this protocol');
  });

  it.each([
    ['subscribed', 'snapshot'],
    ['appended', 'duplicate'],
  ])('%s: %s is true or left out', (type, field) => {
    expect(said(type, { [field]: false })).toBe(`${field} must be true, or left out`);
  });
});

describe('numbers', () => {
  it.each([
    ['progress', 'seq', 1],
    ['welcome', 'maxPending', 1],
    ['welcome', 'expiresInMs', 0],
    ['renewed', 'expiresInMs', 0],
    ['reply', 'parts', 0],
    ['error', 'last', 0],
    ['drain', 'reconnectWithinMs', 0],
    ['disconnect', 'retryAfterMs', 0],
  ])('%s: %s is a whole number from %i', (type, field, least) => {
    expect(said(type, { [field]: least })).toBe(undefined);
    expect(said(type, { [field]: most })).toBe(undefined);
    for (const wrong of [least - 1, 1.5, most + 1, '1']) {
      expect(said(type, { [field]: wrong })).toBe(
        `${field} must be a whole number from ${least} to ${most}`,
      );
    }
  });

  it('a refusal says to wait a day at the most', () => {
    expect(said('error', { retryAfterMs: 86_400_000 })).toBe(undefined);
    for (const retryAfterMs of [86_400_001, -1, 0.5]) {
      expect(said('error', { retryAfterMs })).toBe(
        'retryAfterMs must be a whole number from 0 to 86400000',
      );
    }
  });

  it('the code of a disconnect is one of 4000 to 4999', () => {
    expect([said('disconnect', { code: 4000 }), said('disconnect', { code: 4999 })]).toEqual([
      undefined,
      undefined,
    ]);
    for (const code of [3999, 5000, 1000]) {
      expect(said('disconnect', { code })).toBe('code must be a whole number from 4000 to 4999');
    }
  });
});

it('a page has at most 1,000 entries, and the wrong one is named', () => {
  const page = (count: number) => Array.from({ length: count }, () => entry);
  const wrongIn = (publications: readonly unknown[]) => said('historyPage', { publications });
  expect(wrongIn(page(1_000))).toBe(undefined);
  expect(wrongIn(page(1_001))).toBe('publications must be a list of at most 1000');
  const bad = { ...entry, prev: { offset: -1, id: '' } };
  const longest = wrongIn([...page(999), bad])!;
  expect(longest).toBe(`publications[999].prev.offset must be a whole number from 0 to ${most}`);
  expect(longest.length).toBeLessThanOrEqual(100);
  expect(wrongIn([entry, null])).toBe('publications[1] must be an object');
  expect(wrongIn([[]])).toBe('publications[0] must be an object');
});
