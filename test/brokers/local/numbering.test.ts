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

  it.each([
    ['the first of a producer that is not known', { seq: 1 }, undefined, 'next'],
    ['a later one', { seq: 2 }, undefined, { outcome: 'unknown' }],
    ['the next', { seq: 4 }, known, 'next'],
    ['the next of another holder', { seq: 4, epoch: 6 }, known, 'next'],
    ['the last', { seq: 3 }, known, 'again'],
    ['the first', { seq: 1 }, known, 'again'],
    ['one too far', { seq: 5 }, known, { outcome: 'outOfSequence', last: 3 }],
    ['the next of a holder before', { seq: 4, epoch: 4 }, known, { outcome: 'fenced', epoch: 5 }],
    ['one that a holder before has used', { epoch: 4 }, known, { outcome: 'fenced', epoch: 5 }],
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
    { seq: 0 },
    { seq: Number.NaN },
    { seq: 2 ** 53 },
  ])('%j is none', (wrong) => {
    expect(() => mustBeProducer(producer(wrong))).toThrow(RangeError);
  });
});
