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
/** For faces: another shape for applications, on the same sockets. */
export { systemClock } from './clock.ts';
export {
  type AgreedCompression,
  type CompressionOptions,
  compressionDefaults,
} from './compression.ts';
export type { Counters } from './counters.ts';
export { type DialOptions, dial, dialCounters } from './dial.ts';
export { Drive, type DriveExtras, type DriveListener } from './drive.ts';
export {
  type CloseOptions,
  closeDefaults,
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  type ListenOptions,
} from './endpoint.ts';
export { type Engine, makeEngine } from './engine.ts';
export { ConnectionError, type ConnectionErrorCode } from './errors.ts';
export type { Hosts } from './hosts.ts';
export { type Http2Options, http2Defaults } from './http2-options.ts';
export type { Io } from './io.ts';
export type { MountOptions, WebsocketHandler } from './mounts.ts';
export {
  type HandshakeOptions,
  handshakeDefaults,
  type PayloadOptions,
  payloadDefaults,
  type SendingOptions,
  sendingDefaults,
  type WebsocketOptions,
} from './options.ts';
export { isOriginAllowed, type Origins } from './origins.ts';
export type { PlainHandler, PlainOptions, PlainRequest } from './plain.ts';
export { prepare } from './prepare.ts';
export type { WebsocketRequest } from './request.ts';
export type { RouteOptions } from './route.ts';
export type { SharedServer } from './shared-server.ts';
export { SocketLine } from './socket-line.ts';
export {
  type Chunk,
  type IncomingStream,
  type SendStreamOptions,
  type StreamsOptions,
  streamsDefaults,
} from './streaming.ts';
export { nodeText } from './text.ts';
export type {
  Message,
  SendOptions,
  Websocket,
  WebsocketEvents,
  WebsocketState,
} from './websocket.ts';
