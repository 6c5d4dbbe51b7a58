/**
 * `tautline`: a whole server, chosen and connected.
 */
export {
  type AppServerOptions,
  createServer,
  type Server,
  type ServerListenOptions,
  type ServerOptions,
} from './create-server.ts';
