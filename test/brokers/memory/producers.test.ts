import { describe, expect, it } from 'vitest';
import { maxProducerHash, maxProducerName } from '../../../src/brokers/local/numbering.ts';
import { type ProducerRetention, Producers } from '../../../src/brokers/memory/producers.ts';
import type { Appended, Producer } from '../../../src/ports/index.ts';

function producersOf(retention: Partial<ProducerRetention> = {}): Producers {
  return new Producers({ producerMs: 100, maxProducers: 100, answersKept: 100, ...retention });
}

function numbered(seq: number, more: Partial<Producer> = {}): Producer {
  return { name: 'p', epoch: 1, seq, hash: `h${seq}`, ...more };
}

const place = (seq: number) => ({ epoch: 'e', offset: seq * 10, id: `p${seq}` });

/** What a log would do: judges, and appends what may be appended. */
function step(
  producers: Producers,
  producer: Producer,
  { channel = 'a', nowMs = 0 } = {},
): Appended | 'next' {
  const answer = producers.judge(channel, producer, nowMs);
  if (answer === undefined) {
    producers.appended(channel, producer, place(producer.seq), nowMs);
  }
  return answer ?? 'next';
}

const unknown = { outcome: 'unknown' };
const again = (seq: number) => ({ outcome: 'appended', position: place(seq), duplicate: true });
const full = expect.objectContaining({ code: 'BROKER_FULL', retryable: true });

describe('a number', () => {
  it('is the first, or unknown', () => {
    const producers = producersOf();
    expect(step(producers, numbered(2))).toEqual(unknown);
    expect(step(producers, numbered(1))).toBe('next');
    expect(step(producers, numbered(2))).toBe('next');
  });

  it('that was used is answered, or was used for something else', () => {
    const producers = producersOf();
    step(producers, numbered(1));
    step(producers, numbered(2));
    expect(step(producers, numbered(1))).toEqual(again(1));
    expect(step(producers, numbered(1, { hash: 'h2' }))).toEqual({ outcome: 'reused' });
    expect(step(producers, numbered(2))).toEqual(again(2));
  });

  it('that leaves one out is out of sequence', () => {
    const producers = producersOf();
    step(producers, numbered(1));
    expect(step(producers, numbered(3))).toEqual({ outcome: 'outOfSequence', last: 1 });
    expect(step(producers, numbered(2))).toBe('next');
  });

  it('that was judged but not appended, may come again', () => {
    const producers = producersOf();
    expect(producers.judge('a', numbered(1), 0)).toBe(undefined);
    expect(producers.judge('a', numbered(2), 0)).toEqual(unknown);
    expect(step(producers, numbered(1, { hash: 'other' }))).toBe('next');
    expect(producers.judge('a', numbered(2), 0)).toBe(undefined);
    expect(step(producers, numbered(2, { hash: 'other' }))).toBe('next');
  });

  it.each([1, 3])('of the latest %i has its answer kept, and none before them', (answersKept) => {
    const producers = producersOf({ answersKept });
    for (let seq = 1; seq <= 10; seq += 1) {
      step(producers, numbered(seq));
    }
    for (let seq = 1; seq <= 10; seq += 1) {
      expect(step(producers, numbered(seq))).toEqual(seq > 10 - answersKept ? again(seq) : unknown);
    }
  });
});

describe('an epoch', () => {
  const fenced = { outcome: 'fenced', epoch: 3 };

  it('that is higher fences those before, whatever number it came with', () => {
    for (const seq of [1, 2, 9]) {
      const producers = producersOf();
      step(producers, numbered(1));
      step(producers, numbered(seq, { epoch: 3 }));
      expect(step(producers, numbered(1))).toEqual(fenced);
      expect(step(producers, numbered(9, { epoch: 2 }))).toEqual(fenced);
    }
  });

  it('that is higher goes on from the same number', () => {
    const producers = producersOf();
    step(producers, numbered(1));
    expect(step(producers, numbered(1, { epoch: 3 }))).toEqual(again(1));
    expect(step(producers, numbered(2, { epoch: 3 }))).toBe('next');
  });
});

describe('records', () => {
  it('are of one producer in one channel, whatever their names', () => {
    const producers = producersOf();
    for (const [channel, name] of [
      ['a', 'b'],
      ['b', 'a'],
      ['ab', ''],
      ['', 'ab'],
      ['1:a', 'b'],
      ['a', '1:b'],
    ] as const) {
      expect(step(producers, numbered(1, { name }), { channel })).toBe('next');
    }
  });

  it('have an end: one more is refused until the one that rests longest has rested enough', () => {
    const producers = producersOf({ maxProducers: 2 });
    step(producers, numbered(1, { name: 'one' }), { nowMs: 0 });
    step(producers, numbered(1, { name: 'two' }), { nowMs: 10 });
    step(producers, numbered(2, { name: 'one' }), { nowMs: 20 });
    const more = numbered(1, { name: 'three' });
    expect(() => step(producers, more, { nowMs: 109 })).toThrow(full);
    expect(step(producers, numbered(2, { name: 'four' }), { nowMs: 109 })).toEqual(unknown);
    expect(step(producers, more, { nowMs: 110 })).toBe('next');
    expect(step(producers, numbered(2, { name: 'two' }), { nowMs: 110 })).toEqual(unknown);
    expect(step(producers, numbered(2, { name: 'one' }), { nowMs: 110 })).toEqual(again(2));
  });

  it('are not kept longer by repetitions', () => {
    const producers = producersOf({ maxProducers: 1 });
    step(producers, numbered(1));
    expect(step(producers, numbered(1), { nowMs: 99 })).toEqual(again(1));
    expect(step(producers, numbered(1, { name: 'other' }), { nowMs: 100 })).toBe('next');
  });
});

describe('a producer', () => {
  it('may have names and hashes of some length, and not more', () => {
    const longest = { name: 'n'.repeat(maxProducerName), hash: 'h'.repeat(maxProducerHash) };
    expect([maxProducerName, maxProducerHash]).toEqual([128, 64]);
    const producers = producersOf();
    expect(step(producers, numbered(1, longest))).toBe('next');
    for (const wrong of [
      { ...longest, name: `${longest.name}n` },
      { ...longest, hash: `${longest.hash}h` },
    ]) {
      expect(() => step(producers, numbered(1, wrong))).toThrow(RangeError);
    }
  });

  it.each([
    { seq: 0 },
    { seq: 1.5 },
    { seq: Number.NaN },
    { seq: 2 ** 53 },
    { epoch: 1.5 },
    { epoch: Number.POSITIVE_INFINITY },
  ])('has whole numbers, not %o', (wrong) => {
    expect(() => step(producersOf(), numbered(1, wrong))).toThrow(RangeError);
  });
});
