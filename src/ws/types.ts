/**
 * The shapes that programs for ws name: what they hold, what they give, what they are told. No code.
 * They follow `@types/ws`, so that a program that compiles with it compiles here; test/ws/types.test.ts holds the two together.
 */
import type { EventEmitter } from 'node:events';
import type { Agent, ClientRequest, ClientRequestArgs, IncomingMessage } from 'node:http';
import type { createConnection } from 'node:net';
import type { Duplex, DuplexOptions } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { ZlibOptions } from 'node:zlib';

// biome-ignore lint/suspicious/noExplicitAny: events of one's own may have any arguments
export type Other<This> = (this: This, ...args: any[]) => void;

/** A message as it comes: text too is bytes, and `isBinary` tells the two apart. */
export type RawData = Buffer | ArrayBuffer | Buffer[];
/** A message as a `MessageEvent` has it. */
export type Data = string | Buffer | ArrayBuffer | Buffer[];
/** A certificate, as Node's `checkServerIdentity` has it. */
export type CertMeta = string | string[] | Buffer | Buffer[];
type Valued = ArrayBuffer | SharedArrayBuffer | Uint8Array | readonly number[] | string;
/** What `send` takes: bytes in any form, text, a number (sent as text), a Blob, or whatever `Buffer.from` understands. */
export type Sendable =
  | string
  | number
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  // biome-ignore lint/suspicious/noExplicitAny: as `Buffer.from` has it
  | readonly any[]
  | { valueOf(): Valued }
  | { [Symbol.toPrimitive](hint: string): string };

/** What listeners are given. */
export interface Event {
  type: string;
  target: WebSocket;
}

/** What listeners of `error` are given. */
export interface ErrorEvent extends Event {
  // biome-ignore lint/suspicious/noExplicitAny: as programs for ws expect it
  error: any;
  message: string;
}

/** What listeners of `close` are given. */
export interface CloseEvent extends Event {
  wasClean: boolean;
  code: number;
  reason: string;
}

/** What listeners of `message` are given. */
export interface MessageEvent extends Event {
  data: Data;
}
export interface WebSocketEventMap {
  open: Event;
  error: ErrorEvent;
  close: CloseEvent;
  message: MessageEvent;
}

/** How a listener listens. */
export interface EventListenerOptions {
  once?: boolean | undefined;
}
export type EventHandler<E> = ((event: E) => void) | { handleEvent(event: E): void };

export interface SendOptions {
  mask?: boolean | undefined;
  binary?: boolean | undefined;
  compress?: boolean | undefined;
  fin?: boolean | undefined;
}
export type SendCallback = (error?: Error) => void;

/** As `@types/ws` has them. */
interface DeflateOptions extends Omit<ZlibOptions, 'dictionary'> {
  dictionary?: Buffer | Buffer[] | DataView | undefined;
}

/** How messages are compressed (RFC 7692); `threshold` is in bytes, windows are in bits. */
export interface PerMessageDeflateOptions {
  serverNoContextTakeover?: boolean | undefined;
  clientNoContextTakeover?: boolean | undefined;
  serverMaxWindowBits?: number | undefined;
  clientMaxWindowBits?: number | undefined;
  zlibDeflateOptions?: DeflateOptions | undefined;
  zlibInflateOptions?: ZlibOptions | undefined;
  threshold?: number | undefined;
  concurrencyLimit?: number | undefined;
}

/** What both roles have. */
export interface CommonOptions {
  /** False: at most one message, ping or pong is told per pass of the event loop. @default true */
  allowSynchronousEvents?: boolean | undefined;
  /** Whether pings are answered without you. @default true */
  autoPong?: boolean | undefined;
  /** Time for the closing handshake, in milliseconds; then the connection is cut. @default 30_000 */
  closeTimeout?: number | undefined;
  /** Most frames of one message; 0 for no limit. @default 16_384 */
  maxFragments?: number | undefined;
  /** Largest message, in bytes; 0 for no limit. @default 104_857_600 */
  maxPayload?: number | undefined;
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Accepted and not heeded: text is always checked. */
  skipUTF8Validation?: boolean | undefined;
}

/** Sends the request of a handshake when it wants. */
export type FinishRequestCallback = (request: ClientRequest, websocket: WebSocket) => void;

/** What a client is made with, by the names of ws; times are in milliseconds. */
export interface ClientOptions extends SecureContextOptions, CommonOptions {
  protocol?: string | undefined;
  protocols?: string | string[] | undefined;
  followRedirects?: boolean | undefined;
  generateMask?(mask: Buffer): void;
  handshakeTimeout?: number | undefined;
  maxRedirects?: number | undefined;
  localAddress?: string | undefined;
  protocolVersion?: number | undefined;
  headers?: { [key: string]: string } | undefined;
  origin?: string | undefined;
  agent?: Agent | undefined;
  auth?: string | undefined;
  host?: string | undefined;
  family?: number | undefined;
  checkServerIdentity?(servername: string, cert: CertMeta): boolean;
  rejectUnauthorized?: boolean | undefined;
  createConnection?: typeof createConnection | undefined;
  finishRequest?: FinishRequestCallback | undefined;
}

export interface WebSocketEvents {
  close: [code: number, reason: Buffer];
  error: [error: Error];
  message: [data: RawData, isBinary: boolean];
  open: [];
  ping: [data: Buffer];
  pong: [data: Buffer];
  redirect: [url: string, request: ClientRequest];
  'unexpected-response': [request: ClientRequest, response: IncomingMessage];
  upgrade: [response: IncomingMessage];
}

/** One WebSocket, in either role. */
export interface WebSocket extends EventEmitter {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  get binaryType(): 'nodebuffer' | 'arraybuffer' | 'fragments';
  set binaryType(type: 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob');
  /** Bytes that were sent and that the system has not taken. */
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly isPaused: boolean;
  readonly protocol: string;
  readonly readyState: 0 | 1 | 2 | 3;
  readonly url: string;
  onopen: ((event: Event) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;

  close(code?: number, data?: string | Buffer): void;
  // biome-ignore lint/suspicious/noExplicitAny: what `send` takes, and nothing at all
  ping(data?: any, mask?: boolean, cb?: (error: Error) => void): void;
  // biome-ignore lint/suspicious/noExplicitAny: what `send` takes, and nothing at all
  pong(data?: any, mask?: boolean, cb?: (error: Error) => void): void;
  send(data: Sendable, cb?: SendCallback): void;
  send(data: Sendable, options: SendOptions, cb?: SendCallback): void;
  terminate(): void;
  pause(): void;
  resume(): void;

  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: EventHandler<WebSocketEventMap[Type]>,
    options?: EventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: EventHandler<WebSocketEventMap[Type]>,
  ): void;

  on<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...args: WebSocketEvents[Name]) => void,
  ): this;
  on(event: string | symbol, listener: Other<WebSocket>): this;
  once<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...args: WebSocketEvents[Name]) => void,
  ): this;
  once(event: string | symbol, listener: Other<WebSocket>): this;
  off<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...args: WebSocketEvents[Name]) => void,
  ): this;
  off(event: string | symbol, listener: Other<WebSocket>): this;
  addListener<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...args: WebSocketEvents[Name]) => void,
  ): this;
  addListener(event: string | symbol, listener: Other<WebSocket>): this;
  removeListener<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...args: WebSocketEvents[Name]) => void,
  ): this;
  removeListener(event: string | symbol, listener: Other<WebSocket>): this;
}

/** What a class has from `EventEmitter`. */
export type EmitterStatics = Omit<typeof EventEmitter, 'prototype'>;

/** The class itself. */
export interface WebSocketClass extends EmitterStatics {
  new (address: null, protocols?: undefined, options?: object): WebSocket;
  new (address: string | URL, options?: ClientOptions | ClientRequestArgs): WebSocket;
  new (
    address: string | URL,
    protocols?: string | string[],
    options?: ClientOptions | ClientRequestArgs,
  ): WebSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}

export type CreateWebSocketStream = (websocket: WebSocket, options?: DuplexOptions) => Duplex;
