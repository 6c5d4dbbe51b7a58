import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit, idsOf, judge, type Owed, owed } from '../../../src/hub/channel/judge.ts';
import { readFrom } from '../../../src/hub/channel/read.ts';
import type { LogPage } from '../../../src/ports/index.ts';
import {
  at,
  beginning,
  type Position,
  type Publication,
  sameEntry,
  standing,
} from '../../../src/wire/index.ts';
import { type ScriptedBroker, ScriptedEngine } from '../scripted-broker.ts';

/** Entries a1, a2, … whose offsets are given; an entry may have come from another branch. */
function chain(...links: [offset: number, id: string][]): Publication[] {
  return links.slice(1).map(([offset, id], i) => {
    const [prevOffset, prevId] = links[i]!;
    return { offset, id, prev: { offset: prevOffset, id: prevId }, data: id, atMs: 0 };
  });
}

function page(top: [number, string], publications: Publication[], epoch = 'e'): LogPage {
  return { epoch, top: { offset: top[0], id: top[1] }, publications };
}

const since: Position = { epoch: 'e', offset: 3, id: 'c' };

describe('judge', () => {
  it.each<[string, LogPage, string]>([
    [
      'the entry is there with its id',
      page([4, 'd'], chain([2, 'b'], [3, 'c'], [4, 'd'])),
      'resumed',
    ],
    ['it is the top, and nothing is retained', page([3, 'c'], []), 'resumed'],
    [
      'it was trimmed, and the next one vouches for it',
      page([5, 'e'], chain([3, 'c'], [5, 'e'])),
      'resumed',
    ],
    [
      'the entry there has another id',
      page([4, 'y'], chain([2, 'b'], [3, 'x'], [4, 'y'])),
      'diverged 2 b',
    ],
    ['the top is there with another id', page([3, 'x'], []), 'diverged 3 x'],
    [
      'the next one links to another entry there',
      page([4, 'y'], chain([3, 'x'], [4, 'y'])),
      'diverged 3 x',
    ],
    ['the next one links to before it', page([5, 'y'], chain([2, 'b'], [5, 'y'])), 'diverged 2 b'],
    ['the next ones were trimmed too', page([7, 'g'], chain([5, 'e'], [7, 'g'])), 'trimmed 5 e'],
    ['all was trimmed', page([5, 'e'], []), 'trimmed 5 e'],
    ['the log ends before it', page([2, 'b'], []), 'ahead 2 b'],
    ['the log is empty', page([0, ''], []), 'ahead 0 '],
    ['another log, whole', page([1, 'z'], chain([0, ''], [1, 'z']), 'f'), 'epoch 0 '],
    ['another log, trimmed', page([9, 'z'], chain([8, 'y'], [9, 'z']), 'f'), 'epoch 8 y'],
    ['another log, nothing retained', page([9, 'z'], [], 'f'), 'epoch 9 z'],
    ['another log, empty', page([0, ''], [], 'f'), 'epoch 0 '],
  ])('%s', (_, log, expected) => {
    const gap = judge(since, log);
    const said = gap === undefined ? 'resumed' : `${gap.reason} ${gap.to.offset} ${gap.to.id}`;
    expect(said).toBe(expected);
    if (gap !== undefined) {
      expect([gap.from, gap.to.epoch]).toEqual([since, log.epoch]);
    }
  });

  it('the beginning of a log that is whole is a place in it', () => {
    expect(judge(beginning('e'), page([1, 'a'], chain([0, ''], [1, 'a'])))).toBeUndefined();
    expect(judge(beginning('e'), page([0, ''], []))).toBeUndefined();
  });
});

describe('owed', () => {
  it('a break inside a page is said too, and entries go on behind it', () => {
    const entries = [
      ...chain([2, 'b'], [3, 'c'], [4, 'd']),
      ...chain([6, 'f'], [7, 'g']),
      ...chain([5, 'x'], [8, 'y']),
    ];
    const list = owed(since, page([8, 'y'], entries));
    expect(list.map(said)).toEqual(['d', 'trimmed 4 6', 'g', 'diverged 7 5', 'y']);
  });
});

describe('fit', () => {
  const announced = (offset: number, id: string, prev: [number, string], epoch = 'e') => ({
    epoch,
    publication: { offset, id, prev: { offset: prev[0], id: prev[1] }, data: null, atMs: 0 },
  });

  it.each([
    ['links to ours', announced(4, 'd', [3, 'c']), 'next'],
    ['is ours', announced(3, 'c', [2, 'b']), 'known'],
    ['is one that we read', announced(2, 'b', [1, 'a']), 'known'],
    ['came before, and was never read', announced(1, 'x', [0, '']), 'strange'],
    ['stands where ours stands', announced(3, 'x', [2, 'b']), 'strange'],
    ['leaves others out', announced(5, 'e', [4, 'd']), 'strange'],
    ['links to before ours', announced(4, 'x', [2, 'b']), 'strange'],
    ['is of another life', announced(4, 'd', [3, 'c'], 'f'), 'strange'],
  ])('one that %s', (_, entry, expected) => {
    const foreseen = idsOf(page([3, 'c'], chain([1, 'a'], [2, 'b'], [3, 'c'])));
    expect(fit(since, entry, foreseen)).toBe(expected);
  });
});

function said(one: Owed): string {
  return 'gap' in one
    ? `${one.gap.reason} ${one.gap.from.offset} ${one.gap.to.offset}`
    : one.publication.id;
}

/** What may happen to a log: it grows, loses its end, is trimmed, or is lost. */
interface Event {
  readonly do: 'append' | 'renew' | 'lose' | 'trim';
  /** How much of it stays, of a log that loses its end; how much goes, of one that is trimmed. */
  readonly part: number;
}

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Event>({ do: 'append', part: 1 }) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'renew', part: 1 }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('lose' as const, 'trim' as const),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);

function play(engine: ScriptedEngine, events: readonly Event[], epoch: string): void {
  events.forEach((one, i) => {
    const { trimmedTo } = engine.log('c');
    const { offset } = engine.top('c');
    if (one.do === 'append') {
      engine.append('c', i);
    } else if (one.do === 'renew') {
      engine.renew('c', `${epoch}${i}`);
    } else if (one.do === 'trim') {
      engine.trim('c', Math.max(trimmedTo, Math.floor(offset * one.part)));
    } else {
      engine.loseAfter('c', Math.floor(offset * one.part));
    }
  });
}

/** Reads to the end, as a replay does. */
async function readAll(broker: ScriptedBroker, from: Position, limit: number): Promise<Owed[]> {
  const all: Owed[] = [];
  let position = from;
  for (;;) {
    const log = await readFrom(broker.log, { channel: 'c', since: position, limit });
    const list = owed(position, log);
    all.push(...list);
    for (const one of list) {
      position = 'gap' in one ? one.gap.to : at(log.epoch, one.publication);
    }
    if (sameEntry(position, log.top)) {
      return all;
    }
  }
}

describe('resume, against a model of the log', () => {
  it('a reader has, after a resume, exactly what the log has after its place; or a gap, before anything else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 30 }),
        fc.array(event, { maxLength: 30 }),
        fc.integer({ min: 2, max: 5 }),
        async (before, after, limit) => {
          const engine = new ScriptedEngine();
          const broker = engine.broker();
          play(engine, before, 'b');
          const from = engine.top('c');
          play(engine, after, 'a');
          const log = engine.log('c');
          const list = await readAll(broker, from, limit);

          // Each links to the one before it, and the last one is the top.
          let last: Position = from;
          for (const one of list) {
            if ('gap' in one) {
              expect(one.gap.from).toEqual(last);
              last = one.gap.to;
            } else {
              expect(standing(last, one.publication)).toBe('next');
              last = at(log.epoch, one.publication);
            }
          }
          expect(last).toEqual(engine.top('c'));

          // The oracle knows the whole log, trimmed entries included.
          const known =
            log.epoch === from.epoch &&
            (from.offset === 0 || log.entries.some((entry) => sameEntry(entry, from)));
          const missed = log.entries.filter(({ offset }) => offset > from.offset);
          const allRetained = missed.every(({ offset }) => offset > log.trimmedTo);
          const gaps = list.filter((one) => 'gap' in one);
          const given = list.flatMap((one) => ('gap' in one ? [] : [one.publication]));
          expect(gaps.length).toBe(known && allRetained ? 0 : 1);
          if (gaps.length === 0) {
            expect(given).toEqual(missed);
          } else {
            expect('gap' in list[0]!).toBe(true);
          }
          if (log.epoch !== from.epoch) {
            expect(given).toEqual(log.entries.filter(({ offset }) => offset > log.trimmedTo));
          }
          if (known && !allRetained) {
            expect(given).toEqual(missed.filter(({ offset }) => offset > log.trimmedTo));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
