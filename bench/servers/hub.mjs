/** Our whole server, with everything allowed: hub, gateway and transport on top of the endpoint. */
import { createServer } from 'tautline';
import { tell } from './told.mjs';

const policy = { connect: () => 'anybody', subscribe: () => true, publish: () => true };
// Publisher and subscribers come on paths of their own.
const server = createServer({ policy, path: '*', origins: 'any' });
const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
tell(port);
