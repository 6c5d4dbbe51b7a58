import { describe, it } from 'vitest';
import { type MemoryStore, memoryStore } from '../../src/brokers/memory.ts';
import { type BrokerEngine, brokerCases, ManualClock } from '../../src/testing/index.ts';

/** One row for each broker. */
const engines: Readonly<Record<string, BrokerEngine>> = {
  memory: memoryEngine(),
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
