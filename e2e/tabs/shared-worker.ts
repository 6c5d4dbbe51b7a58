/**
 * The SharedWorker of the tests of shared roads, as an application writes it.
 */
import { websocket } from '../../src/client/index.ts';
import { serveTabs } from '../../src/client/transports/shared-tabs/worker.ts';

serveTabs(websocket());
