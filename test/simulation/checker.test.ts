import { describe, expect, it } from 'vitest';
import { check } from './checker.ts';
import type { TrueEntry } from './engine.ts';
import { History, type Reading } from './history.ts';
import type { Truth } from './truth.ts';

/** Four entries of one publisher, the first at offset 1. */
const log: readonly TrueEntry[] = [1, 2, 3, 4].map((offset) => ({
  channel: 'news',
  epoch: 'e',
  offset,
  id: `id${offset}`,
  prev: { offset: offset - 1, id: offset === 1 ? '' : `id${offset - 1}` },
  data: `ada/1 news ${offset}`,
  atMs: offset,
  key: undefined,
  removed: false,
}));
const truth: Truth = {
  entries: log,
  logs: new Map([['news', log]]),
  tops: new Map([['news', 'e:4']]),
  rewinds: 0,
  flushes: 0,
  claimLosses: 0,
  maxEntries: 100,
  hides: false,
};

/** All was published, told to be stored, and read. */
function wellHistory(): { readonly history: History; readonly reading: Reading } {
  const history = new History();
  for (const { offset, id } of log) {
    const attempt = history.attempt('news', 'ada/1', offset);
    attempt.told = 'stored';
    attempt.position = `e:${offset}:${id}`;
  }
  const reading = history.reading('bob', 'news');
  reading.moments.push({ kind: 'begin', since: 'e:0:' });
  reading.moments.push(...log.map(deliveryOf));
  reading.isLive = true;
  reading.position = 'e:4:id4';
  return { history, reading };
}

function deliveryOf({ epoch, offset, data, atMs }: TrueEntry): Reading['moments'][number] {
  return { kind: 'publication', epoch, offset, value: data, atMs };
}

function namesIn(history: History, changed: Partial<Truth> = {}): string[] {
  return check(history, { ...truth, ...changed }).map(({ name }) => name);
}

describe('the checker', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(namesIn(wellHistory().history)).toEqual([]);
  });

  it('lost-write: told to be stored, and in no log', () => {
    const { history } = wellHistory();
    const attempt = history.attempt('news', 'ada/1', 5);
    attempt.told = 'stored';
    attempt.position = 'e:5:id5';
    expect(namesIn(history)).toEqual(['lost-write']);
  });

  it('lost-write: gone from the log, though the engine lost nothing', () => {
    const { history } = wellHistory();
    const logs = new Map([['news', log.slice(1)]]);
    expect(namesIn(history, { logs })).toEqual(['lost-write']);
    expect(namesIn(history, { logs, rewinds: 1 })).toEqual([]);
  });

  it('duplicate: twice in the log', () => {
    const { history, reading } = wellHistory();
    const again = { ...log[3]!, offset: 5, id: 'id5', prev: { offset: 4, id: 'id4' } };
    reading.moments.push(deliveryOf(again));
    reading.position = 'e:5:id5';
    const entries = [...log, again];
    const changed = {
      entries,
      logs: new Map([['news', entries]]),
      tops: new Map([['news', 'e:5']]),
    };
    expect(namesIn(history, changed)).toEqual(['duplicate']);
  });

  it('reorder: not as it was published', () => {
    const { history } = wellHistory();
    const swapped = [log[0]!, log[2]!, log[1]!, log[3]!];
    expect(namesIn(history, { logs: new Map([['news', swapped]]) })).toEqual(['reorder']);
  });

  it('silent-hole: an entry is missing, and no gap says so', () => {
    const { history, reading } = wellHistory();
    reading.moments.splice(2, 1);
    expect(namesIn(history)).toEqual(['silent-hole']);
    reading.moments.splice(2, 0, {
      kind: 'gap',
      reason: 'trimmed',
      from: 'e:1:id1',
      to: 'e:2:id2',
    });
    expect(namesIn(history, { maxEntries: 2 })).toEqual([]);
  });

  it('silent-hole: another entry stands where the one that was seen stood', () => {
    const { history, reading } = wellHistory();
    const other = { ...log[2]!, id: 'other', atMs: 33 };
    const last = { ...log[3]!, prev: { offset: 3, id: 'other' } };
    const entries = [...log.slice(0, 3), other, last];
    const logs = new Map([['news', [log[0]!, log[1]!, other, last]]]);
    expect(namesIn(history, { entries, logs, rewinds: 1 })).toEqual(['silent-hole']);
    reading.moments.splice(4, 0, {
      kind: 'gap',
      reason: 'diverged',
      from: 'e:3:id3',
      to: 'e:3:other',
    });
    expect(namesIn(history, { entries, logs, rewinds: 1 })).toEqual([]);
  });

  it('silent-hole: it came back without what it had kept', () => {
    const { history, reading } = wellHistory();
    reading.moments.splice(2, 1, { kind: 'begin', since: 'e:1:id1' });
    expect(namesIn(history)).toEqual(['silent-hole']);
  });

  it('invented: delivered, and never appended', () => {
    const { history, reading } = wellHistory();
    const stranger = { ...log[3]!, offset: 5, data: 'nobody said this' };
    reading.moments.push(deliveryOf(stranger));
    expect(namesIn(history)).toEqual(['invented']);
  });

  it('spurious-gap: nothing had happened that makes one', () => {
    for (const reason of ['trimmed', 'epoch', 'diverged', 'ahead', 'dropped'] as const) {
      const { history, reading } = wellHistory();
      reading.moments.push({ kind: 'gap', reason, from: 'e:4:id4', to: 'e:4:id4' });
      expect(namesIn(history)).toEqual(['spurious-gap']);
    }
  });

  it('not-converged: behind the end of the log, not live, or without an answer', () => {
    const { history, reading } = wellHistory();
    reading.position = 'e:3:id3';
    expect(namesIn(history)).toEqual(['not-converged']);
    reading.position = 'e:4:id4';
    reading.isLive = false;
    expect(namesIn(history)).toEqual(['not-converged']);
    reading.isLive = true;
    history.attempt('news', 'ada/1', 6);
    expect(namesIn(history)).toEqual(['not-converged']);
  });

  it('double-apply: one entry twice to one reader', () => {
    const { history, reading } = wellHistory();
    reading.moments.push({ kind: 'gap', reason: 'diverged', from: 'e:4:id4', to: 'e:3:id3' });
    reading.moments.push(deliveryOf(log[3]!));
    expect(namesIn(history, { rewinds: 1 })).toEqual(['double-apply']);
    // Lost, and appended again as another entry.
    const again = { ...log[3]!, id: 'other' };
    expect(namesIn(history, { rewinds: 1, entries: [...log, again] })).toEqual([]);
  });
});
