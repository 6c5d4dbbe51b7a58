/**
 * `tautline/brokers/memory`: the broker in the memory of one process. It is gone with the process: those who come back later meet a gap
 * of reason `epoch`.
 */
import type { Broker } from '../ports/index.ts';
import { MemoryNode } from './memory/node.ts';
import { fullMemoryOptions, type MemoryOptions } from './memory/options.ts';
import { Store } from './memory/store.ts';

export { type MemoryOptions, memoryDefaults } from './memory/options.ts';
export { maxWaitingAnnouncements } from './memory/store.ts';

/** Several hubs of one process on one store, as tests of many nodes need them. */
export interface MemoryStore {
  /** Another broker on the same store. What it is told ends when it is stopped; what the store keeps stays. */
  node(): Broker;
}

/**
 * One store for several hubs of one process.
 * @throws {BrokerError} `OPTION_INVALID`.
 */
export function memoryStore(options: MemoryOptions = {}): MemoryStore {
  const store = new Store(fullMemoryOptions(options));
  return { node: () => new MemoryNode(store) };
}

/** For one hub, on a store of its own. */
export function memory(options: MemoryOptions = {}): Broker {
  return memoryStore(options).node();
}
