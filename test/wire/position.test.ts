import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  at,
  beginning,
  fromText,
  sameEntry,
  samePosition,
  standing,
  toText,
} from '../../src/wire/position.ts';
import type { Link, Position, Publication } from '../../src/wire/vocabulary.ts';

/** Steps from one offset to the next: engines number several channels together, so they may leap. */
const leaps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 });

/** A log that goes on from `last`, with ids that no other branch has. */
function logFrom(last: Link, steps: readonly number[], branch: string): Publication[] {
  const log: Publication[] = [];
  let prev = last;
  for (const step of steps) {
    const offset = prev.offset + step;
    const id = `${branch}${offset}`;
    log.push({ offset, id, prev, data: null, atMs: 0 });
    prev = { offset, id };
  }
  return log;
}

const start: Link = { offset: 0, id: '' };

describe('standing, against a log that is written down', () => {
  it('the next entry is next, those before are seen, those after leave a hole', () => {
    fc.assert(
      fc.property(leaps, fc.nat(), fc.nat(), (steps, one, other) => {
        const log = logFrom(start, steps, 'a');
        const last = one % (log.length + 1);
        const come = other % log.length;
        const expected = come === last ? 'next' : come < last ? 'seen' : 'hole';
        expect(standing(log[last - 1] ?? start, log[come]!)).toBe(expected);
      }),
    );
  });

  it('whoever takes only what is next has every entry once and in order, whatever came', () => {
    fc.assert(
      fc.property(leaps, fc.array(fc.nat(), { maxLength: 60 }), (steps, arrivals) => {
        const log = logFrom(start, steps, 'a');
        const taken: Publication[] = [];
        for (const arrival of arrivals) {
          const entry = log[arrival % log.length]!;
          if (standing(taken.at(-1) ?? start, entry) === 'next') {
            taken.push(entry);
          }
        }
        expect(taken).toEqual(log.slice(0, taken.length));
      }),
    );
  });

  it('an entry of another branch, at our offset or linking at or below it, is diverged', () => {
    fc.assert(
      fc.property(leaps, leaps, leaps, fc.nat(), (common, ours, theirs, which) => {
        const shared = logFrom(start, common, 'a');
        const fork = shared.at(-1)!;
        const last = logFrom(fork, ours, 'b').at(-1)!;
        const branch = logFrom(fork, theirs, 'c');
        const entry = branch[which % branch.length]!;
        const expected =
          entry.offset < last.offset
            ? 'seen'
            : entry.offset > last.offset && entry.prev.offset > last.offset
              ? 'hole'
              : 'diverged';
        expect(standing(last, entry)).toBe(expected);
      }),
    );
  });

  it('no branch but our own ever gives what is next', () => {
    fc.assert(
      fc.property(leaps, leaps, fc.nat(), fc.nat(), (ours, theirs, one, other) => {
        const log = logFrom(start, ours, 'a');
        const branch = logFrom(start, theirs, 'b');
        const last = log[one % log.length]!;
        expect(standing(last, branch[other % branch.length]!)).not.toBe('next');
      }),
    );
  });

  it('the same entry again is seen', () => {
    const [first] = logFrom(start, [1], 'a');
    expect(standing(first!, first!)).toBe('seen');
  });

  it('an entry that links to our offset and another id is diverged, beyond it a hole', () => {
    const last = { offset: 5, id: 'b5' };
    const entry = { offset: 9, id: 'c9', data: null, atMs: 0 };
    const linking = (offset: number) =>
      standing(last, { ...entry, prev: { offset, id: `c${offset}` } });
    expect([4, 5, 6].map(linking)).toEqual(['diverged', 'diverged', 'hole']);
  });

  it('another entry at our offset, linking to what ours linked to, is diverged', () => {
    const [ours] = logFrom(start, [1], 'a');
    const [theirs] = logFrom(start, [1], 'b');
    expect(standing(ours!, theirs!)).toBe('diverged');
  });
});

describe('places', () => {
  it('the beginning is offset 0 with no id', () => {
    expect(beginning('e')).toEqual({ epoch: 'e', offset: 0, id: '' });
  });

  it('the place of an entry has nothing of the entry but its link', () => {
    const [entry] = logFrom(start, [3], 'a');
    expect(at('e', entry!)).toEqual({ epoch: 'e', offset: 3, id: 'a3' });
  });

  it('two entries are the same when both offset and id are', () => {
    const one = { offset: 1, id: 'a' };
    expect(sameEntry(one, { ...one })).toBe(true);
    expect(sameEntry(one, { offset: 2, id: 'a' })).toBe(false);
    expect(sameEntry(one, { offset: 1, id: 'b' })).toBe(false);
  });

  it('two positions are the same when the epoch is too', () => {
    const one = { epoch: 'e', offset: 1, id: 'a' };
    expect(samePosition(one, { ...one })).toBe(true);
    expect(samePosition(one, { ...one, epoch: 'f' })).toBe(false);
    expect(samePosition(one, { ...one, id: 'b' })).toBe(false);
  });
});

describe('a position as one word', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(hasNoColon);
  const anyPosition: fc.Arbitrary<Position> = fc.oneof(
    fc.record({ epoch: word, offset: fc.maxSafeNat().map((n) => Math.max(1, n)), id: word }),
    fc.record({ epoch: word, offset: fc.constant(0), id: fc.constant('') }),
  );

  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyPosition, (position) => {
        expect(fromText(toText(position))).toEqual(position);
      }),
    );
  });

  it('is read only as it is written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab:012-e. '.split('')), maxLength: 9 }),
        (text) => {
          const position = fromText(text);
          expect(position === undefined || toText(position) === text).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('reads as epoch, offset and id', () => {
    expect(fromText('f3a9:8:p8')).toEqual({ epoch: 'f3a9', offset: 8, id: 'p8' });
    expect(fromText('f3a9:0:')).toEqual({ epoch: 'f3a9', offset: 0, id: '' });
    expect(fromText('e:9007199254740991:x')?.offset).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    '',
    'e',
    'e:1',
    'e:0',
    'e:0',
    ':1:x',
    'e:1:',
    'e:0:x',
    'e::x',
    'e:01:x',
    'e:-1:x',
    'e:1.5:x',
    'e:1e3:x',
    'e:0x1:x',
    'e: 1:x',
    'e:9007199254740992:x',
    'e:1:x:y',
    'e:1:x:',
  ])('%j is no position', (text) => {
    expect(fromText(text)).toBe(undefined);
  });

  it('has an epoch and an id of at most 64 characters', () => {
    const long = 'x'.repeat(64);
    expect(fromText(`${long}:1:${long}`)).toEqual({ epoch: long, offset: 1, id: long });
    expect(fromText(`${long}x:1:x`)).toBe(undefined);
    expect(fromText(`x:1:${long}x`)).toBe(undefined);
  });
});

function hasNoColon(text: string): boolean {
  return !text.includes(':');
}
