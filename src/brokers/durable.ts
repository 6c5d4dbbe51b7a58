/**
 * `tautline/brokers/durable`: the broker on the disk of one machine, for the hubs of one process. What was acknowledged is there after the process,
 * or the machine, was killed at any moment.
 */
import type { Broker } from '../ports/index.ts';
import { Engine } from './durable/engine.ts';
import { DurableNode } from './durable/node.ts';
import { type DurableOptions, fullDurableOptions } from './durable/options.ts';

export { type DurableOptions, durableDefaults } from './durable/options.ts';
export type {
  OrderedStore,
  StoreEncodings,
  StoreOperation,
  StoreRange,
} from './durable/ordered-store.ts';

/** Several hubs of one process on one store. */
export interface DurableStore {
  /** Another broker on the same store. What it is told ends when it is stopped; what the store keeps stays. */
  node(): Broker;
}

/**
 * One store for several hubs of one process.
 * @throws {BrokerError} `OPTION_INVALID`.
 */
export function durableStore(options: DurableOptions): DurableStore {
  const engine = new Engine(fullDurableOptions(options));
  return { node: () => new DurableNode(engine) };
}

/** For one hub. */
export function durable(options: DurableOptions): Broker {
  return durableStore(options).node();
}
