/**
 * What an application holds: one open WebSocket, in either role. Its shape, without what is behind it.
 */
import type { Listener } from '../ground/emitter.ts';
import type { Closing, PreparedMessage } from '../protocol/index.ts';

/** A message: text is a string, everything else a Buffer, which is the application's own. */
export type Message = string | Buffer;

export interface WebsocketEvents {
  message: readonly [message: Message];
  /** A ping came; it is answered without you. */
  ping: readonly [payload: Buffer];
  /** A pong came; with the time since the latest ping when it answers that. */
  pong: readonly [payload: Buffer, roundTripMs: number | undefined];
  /** `send` had said false, and now most of it has left. */
  drained: readonly [];
  /** It is over. Comes exactly once, and nothing after it. */
  closed: readonly [why: Closing];
}

export type WebsocketState = 'open' | 'closing' | 'closed';

/** Iterating gives the messages one by one and slows the peer down while the loop's body is busy. */
export interface Websocket extends AsyncIterable<Message> {
  /** The subprotocol that was agreed on. */
  readonly subprotocol: string | undefined;
  readonly state: WebsocketState;
  /** Bytes sent that the system has not taken yet. Exact on TLS too. */
  readonly bufferedBytes: number;
  /** Bytes that the system has taken so far, all told, with headers and control frames. What a broken connection lost is not among them. */
  readonly sentBytes: number;
  /** The latest measured, in milliseconds. */
  readonly roundTripMs: number | undefined;
  /**
   * Sends one message, whole. Gives false when much is waiting: then let `drained()` resolve before the next. A peer that
   * has closed meanwhile is not your mistake: then nothing is sent, and `closed` tells.
   * Bytes of 16 KiB and more are kept by reference until they have left: do not change them before.
   * @throws {UsageError} `SEND_AFTER_CLOSE` after your own `close`; `PAYLOAD_INVALID` for what is neither text nor bytes.
   */
  send(message: string | Uint8Array | ArrayBuffer | PreparedMessage): boolean;
  /**
   * Resolves when little is waiting to leave.
   * Rejects with `ConnectionError` `WEBSOCKET_CLOSED` when the websocket closes first: what was waiting may be lost.
   */
  drained(): Promise<void>;
  /** Sends a ping. Resolves with the round-trip time in milliseconds; rejects like `drained`. */
  ping(): Promise<number>;
  /**
   * Begins the closing handshake, and resolves when it is over. Never rejects. Calling it again changes nothing.
   * @param code 1000, or 3000 to 4999; 1005 for a Close frame without any, and without a reason. @default 1000
   * @param reason At most 123 bytes of UTF-8.
   * @throws {UsageError} `CLOSE_CODE_INVALID`, `CLOSE_REASON_TOO_LONG`, `PAYLOAD_INVALID` for a reason that is no text
   */
  close(code?: number, reason?: string): Promise<Closing>;
  /** Cuts the connection without a handshake, and tells no more messages. Both sides see 1006. */
  terminate(): void;
  /** Stops reading: the peer is slowed down, and neither its pings nor a Close of its own are answered meanwhile. */
  pause(): void;
  resume(): void;
  /** Adds a listener and gives back how to remove it. What it throws becomes an uncaught exception and disturbs nobody else. */
  on<Name extends keyof WebsocketEvents>(
    name: Name,
    listener: Listener<WebsocketEvents[Name]>,
  ): () => void;
  off<Name extends keyof WebsocketEvents>(
    name: Name,
    listener: Listener<WebsocketEvents[Name]>,
  ): void;
}
