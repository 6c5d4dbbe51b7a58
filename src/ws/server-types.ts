/**
 * The shapes of a server that programs for ws name. No code. Like those of a websocket they follow `@types/ws`.
 */
import type { EventEmitter } from 'node:events';
import type { Server as HttpServer, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { CommonOptions, EmitterStatics, Other, WebSocketClass } from './types.ts';

type RequestClass = typeof IncomingMessage;

export interface VerifyClientInfo<Request extends IncomingMessage = IncomingMessage> {
  origin: string;
  secure: boolean;
  req: Request;
}

/** Decides on a request at once. */
export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (
  info: VerifyClientInfo<Request>,
) => boolean;
/** Decides on a request later, by its callback. */
export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
  info: VerifyClientInfo<Request>,
  callback: (
    verified: boolean,
    code?: number,
    message?: string,
    headers?: OutgoingHttpHeaders,
  ) => void,
) => void;

/** What a server is made with, by the names of ws. */
export interface ServerOptions<
  Socket extends WebSocketClass = WebSocketClass,
  Request extends RequestClass = RequestClass,
> extends CommonOptions {
  host?: string | undefined;
  port?: number | undefined;
  backlog?: number | undefined;
  server?: HttpServer<Request> | HttpsServer<Request> | undefined;
  verifyClient?:
    | VerifyClientCallbackAsync<InstanceType<Request>>
    | VerifyClientCallbackSync<InstanceType<Request>>
    | undefined;
  handleProtocols?: (protocols: Set<string>, request: InstanceType<Request>) => string | false;
  path?: string | undefined;
  noServer?: boolean | undefined;
  clientTracking?: boolean | undefined;
  WebSocket?: Socket | undefined;
}

/** Where a server listens, as Node says it. */
export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

interface ServerEvents<Socket extends WebSocketClass, Request extends RequestClass> {
  connection: [websocket: InstanceType<Socket>, request: InstanceType<Request>];
  error: [error: Error];
  headers: [headers: string[], request: InstanceType<Request>];
  close: [];
  listening: [];
  wsClientError: [error: Error, socket: Duplex, request: InstanceType<Request>];
}

export interface WebSocketServer<
  Socket extends WebSocketClass = WebSocketClass,
  Request extends RequestClass = RequestClass,
> extends EventEmitter {
  options: ServerOptions<Socket, Request>;
  path: string;
  /** All that are open or closing; absent with `clientTracking: false`. */
  clients: Set<InstanceType<Socket>>;

  address(): AddressInfo | string | null;
  close(cb?: (error?: Error) => void): void;
  handleUpgrade(
    request: InstanceType<Request>,
    socket: Duplex,
    upgradeHead: Buffer,
    callback: (client: InstanceType<Socket>, request: InstanceType<Request>) => void,
  ): void;
  shouldHandle(request: InstanceType<Request>): boolean | Promise<boolean>;

  on<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...args: ServerEvents<Socket, Request>[Name]) => void,
  ): this;
  on(event: string | symbol, listener: Other<WebSocketServer<Socket>>): this;
  once<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...args: ServerEvents<Socket, Request>[Name]) => void,
  ): this;
  once(event: string | symbol, listener: Other<WebSocketServer<Socket>>): this;
  off<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...args: ServerEvents<Socket, Request>[Name]) => void,
  ): this;
  off(event: string | symbol, listener: Other<WebSocketServer<Socket>>): this;
  addListener<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...args: ServerEvents<Socket, Request>[Name]) => void,
  ): this;
  addListener(event: string | symbol, listener: Other<WebSocketServer<Socket>>): this;
  removeListener<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: (this: WebSocketServer<Socket>, ...args: ServerEvents<Socket, Request>[Name]) => void,
  ): this;
  removeListener(event: string | symbol, listener: Other<WebSocketServer<Socket>>): this;
}

export interface WebSocketServerClass extends EmitterStatics {
  new <Socket extends WebSocketClass = WebSocketClass, Request extends RequestClass = RequestClass>(
    options?: ServerOptions<Socket, Request>,
    callback?: () => void,
  ): WebSocketServer<Socket, Request>;
}
