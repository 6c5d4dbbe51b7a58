/**
 * `tautline/ws`: what programs for ws import, on our own protocol. docs/2-guides/coming-from-ws.md says what differs.
 */
import type { IncomingMessage } from 'node:http';
import * as extension from './extension.ts';
import { WebSocketServer as OurServer } from './server.ts';
import type * as servers from './server-types.ts';
import { createWebSocketStream as streamOf } from './stream.ts';
import * as subprotocol from './subprotocol.ts';
import type * as types from './types.ts';
import { WebSocket as OurSocket } from './websocket.ts';

type SocketClass = types.WebSocketClass;
type RequestClass = typeof IncomingMessage;

/** The class, with everything else as a property of it: what `require` gives. */
interface Door extends SocketClass {
  readonly WebSocket: Door;
  readonly WebSocketServer: servers.WebSocketServerClass;
  readonly Server: servers.WebSocketServerClass;
  readonly createWebSocketStream: types.CreateWebSocketStream;
  readonly extension: typeof extension;
  readonly subprotocol: typeof subprotocol;
}

/** A WebSocket as a `Duplex` of Node. */
const createWebSocketStream: types.CreateWebSocketStream =
  streamOf as unknown as types.CreateWebSocketStream;

/** A server as ws has it. */
const WebSocketServer: servers.WebSocketServerClass =
  OurServer as unknown as servers.WebSocketServerClass;
type WebSocketServer<
  Socket extends SocketClass = SocketClass,
  Request extends RequestClass = RequestClass,
> = servers.WebSocketServer<Socket, Request>;
/** A server, by its older name. */
type Server<
  Socket extends SocketClass = SocketClass,
  Request extends RequestClass = RequestClass,
> = servers.WebSocketServer<Socket, Request>;

// Here, and not beside the class: a bundler may leave out what a module does to the exports of another.
/** The class as ws has it, with everything else as a property of it. */
const WebSocket: Door = Object.assign(OurSocket, {
  CONNECTING: 0,
  OPEN: 1,
  CLOSING: 2,
  CLOSED: 3,
  WebSocketServer,
  Server: WebSocketServer,
  createWebSocketStream,
  extension,
  subprotocol,
}) as unknown as Door;
Object.assign(WebSocket, { WebSocket });
type WebSocket = types.WebSocket;

/** Types by the names that `@types/ws` has for them: `WebSocket.RawData`. */
declare namespace WebSocket {
  export type AddressInfo = servers.AddressInfo;
  export type CertMeta = types.CertMeta;
  export type ClientOptions = types.ClientOptions;
  export type CloseEvent = types.CloseEvent;
  export type Data = types.Data;
  export type ErrorEvent = types.ErrorEvent;
  export type Event = types.Event;
  export type EventListenerOptions = types.EventListenerOptions;
  export type FinishRequestCallback = types.FinishRequestCallback;
  export type MessageEvent = types.MessageEvent;
  export type PerMessageDeflateOptions = types.PerMessageDeflateOptions;
  export type RawData = types.RawData;
  export type VerifyClientCallbackAsync = servers.VerifyClientCallbackAsync;
  export type VerifyClientCallbackSync = servers.VerifyClientCallbackSync;
  export type ServerOptions<
    Socket extends SocketClass = SocketClass,
    Request extends RequestClass = RequestClass,
  > = servers.ServerOptions<Socket, Request>;
  export type Server<
    Socket extends SocketClass = SocketClass,
    Request extends RequestClass = RequestClass,
  > = servers.WebSocketServer<Socket, Request>;
  export type WebSocketServer<
    Socket extends SocketClass = SocketClass,
    Request extends RequestClass = RequestClass,
  > = servers.WebSocketServer<Socket, Request>;
  export type WebSocket = types.WebSocket;
}

export type {
  AddressInfo,
  ServerOptions,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
} from './server-types.ts';
export type {
  CertMeta,
  ClientOptions,
  CloseEvent,
  Data,
  ErrorEvent,
  Event,
  EventListenerOptions,
  FinishRequestCallback,
  MessageEvent,
  PerMessageDeflateOptions,
  RawData,
} from './types.ts';
export {
  createWebSocketStream,
  extension,
  type Server,
  subprotocol,
  WebSocket,
  // What `require` gives: https://nodejs.org/docs/latest-v20.x/api/modules.html#loading-ecmascript-modules-using-require
  WebSocket as 'module.exports',
  WebSocketServer,
};
export default WebSocket;
