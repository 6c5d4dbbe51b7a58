import { describe, expect, it } from 'vitest';
import {
  answerAgain,
  judgeNumber,
  maxProducerHash,
  maxProducerName,
  mustBeProducer,
} from '../../../src/brokers/local/numbering.ts';
import type { Producer } from '../../../src/ports/index.ts';

function producer(given: Partial<Producer>): Producer {
  return { name: 'p', epoch: 5, seq: 1, hash: 'h', ...given };
}

describe('a number', () => {
  const known = { epoch: 5, last: 3 };
  const unknown = { outcome: 'unknown' };
  const behind = { outcome: 'outOfSequence', last: 3 };
  const fenced = { outcome: 'fenced', epoch: 5 };

  it.each([
    ['the first of a producer that is not known', { seq: 1 }, undefined, 'next'],
    ['a later one', { seq: 2 }, undefined, unknown],
    ['the next', { seq: 4 }, known, 'next'],
    ['the next of another holder', { seq: 4, epoch: 6 }, known, 'next'],
    ['the last', { seq: 3 }, known, 'again'],
    ['the first', { seq: 1 }, known, 'again'],
    ['one too far', { seq: 5 }, known, behind],
    ['the first of a later numbering', { seq: 9, first: 9, epoch: 6 }, known, 'next'],
    ['the same, when its epoch was recorded before', { seq: 9, first: 9 }, known, 'next'],
    ['the same, again', { seq: 3, first: 3 }, known, 'again'],
    ['the next of it', { seq: 4, first: 3 }, known, 'next'],
    ['the second, before the first', { seq: 10, first: 9, epoch: 6 }, known, behind],
    ['the first, of whom nothing is known', { seq: 9, first: 9 }, undefined, 'next'],
    ['the second, of whom nothing is known', { seq: 10, first: 9 }, undefined, unknown],
    ['the first of a numbering before', { seq: 9, first: 9, epoch: 4 }, known, fenced],
    ['the next of a holder before', { seq: 4, epoch: 4 }, known, fenced],
    ['one that a holder before has used', { epoch: 4 }, known, fenced],
  ] as const)('%s', (_what, given, record, stands) => {
    expect(judgeNumber(producer(given), record)).toEqual(stands);
  });

  it('that was used is answered by what is kept for it', () => {
    const position = { epoch: 'e', offset: 1, id: 'i' };
    expect(answerAgain(producer({}), undefined)).toEqual({ outcome: 'unknown' });
    expect(answerAgain(producer({}), { hash: 'h', position })).toEqual({
      outcome: 'appended',
      position,
      duplicate: true,
    });
    expect(answerAgain(producer({}), { hash: 'other', position })).toEqual({ outcome: 'reused' });
  });
});

describe('a producer', () => {
  it('has a name, a hash and numbers within their limits', () => {
    const most = { name: 'n'.repeat(maxProducerName), hash: 'h'.repeat(maxProducerHash) };
    expect(() => mustBeProducer(producer(most))).not.toThrow();
  });

  it.each([
    { name: 'n'.repeat(maxProducerName + 1) },
    { hash: 'h'.repeat(maxProducerHash + 1) },
    { epoch: 0.5 },
    { first: 0.5 },
    { first: 2 ** 53 },
    { seq: 0 },
    { seq: Number.NaN },
    { seq: 2 ** 53 },
  ])('%j is none', (wrong) => {
    expect(() => mustBeProducer(producer(wrong))).toThrow(RangeError);
  });
});
