/**
 * `tautline/testbed`: hubs and clients in one process, for the tests of an application.
 */
export {
  type BedClientOptions,
  type BedHubOptions,
  type BedServer,
  type Testbed,
  type TestbedOptions,
  testbed,
  testbedDefaults,
} from './testbed.ts';
