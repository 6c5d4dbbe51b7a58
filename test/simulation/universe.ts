/**
 * One universe: hubs, clients, an engine and a network in one process, with a clock of their own and one seed. What runs in it is the code
 * that is shipped.
 * In: a seed, and how the build is broken, if it is. Out: what the checker found. The same seed gives the same universe.
 */
import type { Link } from '../../src/wire/index.ts';
import { Chance } from './chance.ts';
import { check } from './checker.ts';
import { rosterFaults } from './checker-of-sayings.ts';
import { doingsOf, plan, troubledMs } from './doings.ts';
import { Engine, type TrueEntry } from './engine.ts';
import { type Broken, breakThings, heal } from './faults.ts';
import { History } from './history.ts';
import { HubProcess } from './hub-process.ts';
import { Network } from './network.ts';
import { Person } from './people.ts';
import { type Sabotage, whole } from './sabotage.ts';
import { roster } from './sayings.ts';
import { Time } from './time.ts';
import type { Anomaly, Truth } from './truth.ts';

/** And so long after that all must be well, at the latest. */
const healingMs = 120_000;

export interface Universe {
  readonly seed: number;
  readonly anomalies: readonly Anomaly[];
  readonly faults: readonly string[];
  readonly steps: number;
  readonly appended: number;
  readonly delivered: number;
  readonly gaps: number;
  /** Signals that were heard, handlers that ran, entries of rosters, and connections of the second kind. */
  readonly signals: number;
  readonly runs: number;
  readonly members: number;
  readonly polls: number;
  /** All that happened, for comparing two runs. */
  readonly history: History;
}

export interface UniverseOptions {
  /** Readers are not shown everything. */
  readonly hides?: boolean;
}

export async function runUniverse(
  seed: number,
  sabotage: Sabotage = whole,
  { hides = false }: UniverseOptions = {},
): Promise<Universe> {
  const chance = new Chance(seed);
  const time = new Time();
  const maxEntries = chance.pick([4, 10, 1_000, 1_000]);
  const engine = new Engine(time, chance.fork(), maxEntries);
  const history = new History();
  const doings = doingsOf(chance, sabotage.busy);
  const hubs = ['north', 'south'].map((name) => {
    const disguise = sabotage.broker;
    const { hasRosters } = doings;
    const own = { time, chance: chance.fork(), engine, history, hasRosters, disguise, hides };
    return new HubProcess(name, own);
  });
  const network = new Network(time, chance.fork(), hubs, sabotage.frame);
  for (const hub of hubs) {
    hub.network = network;
  }
  const names = ['ada', 'bob', 'eve'].slice(0, chance.between(2, 3));
  const people = names.map((name) => {
    const { hasLadder } = doings;
    const own = { time, network, chance: chance.fork(), history, sabotage, hasLadder };
    return new Person(name, own);
  });
  const world: Broken = { time, chance: chance.fork(), engine, network, hubs, people };
  const faults = breakThings(world, troubledMs);
  plan(people, { time, chance, doings });
  for (const process of [...hubs, ...people]) {
    process.come();
  }
  let steps = await run(time, troubledMs);
  heal(world);
  const endMs = troubledMs + healingMs;
  for (let untilMs = troubledMs + 2_000; untilMs <= endMs; untilMs += 2_000) {
    steps += await run(time, untilMs);
    for (const person of people) {
      person.note();
    }
    if (people.every(({ isIdle }) => isIdle) && (await hasConverged(history, engine))) {
      break;
    }
  }
  const truth = { ...(await truthOf(engine, history, maxEntries)), hides };
  const moments = history.readings.flatMap((reading) => reading.moments);
  return {
    seed,
    anomalies: [...check(history, truth), ...unsent(people)],
    faults,
    steps,
    appended: engine.entries.length,
    delivered: moments.filter(({ kind }) => kind === 'publication').length,
    gaps: moments.filter(({ kind }) => kind === 'gap').length,
    signals: moments.filter(({ kind }) => kind === 'signal').length,
    runs: [...history.runs.values()].reduce((sum, { length }) => sum + length, 0),
    members: truth.logs.get(roster)?.length ?? 0,
    polls: network.polled,
    history,
  };
}

function unsent(people: readonly Person[]): Anomaly[] {
  return people
    .filter(({ isIdle }) => !isIdle)
    .map(({ name }) => ({ name: 'not-converged', detail: `${name} still has something to send` }));
}

/** Everything that promises still have to do is done before the next thing happens. Gives how many there were. */
async function run(time: Time, endMs: number): Promise<number> {
  let steps = 0;
  while (time.step(endMs)) {
    steps += 1;
    // What is asked for here comes when nothing is left that was promised, and costs no turn of the loop.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  time.nowMs = endMs;
  return steps;
}

async function hasConverged(history: History, engine: Engine): Promise<boolean> {
  if (history.attempts.some(({ told }) => told === 'pending') || history.isCalling) {
    return false;
  }
  for (const { channel, isLive, position } of history.readings) {
    const { epoch, top } = await engine.read(channel);
    if (!isLive || position !== `${epoch}:${top.offset}:${top.id}`) {
      return false;
    }
  }
  if (history.standings.size === 0) {
    return true;
  }
  const { top } = await engine.read(roster);
  const log = logTo(top, byPlace(engine));
  return rosterFaults(log, history, engine.rewinds + engine.flushes > 0).length === 0;
}

type Places = ReadonlyMap<string, TrueEntry>;

function byPlace({ entries }: Engine): Places {
  return new Map(entries.map((entry) => [placeOf(entry), entry]));
}

/** An id alone may stand twice, in a build that is broken. */
function placeOf({ offset, id }: Link): string {
  return `${offset} ${id}`;
}

/** The entries that lead to this one, oldest first. */
function logTo(top: Link, places: Places): TrueEntry[] {
  const log: TrueEntry[] = [];
  let entry = places.get(placeOf(top));
  while (entry !== undefined) {
    log.push(entry);
    entry = places.get(placeOf(entry.prev));
  }
  return log.reverse();
}

async function truthOf(
  engine: Engine,
  history: History,
  maxEntries: number,
): Promise<Omit<Truth, 'hides'>> {
  const places = byPlace(engine);
  const logs = new Map<string, TrueEntry[]>();
  const tops = new Map<string, string>();
  const channels = new Set(
    [...history.readings, ...history.attempts].map(({ channel }) => channel),
  );
  if (history.standings.size > 0) {
    channels.add(roster);
  }
  for (const channel of channels) {
    const { epoch, top } = await engine.read(channel);
    logs.set(channel, logTo(top, places));
    tops.set(channel, `${epoch}:${top.offset}`);
  }
  const { entries, rewinds, flushes, claimLosses } = engine;
  return { entries, logs, tops, rewinds, flushes, claimLosses, maxEntries };
}
