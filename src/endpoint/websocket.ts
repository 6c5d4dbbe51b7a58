/**
 * What an application holds: one open WebSocket, in either role. Its shape, without what is behind it.
 */
import type { Listener } from '../ground/emitter.ts';
import type { Closing, PreparedMessage } from '../protocol/index.ts';
import type { Chunk, IncomingStream, SendStreamOptions, StreamsOptions } from './streaming.ts';

/** A message: text is a string, everything else a Buffer, which is the application's own unless it chose `transient` payloads. */
export type Message = string | Buffer;

/** What a websocket tells, with what each listener is given. */
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

/** How far a websocket is: it is open when you get it. */
export type WebsocketState = 'open' | 'closing' | 'closed';

/** How one message is sent. */
export interface SendOptions {
  /**
   * False: this message is not compressed. For what is secret: beside text that a stranger chose, the length of what is compressed
   * together tells the secret, guess by guess. @default true
   */
  readonly compress?: boolean;
}

/** Iterating gives the messages one by one and slows the peer down while the loop's body is busy. */
export interface Websocket extends AsyncIterable<Message> {
  /** The subprotocol that was agreed on. */
  readonly subprotocol: string | undefined;
  /** Messages may be compressed: both sides agreed to it. */
  readonly compression: boolean;
  /** What the server said of that: `permessage-deflate` and its parameters, or ''. */
  readonly extensions: string;
  readonly state: WebsocketState;
  /** Bytes sent that the system has not taken yet. Exact on TLS too. What is being compressed counts as it was. */
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
  send(
    message: string | Uint8Array | ArrayBuffer | PreparedMessage,
    options?: SendOptions,
  ): boolean;
  /**
   * Sends one message in pieces, which need never be in memory together. Asks for the next piece when the peer has room; a piece
   * may be used again from then on. Resolves when the last one is on its way. What else is sent meanwhile, also in pieces, waits its
   * turn behind it and counts in `bufferedBytes`; only `ping` and `close` do not wait, and `close` cuts it off.
   * When `chunks` fails in the middle of the message, that cannot be ended: the websocket closes with 1011, and the promise rejects
   * with what was thrown. It rejects with `ConnectionError` `WEBSOCKET_CLOSED` when the websocket closes first.
   * @throws {UsageError} As a rejection: `PAYLOAD_INVALID`, `SEND_AFTER_CLOSE`, `STREAM_IN_THE_WAY` when more than `maxBufferedBytes`
   * would wait. `send` throws that too.
   */
  sendStream(
    chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
    options?: SendStreamOptions,
  ): Promise<void>;
  /**
   * Gives messages as streams of pieces, one after the other, and slows the peer down while their reader is busy. No message is put
   * together, so `maxMessageBytes`, `maxFrameBytes` and `maxFragments` do not hold, and `message` is not told any more. Call it at
   * once, not after an `await`. A stream that nobody has begun to read when the next is asked for is left out.
   * Iterating throws `ConnectionError` `WEBSOCKET_CLOSED` when the websocket ends in the middle of a message, or not cleanly.
   * @throws {UsageError} `OPTION_INVALID`; `STREAM_TAKEN` for the second time.
   */
  streams(options?: StreamsOptions): AsyncIterableIterator<IncomingStream>;
  /**
   * What is sent from now on waits for `release`, so that it leaves in as few writes as possible: all that is sent in one pass of the
   * event loop leaves together anyway. Pongs wait too. Nothing waits for longer than a second, nor once 64 KiB are together.
   * Calls are counted: what was held twice is released twice.
   */
  hold(): void;
  /** Does nothing when nothing is held. */
  release(): void;
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
