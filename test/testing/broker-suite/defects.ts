/**
 * Engines with something wrong in them, to see whether the suite finds it.
 * In: what is changed about the nodes of a memory store. Out: which promises broke. Cannot fail.
 */
import { setImmediate } from 'node:timers/promises';
import { type MemoryOptions, type MemoryStore, memoryStore } from '../../../src/brokers/memory.ts';
import type { Broker, Bus, Claims, Ears, Log } from '../../../src/ports/index.ts';
import { type BrokerEngine, type Promises, play } from '../../../src/testing/broker-suite/case.ts';
import { ManualClock } from '../../../src/testing/index.ts';

/** What is different about one node. What it does not name is as it should be. */
export interface Changes {
  readonly log?: Partial<Log>;
  readonly claims?: Partial<Claims>;
  readonly bus?: Partial<Bus>;
  readonly broker?: Partial<Broker>;
  readonly ears?: (ears: Ears) => Ears;
}

export type Change = (real: Broker, engine: MemoryEngine) => Changes;

/** What is wrong, and the promises it breaks, by how they begin. */
export interface Defect {
  readonly change: Change;
  readonly options?: MemoryOptions;
  readonly breaks: readonly string[];
}

export interface MemoryEngine extends BrokerEngine {
  /** The nodes of the case that is played, as they are without the change. */
  readonly nodes: readonly Broker[];
}

export function memoryEngine(
  change: Change = () => ({}),
  options: MemoryOptions = {},
): MemoryEngine {
  const clock = new ManualClock();
  let store: MemoryStore;
  const nodes: Broker[] = [];
  const more = (count: number) =>
    Array.from({ length: count }, () => {
      const real = store.node();
      nodes.push(real);
      return changed(real, change(real, engine));
    });
  const engine: MemoryEngine = {
    nodes,
    async makeNodes(count) {
      nodes.length = 0;
      const nowMs = () => clock.nowMs();
      store = memoryStore({ maxEntries: 128, answersKept: 100, nowMs, ...options });
      return more(count);
    },
    restart: async (count) => more(count),
    async passMs(ms) {
      clock.advance(ms);
    },
    trimmedAfter: 128,
  };
  return engine;
}

function changed(real: Broker, { log, claims, bus, broker, ears }: Changes): Broker {
  return {
    supports: real.supports,
    log: { ...real.log, ...log },
    claims: { ...real.claims, ...claims },
    bus: { ...real.bus, ...bus },
    start: (given) => real.start(ears?.(given) ?? given),
    stop: () => real.stop(),
    ...broker,
  };
}

/** Which promises break, in their order. What stands in `breaks` is shown as it stands there. */
export async function broken(
  promises: Promises,
  { change, options, breaks }: Defect,
): Promise<string[]> {
  const names: string[] = [];
  for (const [name, work] of Object.entries(promises)) {
    if (!(await holds(play(memoryEngine(change, options), work)))) {
      names.push(breaks.find((begin) => name.startsWith(begin)) ?? name);
    }
  }
  return names;
}

/** Those that no defect breaks. */
export function untouched(promises: Promises, defects: readonly Defect[]): string[] {
  const begins = defects.flatMap(({ breaks }) => breaks);
  return Object.keys(promises).filter((name) => !begins.some((begin) => name.startsWith(begin)));
}

/** Memory brokers need no more than a turn of the event loop: what has not ended after a few never will. */
async function holds(run: Promise<void>): Promise<boolean> {
  const outcome = run.then(
    () => true,
    () => false,
  );
  return Promise.race([outcome, turns(5).then(() => false)]);
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await setImmediate();
  }
}
