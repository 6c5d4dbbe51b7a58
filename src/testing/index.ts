/**
 * `tautline/testing`: for those who write a broker, or tests that must not wait.
 */
export { type BrokerCase, type BrokerEngine, brokerCases } from './broker-suite.ts';
export { ManualClock, type ManualClockOptions, manualClockDefaults } from './manual-clock.ts';
