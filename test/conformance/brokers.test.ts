import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, describe, it } from 'vitest';
import { durableStore, type OrderedStore } from '../../src/brokers/durable.ts';
import { type MemoryStore, memoryStore } from '../../src/brokers/memory.ts';
import { type BrokerEngine, brokerCases, ManualClock } from '../../src/testing/index.ts';
import { SortedStore } from '../brokers/durable/sorted-store.ts';

/** One row for each broker. */
const engines: Readonly<Record<string, BrokerEngine>> = {
  memory: memoryEngine(),
  'durable, on a store of the tests': durableEngine(() => new SortedStore()),
  'durable, on classic-level': durableEngine(openLevel),
};

describe.each(Object.entries(engines))('%s', (_, engine) => {
  it.each(brokerCases(engine))('$name', (one) => one.run());
});

function memoryEngine(): BrokerEngine {
  const clock = new ManualClock();
  const nowMs = () => clock.nowMs();
  let store: MemoryStore;
  return {
    async makeNodes(count) {
      store = memoryStore({ maxEntries: 128, answersKept: 100, nowMs });
      return Array.from({ length: count }, () => store.node());
    },
    async passMs(ms) {
      clock.advance(ms);
    },
    trimmedAfter: 128,
  };
}

function durableEngine(openStore: () => OrderedStore): BrokerEngine {
  const clock = new ManualClock();
  let store: OrderedStore;
  const nodes = (count: number) => {
    const engine = durableStore({ store, clock, maxEntries: 128, answersKept: 100 });
    return Array.from({ length: count }, () => engine.node());
  };
  return {
    async makeNodes(count) {
      store = openStore();
      return nodes(count);
    },
    restart: async (count) => nodes(count),
    async passMs(ms) {
      clock.advance(ms);
    },
    trimmedAfter: 128,
  };
}

const levels: ClassicLevel[] = [];

function openLevel(): ClassicLevel {
  const level = new ClassicLevel(mkdtempSync(join(tmpdir(), 'tautline-suite-')));
  levels.push(level);
  return level;
}

afterAll(async () => {
  for (const level of levels) {
    await level.close();
    rmSync(level.location, { recursive: true });
  }
});
