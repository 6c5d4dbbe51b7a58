/**
 * One universe: hubs, clients, an engine and a network in one process, with a clock of their own and one seed. What runs in it is the code
 * that is shipped.
 * In: a seed, and how the build is broken, if it is. Out: what the checker found. The same seed gives the same universe.
 */
import { Chance } from './chance.ts';
import { type Anomaly, check, type Truth } from './checker.ts';
import { Engine, type TrueEntry } from './engine.ts';
import { type Broken, breakThings, heal } from './faults.ts';
import { History } from './history.ts';
import { HubProcess } from './hub-process.ts';
import { Network } from './network.ts';
import { Person } from './people.ts';
import { type Sabotage, whole } from './sabotage.ts';
import { Time } from './time.ts';

/** For so long things go wrong, in milliseconds. */
const troubledMs = 40_000;
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
  const hubs = ['north', 'south'].map(
    (name) =>
      new HubProcess(name, {
        time,
        chance: chance.fork(),
        engine,
        disguise: sabotage.broker,
        hides,
      }),
  );
  const network = new Network(time, chance.fork(), hubs, sabotage.frame);
  for (const hub of hubs) {
    hub.network = network;
  }
  const history = new History();
  const names = ['ada', 'bob', 'eve'].slice(0, chance.between(2, 3));
  const people = names.map(
    (name) => new Person(name, { time, network, chance: chance.fork(), history, sabotage }),
  );
  const world: Broken = { time, chance: chance.fork(), engine, network, hubs, people };
  const faults = breakThings(world, troubledMs);
  plan(people, time, chance);
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
    history,
  };
}

function unsent(people: readonly Person[]): Anomaly[] {
  return people
    .filter(({ isIdle }) => !isIdle)
    .map(({ name }) => ({ name: 'not-converged', detail: `${name} still has something to send` }));
}

/** Who follows what, and when who publishes. */
function plan(people: readonly Person[], time: Time, chance: Chance): void {
  const channels = ['news', 'talk'].slice(0, chance.between(1, 2));
  for (const person of people) {
    for (const channel of channels) {
      time.after(chance.between(0, 5_000), () => person.follow(channel));
    }
    if (chance.happens(0.5)) {
      time.after(chance.between(0, 5_000), () => person.follow('state'));
      for (let left = chance.between(0, 6); left > 0; left -= 1) {
        time.after(chance.between(0, troubledMs - 1), () => person.change('state'));
      }
    }
    for (let left = chance.between(2, 8); left > 0; left -= 1) {
      const channel = chance.pick(channels);
      // Now and then several at once.
      const atMs = chance.between(0, troubledMs - 1);
      for (let burst = chance.pick([1, 1, 3]); burst > 0; burst -= 1) {
        time.after(atMs, () => person.publish(channel));
      }
    }
  }
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
  if (history.attempts.some(({ told }) => told === 'pending')) {
    return false;
  }
  for (const { channel, isLive, position } of history.readings) {
    const { epoch, top } = await engine.read(channel);
    if (!isLive || position !== `${epoch}:${top.offset}:${top.id}`) {
      return false;
    }
  }
  return true;
}

async function truthOf(
  engine: Engine,
  history: History,
  maxEntries: number,
): Promise<Omit<Truth, 'hides'>> {
  const byId = new Map(engine.entries.map((entry) => [entry.id, entry]));
  const logs = new Map<string, TrueEntry[]>();
  const tops = new Map<string, string>();
  for (const { channel } of [...history.readings, ...history.attempts]) {
    if (tops.has(channel)) {
      continue;
    }
    const { epoch, top } = await engine.read(channel);
    const log: TrueEntry[] = [];
    for (let entry = byId.get(top.id); entry !== undefined; entry = byId.get(entry.prev.id)) {
      log.unshift(entry);
    }
    logs.set(channel, log);
    tops.set(channel, `${epoch}:${top.offset}`);
  }
  const { entries, rewinds, flushes } = engine;
  return { entries, logs, tops, rewinds, flushes, maxEntries };
}
