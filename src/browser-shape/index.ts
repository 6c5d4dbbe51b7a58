/**
 * `tautline/browser-shape`: `WebSocket` and `WebSocketStream` as browsers have them, for Node.
 */
export { CloseEvent, type CloseEventInit, type WebSocketErrorEvent } from './events.ts';
export type { ProgramOptions } from './options.ts';
export type { WebSocketEventMap, WebSocketTarget } from './target.ts';
export { type BinaryType, WebSocket } from './websocket.ts';
export { type WebSocketCloseInfo, WebSocketError } from './websocket-error.ts';
export {
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from './websocket-stream.ts';
