/**
 * The judge of what is said beside publications: signals, rosters and calls.
 * In: a history, and the truth. Out: anomalies, each said once. Cannot fail.
 */
import { memberFrom } from '../../src/wire/index.ts';
import type { TrueEntry } from './engine.ts';
import type { History, Reading, Signal } from './history.ts';
import type { Say, Truth } from './truth.ts';

/** At most once, in the order of each connection, and not after the end. */
export function checkSignals(
  { reader, channel, moments }: Reading,
  history: History,
  say: Say,
): void {
  const heard = new Set<string>();
  const latest = new Map<string, number>();
  for (const moment of moments) {
    if (moment.kind === 'late') {
      say('after-the-end', `${reader} in ${channel}: a ${moment.what}`);
    }
    if (moment.kind !== 'signal') {
      continue;
    }
    const signal = history.signals.get(String(moment.value));
    if (signal === undefined || signal.channel !== channel) {
      say('invented', `${reader} in ${channel}: signal ${String(moment.value)}`);
      continue;
    }
    // Who moves from one hub to another may hear it of both.
    const once = `${signal.value} by ${moment.via}`;
    if (moment.via !== undefined && heard.has(once)) {
      say('double-signal', `${reader} in ${channel}: ${signal.value}`);
    }
    heard.add(once);
    if (signal.via !== undefined && moment.via !== undefined) {
      const way = wayOf(signal, moment.via);
      if (signal.number < (latest.get(way) ?? 0)) {
        say('signal-reorder', `${reader} in ${channel}: ${signal.value} after ${latest.get(way)}`);
      }
      latest.set(way, signal.number);
    }
  }
}

function wayOf({ sender, via }: Signal, readerVia: number): string {
  return `${sender} ${via} ${readerVia}`;
}

interface Seen {
  readonly history: History;
  readonly truth: Truth;
}

/** Each join has one leave; and in the end those are there who stand there. */
export function checkRoster(log: readonly TrueEntry[], { history, truth }: Seen, say: Say): void {
  const there = new Set<string>();
  for (const { key = '', removed } of log) {
    if (!removed) {
      there.add(key);
    } else if (!there.delete(key)) {
      say('double-leave', key);
    }
  }
  const hasLost = truth.rewinds + truth.flushes > 0;
  for (const { name, detail } of rosterFaults(log, history, hasLost)) {
    say(name, detail);
  }
}

interface RosterFault {
  readonly name: 'ghost' | 'missing';
  readonly detail: string;
}

/** @param hasLost The engine lost entries, and with them joins and leaves: nobody says those again for its sake. */
export function rosterFaults(
  log: readonly TrueEntry[],
  { standings }: History,
  hasLost: boolean,
): RosterFault[] {
  if (hasLost) {
    return [];
  }
  const words = new Map<string, unknown[]>();
  const latest = new Map(log.map((entry) => [entry.key, entry]));
  for (const { data, removed } of latest.values()) {
    const member = removed ? undefined : memberFrom(data);
    if (member !== undefined) {
      words.set(member.user, [...(words.get(member.user) ?? []), member.data]);
    }
  }
  const faults: RosterFault[] = [];
  for (const user of new Set([...words.keys(), ...standings.keys()])) {
    const standing = standings.get(user) ?? { is: 'out' };
    const said = words.get(user) ?? [];
    const detail = `${user} says ${JSON.stringify(said)}, and is ${JSON.stringify(standing)}`;
    if (said.length > (standing.is === 'out' ? 0 : 1)) {
      faults.push({ name: 'ghost', detail });
    } else if (standing.is === 'in' && said[0] !== standing.value) {
      faults.push({ name: 'missing', detail });
    }
  }
  return faults;
}

/** A handler runs once; its answer is what the caller hears, and what was never done is not said to be. */
export function checkCalls({ calls, runs }: History, { claimLosses }: Truth, say: Say): void {
  for (const { value, told, answer, isAsk } of calls) {
    const ran = runs.get(value) ?? [];
    // A method that ran twice because its claim was lost has asked its caller twice.
    const asked = calls.filter((call) => call.value === value).length;
    if (ran.length > asked && (claimLosses === 0 || isAsk)) {
      say('double-run', value);
    }
    if (told === 'pending' && !isAsk) {
      say('not-converged', `${value} has no answer`);
    } else if (told === 'answered' && !ran.includes(String(answer))) {
      say('wrong-answer', `${value}: ${String(answer)}`);
    } else if (told === 'unsent' && ran.length >= asked) {
      say('wrong-answer', `${value} ran, and its caller was told that it did not`);
    }
  }
}
