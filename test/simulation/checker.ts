/**
 * The judge: compares what everybody was told with what the engine really did. It knows nothing of how hubs and clients work.
 * In: a history, and the truth. Out: the anomalies, each with a name and what was seen. Cannot fail.
 */
import { fromText } from '../../src/wire/index.ts';
import { checkCalls, checkRoster, checkSignals } from './checker-of-sayings.ts';
import type { TrueEntry } from './engine.ts';
import type { Attempt, History, Moment, Reading } from './history.ts';
import { isHidden } from './hub-process.ts';
import { roster } from './sayings.ts';
import type { Anomaly, AnomalyName, Say, Truth } from './truth.ts';

export function check(history: History, truth: Truth): Anomaly[] {
  const anomalies: Anomaly[] = [];
  const say = (name: AnomalyName, detail: string): void => {
    anomalies.push({ name, detail });
  };
  for (const [channel, log] of truth.logs) {
    if (channel === roster) {
      checkRoster(log, { history, truth }, say);
    } else {
      checkLog(log, history, say);
    }
  }
  checkCalls(history, truth, say);
  const appended = groupedBy(truth.entries, ({ data }) => data);
  for (const attempt of history.attempts) {
    checkAttempt(attempt, { truth, appended: appended.get(attempt.value) ?? [] }, say);
  }
  const known: Known = groupedBy(truth.entries, nameOf);
  for (const reading of history.readings) {
    checkReading(reading, known, truth, say);
    checkState(reading, truth, say);
    checkEnd(reading, truth, say);
    checkSignals(reading, history, say);
  }
  return anomalies;
}

function checkLog(log: readonly TrueEntry[], history: History, say: Say): void {
  const attempts = new Map(history.attempts.map((attempt) => [attempt.value, attempt]));
  const seen = new Set<unknown>();
  const latest = new Map<string, number>();
  for (const { data, removed } of log) {
    if (removed) {
      continue;
    }
    const attempt = attempts.get(data as string);
    if (attempt === undefined) {
      say('invented', `nobody published ${shown(data)}`);
      continue;
    }
    if (seen.has(data)) {
      say('duplicate', attempt.value);
    } else if (attempt.number < (latest.get(attempt.publisher) ?? 0)) {
      say('reorder', `${attempt.value} after number ${latest.get(attempt.publisher)}`);
    }
    seen.add(data);
    latest.set(attempt.publisher, attempt.number);
  }
}

/** @param appended The entries of this attempt. */
function checkAttempt(
  attempt: Attempt,
  { truth, appended }: { readonly truth: Truth; readonly appended: readonly TrueEntry[] },
  say: Say,
): void {
  const { told, value, channel, position } = attempt;
  if (told === 'pending') {
    say('not-converged', `${value} has no answer`);
  }
  if (told !== 'stored') {
    return;
  }
  const offset = position === undefined ? undefined : fromText(position)?.offset;
  if (appended.length === 0) {
    say('lost-write', `${value} was never appended`);
  } else if (!appended.some((entry) => entry.offset === offset)) {
    say('invented', `${value} does not stand at ${position}`);
  } else if (
    truth.rewinds + truth.flushes === 0 &&
    !truth.logs.get(channel)!.some(({ data }) => data === value)
  ) {
    say('lost-write', value);
  }
}

/** By what was published, and when, not by its id: a wrong id must not hide what it leads to. */
function nameOf({
  epoch,
  offset,
  data,
  atMs,
}: Pick<TrueEntry, 'epoch' | 'offset' | 'data' | 'atMs'>): string {
  return `${epoch}:${offset}:${shown(data)} of ${atMs}`;
}

/** More than one of one name, where the engine lost an entry and took it again from another sending of the same moment. */
type Known = ReadonlyMap<string, readonly TrueEntry[]>;

function groupedBy<Key>(
  entries: readonly TrueEntry[],
  keyOf: (entry: TrueEntry) => Key,
): Map<Key, TrueEntry[]> {
  const groups = new Map<Key, TrueEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const before = groups.get(key);
    if (before === undefined) {
      groups.set(key, [entry]);
    } else {
      before.push(entry);
    }
  }
  return groups;
}

/** Where a reader stands. */
interface Stand {
  readonly place: string;
  /** What it saw there; undefined when any entry may stand there. */
  readonly seen: readonly TrueEntry[] | undefined;
}

function checkReading(reading: Reading, known: Known, truth: Truth, say: Say): void {
  const who = `${reading.reader} in ${reading.channel}`;
  const applied = new Map<string, number>();
  const hidden = new Map<string, TrueEntry>();
  for (const entry of truth.hides ? truth.entries : []) {
    if (isHidden(reading.reader, entry.data)) {
      hidden.set(entry.id, entry);
    }
  }
  /** The place after which the next entry must come: epoch and offset; undefined while any place is right. */
  let last: Stand | undefined;
  for (const moment of reading.moments) {
    if (moment.kind === 'begin') {
      last =
        moment.since === undefined
          ? undefined
          : (last ?? { place: placeIn(moment.since), seen: undefined });
    } else if (moment.kind === 'gap') {
      checkGap(moment, truth, (why) =>
        say('spurious-gap', `${who}: ${moment.reason} ${moment.from} ${moment.to}: ${why}`),
      );
      last = { place: placeIn(moment.to), seen: undefined };
    } else if (moment.kind === 'publication') {
      const name = nameOf({ ...moment, data: moment.value });
      const entries = known.get(name);
      if (entries === undefined) {
        say('invented', `${who}: ${name}`);
        continue;
      }
      const times = (applied.get(name) ?? 0) + 1;
      applied.set(name, times);
      if (times > entries.length) {
        say('double-apply', `${who}: ${name}`);
      }
      if (entries.every(({ id }) => hidden.has(id))) {
        say('invented', `${who} may not see ${name}`);
      }
      if (last !== undefined && !entries.some((entry) => follows(entry, last!, hidden))) {
        say('silent-hole', `${who}: ${name} after ${last.place}`);
      }
      last = { place: `${moment.epoch}:${moment.offset}`, seen: entries };
    }
  }
}

/** Of a key never an older value after a newer; and in the end what the log says of each. */
function checkState(reading: Reading, truth: Truth, say: Say): void {
  const who = `${reading.reader} in ${reading.channel}`;
  const isRewound = truth.rewinds + truth.flushes > 0;
  const latest = new Map<string, number>();
  for (const moment of reading.moments) {
    if (moment.kind === 'begin') {
      latest.clear();
    }
    if (moment.kind !== 'state' || moment.value === undefined) {
      continue;
    }
    const { key, offset, value } = moment;
    if (
      !truth.entries.some(
        (entry) =>
          entry.key === key && entry.offset === offset && shown(entry.data) === shown(value),
      )
    ) {
      say('invented', `${who}: ${key} is ${shown(value)} at ${offset}`);
    }
    if (offset <= (latest.get(key) ?? 0) && !isRewound) {
      say('reorder', `${who}: ${key} is ${shown(value)} at ${offset}, after ${latest.get(key)}`);
    }
    latest.set(key, offset);
  }
  const wanted = new Map<string, unknown>();
  for (const { key, data, removed } of truth.logs.get(reading.channel) ?? []) {
    if (key !== undefined) {
      wanted.set(key, removed ? undefined : data);
    }
  }
  for (const key of new Set([...wanted.keys(), ...reading.state.keys()])) {
    if (shown(wanted.get(key)) !== shown(reading.state.get(key))) {
      say(
        'not-converged',
        `${who}: ${key} is ${shown(reading.state.get(key))}, not ${shown(wanted.get(key))}`,
      );
    }
  }
}

function checkEnd(reading: Reading, truth: Truth, say: Say): void {
  const { reader, channel, position, isLive } = reading;
  const top = truth.tops.get(channel);
  if (!isLive || position === undefined || placeIn(position) !== top) {
    const state = isLive ? 'live' : 'not live';
    say(
      'not-converged',
      `${reader} in ${channel}: ${state} at ${position}, the log ends at ${top}`,
    );
  }
}

function follows(
  { epoch, prev }: TrueEntry,
  last: Stand,
  hidden: ReadonlyMap<string, TrueEntry>,
): boolean {
  if (`${epoch}:${prev.offset}` !== last.place) {
    // In between is nothing but what this reader may not see, perhaps.
    const before = hidden.get(prev.id);
    return before !== undefined && follows(before, last, hidden);
  }
  // Offsets are handed out again: it must be the very entry that was seen.
  return last.seen === undefined || last.seen.some(({ id }) => id === prev.id);
}

function placeIn(position: string): string {
  const { epoch, offset } = fromText(position) ?? { epoch: '', offset: Number.NaN };
  return `${epoch}:${offset}`;
}

type Gap = Extract<Moment, { readonly kind: 'gap' }>;

function checkGap({ reason }: Gap, truth: Truth, say: (why: string) => void): void {
  const { rewinds, flushes, maxEntries, logs } = truth;
  const longest = Math.max(0, ...[...logs.values()].map(({ length }) => length));
  const entries = Math.max(longest, truth.entries.length);
  if (reason === 'trimmed' && entries <= maxEntries) {
    say('nothing was trimmed');
  } else if (reason === 'epoch' && flushes === 0) {
    say('the log has one life');
  } else if ((reason === 'diverged' || reason === 'ahead') && rewinds + flushes === 0) {
    say('the engine lost nothing');
  } else if (reason === 'dropped' || reason === 'unauthorised') {
    say('no channel is like that here');
  }
}

export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
