import { describe, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import type { Broker } from '../../src/ports/index.ts';
import { brokerCases } from '../../src/testing/index.ts';

/** One row for each broker: how to make one that is not started and knows no channel. */
const brokers: Readonly<Record<string, () => Promise<Broker>>> = {
  memory: async () => memory(),
};

describe.each(Object.entries(brokers))('%s', (_, make) => {
  it.each(brokerCases)('$name', (one) => one.run(make));
});
