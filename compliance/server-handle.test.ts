/** The suite against our endpoint as a server that reads and writes handles. */
import { startServer } from './our-server.ts';
import { conform } from './suite.ts';

conform('server', () => startServer({ io: 'handle' }), { name: 'server-handle' });
