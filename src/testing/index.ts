/**
 * `tautline/testing`: for those who write a broker, or tests that must not wait and must come out the same each time.
 */
export { type AdvanceOptions, advance, advanceDefaults } from './advance.ts';
export { type BrokerCase, type BrokerEngine, brokerCases } from './broker-suite.ts';
export { ManualClock, type ManualClockOptions, manualClockDefaults } from './manual-clock.ts';
export {
  type ClientRoad,
  type ClosedWhy,
  type Conditions,
  calm,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  memoryNetwork,
  NetworkError,
  type NetworkErrorCode,
  type NetworkLimits,
  type NetworkListener,
  type NetworkRoad,
  type NetworkTransport,
  networkDefaults,
  type ServeOptions,
} from './memory-network.ts';
export { seededRandom } from './seeded-random.ts';
