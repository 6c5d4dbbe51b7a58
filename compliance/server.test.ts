/** The suite against our endpoint as a server, with the limits it has by default. */
import { startServer } from './our-server.ts';
import { conform } from './suite.ts';

conform('server', startServer);
