import { describe, expect, it } from 'vitest';
import { messageLimits } from '../../src/wire/checks.ts';
import {
  entry,
  type Fields,
  fullEntry,
  long,
  parse,
  place,
  problem,
  type Sample,
  samples,
  start,
} from './samples.ts';

const most = Number.MAX_SAFE_INTEGER;

describe('every message', () => {
  it.each(samples)('$from: $type is given with all its fields and nothing else', (sample) => {
    const { type, good } = sample;
    expect(parse(sample, { extra: 1, constructor: 2 })).toEqual({ message: { type, ...good } });
  });

  const optional: Readonly<Record<string, readonly string[]>> = {
    hello: ['token', 'resume'],
    subscribe: ['since'],
    publish: ['event', 'key', 'removed', 'producer', 'durability'],
    signal: ['event', 'by'],
    history: ['after'],
    call: ['channel'],
    welcome: ['expiresInMs'],
    subscribed: ['gap', 'snapshot'],
    appended: ['duplicate'],
    renewed: ['expiresInMs'],
    reply: ['parts'],
    historyPage: ['gap'],
    error: ['channel', 'last', 'details', 'retryAfterMs'],
    disconnect: ['retryAfterMs'],
  };
  /** Where any value is right. */
  const anything = new Set(['data', 'details']);
  const fields = samples.flatMap((sample) =>
    Object.keys(sample.good).map((field) => ({ ...sample, field })),
  );

  it.each(fields)('$from: $type: $field may be left out only if it is optional', (row) => {
    const { type, field } = row;
    const good: Record<string, unknown> = { ...row.good };
    delete good[field];
    const parsed = parse({ ...row, good }, {});
    expect(parsed).toEqual(
      optional[type]?.includes(field)
        ? { message: { type, ...good } }
        : { problem: expect.stringMatching(`^${field} `) },
    );
  });

  it.each(fields)('$from: $type: $field is named when it is wrong', ({ field, ...row }) => {
    const wrong = anything.has(field) ? undefined : { not: ['this'] };
    const parsed = parse(row, { [field]: wrong });
    const named = new RegExp(`^${field}(\\.\\w+)* `);
    const said = 'problem' in parsed ? parsed.problem : '';
    expect(field === 'details' || named.test(said)).toBe(true);
  });

  it.each(fields)('$from: $type: null is not the same as no $field', ({ field, ...row }) => {
    expect('message' in parse(row, { [field]: null })).toBe(anything.has(field));
  });

  it.each(fields.filter(({ field }) => field === 'id'))(
    '$from: $type: an id is a whole number from 1',
    (row) => {
      for (const id of [1, 2, most]) {
        expect(parse(row, { id })).toHaveProperty('message.id', id);
      }
      for (const id of [0, -1, 1.5, most + 1, '1', true, [1]]) {
        const wrong = `id must be a whole number from 1 to ${most}`;
        expect(parse(row, { id })).toEqual({ problem: wrong });
      }
    },
  );
});

describe('places', () => {
  const since = (change: Fields) =>
    problem('client', 'subscribe', { since: { ...place, ...change } });

  it('the beginning is a place', () => {
    expect(problem('client', 'subscribe', { since: start })).toBe(undefined);
  });

  it('an offset is a whole number', () => {
    for (const offset of [1, most]) {
      expect(since({ offset })).toBe(undefined);
    }
    for (const offset of [-1, 0.5, most + 1, '1']) {
      expect(since({ offset })).toBe(`since.offset must be a whole number from 0 to ${most}`);
    }
  });

  it('an epoch has 1 to 64 characters', () => {
    expect(since({ epoch: long(64) })).toBe(undefined);
    const wrong = 'since.epoch must be a text of 1 to 64 characters';
    expect(since({ epoch: long(65) })).toBe(wrong);
    expect(since({ epoch: '' })).toBe(wrong);
  });

  it('an id has at most 64 characters', () => {
    expect(since({ id: long(64) })).toBe(undefined);
    expect(since({ id: long(65) })).toBe('since.id must be a text of 0 to 64 characters');
  });

  it('an id is empty at the beginning and nowhere else', () => {
    const wrong = 'since.id must be empty at offset 0, and only there';
    expect(since({ id: '' })).toBe(wrong);
    expect(since({ offset: 0 })).toBe(wrong);
  });

  it('neither epoch nor id holds a colon, which parts the words of a position', () => {
    expect(since({ epoch: 'a:b' })).toBe('since.epoch must not hold a colon');
    expect(since({ id: 'a:b' })).toBe('since.id must not hold a colon');
  });
});

describe('publications', () => {
  const wrongIn = (change: Fields, from: Fields = entry) =>
    problem('server', 'publication', { publication: { ...from, ...change } });

  it('an entry comes after the one it links to', () => {
    expect(wrongIn({ offset: 4, id: 'd' })).toBe(undefined);
    const wrong = 'publication.prev.offset must be less than offset';
    expect(wrongIn({ offset: 3, id: 'd' })).toBe(wrong);
    expect(wrongIn({ offset: 2, id: 'd' })).toBe(wrong);
    expect(wrongIn({ offset: 0, id: '' })).toBe(wrong);
  });

  it('by has at most 1,024 characters, an event 1 to 64, a key 1 to 256', () => {
    const at = (field: string, length: number) => wrongIn({ [field]: long(length) });
    const rows = [
      ['by', 0, messageLimits.userLength],
      ['event', 1, messageLimits.eventLength],
      ['key', 1, messageLimits.keyLength],
    ] as const;
    expect(rows.map(([, , longest]) => longest)).toEqual([1_024, 64, 256]);
    for (const [field, least, longest] of rows) {
      expect(at(field, longest)).toBe(undefined);
      const wrong = `publication.${field} must be a text of ${least} to ${longest} characters`;
      expect(at(field, longest + 1)).toBe(wrong);
      expect(at(field, 0)).toBe(least === 0 ? undefined : wrong);
    }
  });

  it('what is removed has a key, and data that is null', () => {
    expect(wrongIn({}, fullEntry)).toBe(undefined);
    expect(wrongIn({ data: 0 }, fullEntry)).toBe('publication.removed needs data that is null');
    expect(wrongIn({ removed: true })).toBe('publication.removed needs a key');
    expect(wrongIn({ removed: false }, fullEntry)).toBe(
      'publication.removed must be true, or left out',
    );
  });

  it('a time that JSON reads as infinite is none', () => {
    const page: Sample = samples.find(({ type }) => type === 'publication')!;
    expect(parse(page, { publication: { ...entry, atMs: '1' } })).toEqual({
      problem: 'publication.atMs must be a number',
    });
  });
});
