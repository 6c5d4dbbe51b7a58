/**
 * `tautline/endpoint`: plain websockets on Node, server and client, without the hub.
 */
export {
  type Closing,
  type ConnectionOptions,
  type PreparedMessage,
  type Refusal,
  UsageError,
  type UsageErrorCode,
} from '../protocol/index.ts';
export { systemClock } from './clock.ts';
export { type DialOptions, dial } from './dial-http1.ts';
export {
  type CloseOptions,
  closeDefaults,
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  type ListenOptions,
} from './endpoint.ts';
export { ConnectionError, type ConnectionErrorCode } from './errors.ts';
export type { Hosts } from './hosts.ts';
export type { Io } from './io.ts';
export type { MountOptions, WebsocketHandler } from './mounts.ts';
export {
  type HandshakeOptions,
  handshakeDefaults,
  type SendingOptions,
  sendingDefaults,
  type WebsocketOptions,
} from './options.ts';
export type { Origins } from './origins.ts';
export { prepare } from './prepare.ts';
export type { WebsocketRequest } from './request.ts';
export type { Message, Websocket, WebsocketEvents, WebsocketState } from './websocket.ts';
