import { describe, expect, it } from 'vitest';
import { check } from './checker.ts';
import type { TrueEntry } from './engine.ts';
import { History, type Reading, type Standing } from './history.ts';
import { roster } from './sayings.ts';
import type { Truth } from './truth.ts';

const nothing: Truth = {
  entries: [],
  logs: new Map(),
  tops: new Map([['news', 'e:0']]),
  rewinds: 0,
  flushes: 0,
  claimLosses: 0,
  maxEntries: 100,
  hides: false,
};

function namesIn(history: History, changed: Partial<Truth> = {}): string[] {
  return check(history, { ...nothing, ...changed }).map(({ name }) => name);
}

/** Two signals of one connection, heard by one. */
function heard(): { readonly history: History; readonly reading: Reading } {
  const history = new History();
  const reading = history.reading('bob', 'news');
  reading.isLive = true;
  reading.position = 'e:0:';
  for (const number of [1, 2]) {
    const value = `ada/1 signal ${number}`;
    history.signals.set(value, { value, channel: 'news', sender: 'ada/1', number, via: 4 });
    reading.moments.push({ kind: 'signal', value, via: 5 });
  }
  return { history, reading };
}

describe('signals', () => {
  it('heard in their order, or not at all: nothing is wrong', () => {
    const { history, reading } = heard();
    expect(namesIn(history)).toEqual([]);
    reading.moments.shift();
    expect(namesIn(history)).toEqual([]);
  });

  it('double-signal: by one connection, and not of two hubs by two', () => {
    const { history, reading } = heard();
    reading.moments.push({ kind: 'signal', value: 'ada/1 signal 2', via: 6 });
    expect(namesIn(history)).toEqual([]);
    reading.moments.push(reading.moments[1]!);
    expect(namesIn(history)).toEqual(['double-signal']);
  });

  it('signal-reorder: of one connection by one connection, and not by several', () => {
    const { history, reading } = heard();
    reading.moments.reverse();
    expect(namesIn(history)).toEqual(['signal-reorder']);
    for (const via of [6, undefined]) {
      reading.moments[0] = { kind: 'signal', value: 'ada/1 signal 2', via };
      expect(namesIn(history)).toEqual([]);
    }
  });

  it('invented: nobody said it, or not in this channel', () => {
    const { history, reading } = heard();
    reading.moments.push({ kind: 'signal', value: 'nobody', via: 5 });
    expect(namesIn(history)).toEqual(['invented']);
    const other = heard();
    const said = other.history.signals.get('ada/1 signal 2')!;
    other.history.signals.set(said.value, { ...said, channel: 'talk' });
    expect(namesIn(other.history)).toEqual(['invented']);
  });

  it('after-the-end: whatever it is', () => {
    const { history, reading } = heard();
    reading.moments.push({ kind: 'late', what: 'publication' });
    expect(namesIn(history)).toEqual(['after-the-end']);
  });
});

describe('rosters', () => {
  /** `+` joins, `-` leaves. */
  function logOf(steps: readonly `${'+' | '-'}${string}`[]): readonly TrueEntry[] {
    return steps.map((step, at) => ({
      channel: roster,
      epoch: 'e',
      offset: at + 1,
      id: `id${at + 1}`,
      prev: { offset: at, id: `id${at}` },
      data: step.startsWith('+')
        ? { user: 'ada', data: 'here', sinceMs: 1, node: step.slice(1) }
        : null,
      atMs: 1,
      key: step.slice(1),
      removed: step.startsWith('-'),
    }));
  }

  function namesOf(
    steps: Parameters<typeof logOf>[0],
    standing: Standing | undefined,
    changed: Partial<Truth> = {},
  ): string[] {
    const history = new History();
    if (standing !== undefined) {
      history.standings.set('ada', standing);
    }
    return namesIn(history, { logs: new Map([[roster, logOf(steps)]]), ...changed });
  }

  const isIn = { is: 'in', value: 'here' } as const;

  it('who stands there is there once, and who does not is not', () => {
    expect(namesOf(['+s1', '-s1', '+s2'], isIn)).toEqual([]);
    expect(namesOf(['+s1', '-s1'], { is: 'out' })).toEqual([]);
    expect(namesOf(['+s1'], { is: 'unknown' })).toEqual([]);
    expect(namesOf([], { is: 'unknown' })).toEqual([]);
  });

  it('ghost: of a session that is over, or of nobody', () => {
    expect(namesOf(['+s1'], { is: 'out' })).toEqual(['ghost']);
    expect(namesOf(['+s1', '+s2'], isIn)).toEqual(['ghost']);
    expect(namesOf(['+s1', '+s2'], { is: 'unknown' })).toEqual(['ghost']);
    expect(namesOf(['+s1'], undefined)).toEqual(['ghost']);
  });

  it('nothing is expected of an engine that lost entries', () => {
    for (const changed of [{ rewinds: 1 }, { flushes: 1 }]) {
      expect(namesOf([], isIn, changed)).toEqual([]);
      expect(namesOf(['+s1'], { is: 'out' }, changed)).toEqual([]);
    }
  });

  it('missing: not there, or with other words', () => {
    expect(namesOf(['+s1', '-s1'], isIn)).toEqual(['missing']);
    expect(namesOf(['+s1'], { is: 'in', value: 'away' })).toEqual(['missing']);
  });

  it('double-leave', () => {
    expect(namesOf(['+s1', '-s1', '-s1'], { is: 'out' })).toEqual(['double-leave']);
    expect(namesOf(['+s1', '+s1', '-s1'], { is: 'out' })).toEqual([]);
  });
});

describe('calls', () => {
  it('answered by the run that there was, or refused with none: nothing is wrong', () => {
    const history = new History();
    const call = history.call('ada/1 work 1', false);
    call.answer = history.run(call.value);
    call.told = 'answered';
    history.call('ada/1 work 2', false).told = 'unsent';
    // With its hub all that it awaited is gone.
    history.call('back of it', true);
    expect(namesIn(history)).toEqual([]);
    expect(history.isCalling).toBe(false);
  });

  it('double-run: unless all claims were lost, and of a question to a client even then', () => {
    for (const [isAsk, claimLosses, names] of [
      [false, 0, ['double-run']],
      [false, 1, []],
      [true, 1, ['double-run']],
    ] as const) {
      const history = new History();
      const call = history.call('one', isAsk);
      call.answer = history.run('one');
      call.told = 'answered';
      history.run('one');
      expect(namesIn(history, { claimLosses })).toEqual(names);
    }
  });

  it('double-run: no question to a client that was asked twice, as a method asks that ran twice', () => {
    const history = new History();
    for (const call of [history.call('back of it', true), history.call('back of it', true)]) {
      call.answer = history.run('back of it');
      call.told = 'answered';
    }
    expect(namesIn(history)).toEqual([]);
    history.run('back of it');
    expect(namesIn(history)).toContain('double-run');
  });

  it('wrong-answer: of no handler; or nothing ran, it was said, and something had', () => {
    const history = new History();
    const answered = history.call('one', false);
    history.run('one');
    answered.told = 'answered';
    answered.answer = 'something else';
    const unsent = history.call('two', false);
    history.run('two');
    unsent.told = 'unsent';
    expect(namesIn(history)).toEqual(['wrong-answer', 'wrong-answer']);
  });

  it('not-converged: a caller still waits', () => {
    const history = new History();
    history.call('one', false);
    expect([history.isCalling, namesIn(history)]).toEqual([true, ['not-converged']]);
  });
});
