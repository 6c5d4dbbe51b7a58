/**
 * What an application holds: one open WebSocket, in either role.
 * In: what the application sends. Out: events, or an iteration. Fails: misuse throws `UsageError`; the peer's faults and the
 * network's failures come with `closed`.
 */
import type { Duplex } from 'node:stream';
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  type Closing,
  type ConnectionOptions,
  faults,
  PreparedMessage,
  type Role,
  UsageError,
} from '../protocol/index.ts';
import { Drive, type DriveListener, type Engine } from './drive.ts';
import { iterate } from './iterate.ts';
import { ownBytes, toBytes } from './payload.ts';
import { nodeText } from './text.ts';
import { closedError, unheeded, Waiters } from './waiters.ts';

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

export interface SendingOptions {
  /** `send` gives false while more than this waits to be taken by the system, in bytes. @default 262_144 */
  readonly highWaterBytes?: number;
  /** A peer for which more than this waits reads too slowly: closed with 1008, in bytes. @default 33_554_432 */
  readonly maxBufferedBytes?: number;
}
export const sendingDefaults: Required<SendingOptions> = {
  highWaterBytes: 256 * 1024,
  maxBufferedBytes: 32 * 1024 * 1024,
};

export type WebsocketState = 'open' | 'closing' | 'closed';

/** Iterating gives the messages one by one and slows the peer down while the loop's body is busy. */
export interface Websocket extends AsyncIterable<Message> {
  /** The subprotocol that was agreed on. */
  readonly subprotocol: string | undefined;
  readonly state: WebsocketState;
  /** Bytes sent that the system has not taken yet. Exact on TLS too. */
  readonly bufferedBytes: number;
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
   * @param code 1000, or 3000 to 4999. @default 1000
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

let pingCount = 0;

/** Errors of listeners belong to the application: they surface as uncaught exceptions, outside of our turn. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

export class OpenWebsocket implements Websocket, DriveListener {
  readonly subprotocol: string | undefined;
  roundTripMs: number | undefined;
  /** @internal */
  readonly drive: Drive;
  /** Set once it is over. */
  private why: Closing | undefined;
  private readonly options: Required<SendingOptions>;
  private readonly events: Emitter<WebsocketEvents> = new Emitter(reportUncaught);
  private owesDrained = false;
  private isClosedByUs = false;
  private isTerminated = false;
  private waiters: Waiters | undefined;

  constructor(
    socket: Duplex,
    role: Role,
    subprotocol: string | undefined,
    options: Required<ConnectionOptions & SendingOptions>,
    engine: Engine,
  ) {
    this.subprotocol = subprotocol;
    this.options = options;
    this.drive = new Drive(socket, role, options, engine, this);
  }

  get state(): WebsocketState {
    if (this.why !== undefined) {
      return 'closed';
    }
    return this.isOpen ? 'open' : 'closing';
  }

  get bufferedBytes(): number {
    return this.drive.bufferedBytes;
  }

  send(message: string | Uint8Array | ArrayBuffer | PreparedMessage): boolean {
    const { connection } = this.drive;
    if (!this.isOpen) {
      this.refuseIfClosedByUs();
      return false;
    }
    if (typeof message === 'string') {
      connection.sendText(message);
    } else if (message instanceof PreparedMessage) {
      connection.sendPrepared(message);
    } else {
      connection.sendBytes(toBytes(message));
    }
    const waiting = this.drive.bufferedBytes;
    if (waiting <= this.options.highWaterBytes) {
      return true;
    }
    this.owesDrained = true;
    if (waiting > this.options.maxBufferedBytes) {
      connection.failWith(faults.READS_TOO_SLOWLY, this.drive.nowMs);
      this.drive.settle();
    }
    return false;
  }

  drained(): Promise<void> {
    if (this.why !== undefined) {
      return unheeded(Promise.reject(closedError(this.why)));
    }
    if (this.drive.bufferedBytes <= this.options.highWaterBytes) {
      return Promise.resolve();
    }
    this.owesDrained = true;
    return this.wait().drained();
  }

  ping(): Promise<number> {
    if (!this.isOpen) {
      this.refuseIfClosedByUs();
      return unheeded(Promise.reject(closedError(this.why)));
    }
    const waiters = this.wait();
    if (!waiters.awaitsPong) {
      // Calls that come meanwhile wait for the same pong: only the latest ping need be answered (§5.5.3).
      pingCount += 1;
      this.drive.connection.ping(Buffer.from(`ping ${pingCount}`), this.drive.nowMs);
    }
    return waiters.pong();
  }

  close(code = 1000, reason = ''): Promise<Closing> {
    this.drive.connection.close(code, reason, this.drive.nowMs);
    this.isClosedByUs = true;
    this.drive.settle();
    const { why } = this;
    return why === undefined ? this.wait().closed() : Promise.resolve(why);
  }

  terminate(): void {
    this.isClosedByUs = true;
    this.isTerminated = true;
    this.drive.terminate();
  }

  pause(): void {
    this.drive.pause();
  }

  resume(): void {
    this.drive.resume();
  }

  on<Name extends keyof WebsocketEvents>(
    name: Name,
    listener: Listener<WebsocketEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  off<Name extends keyof WebsocketEvents>(
    name: Name,
    listener: Listener<WebsocketEvents[Name]>,
  ): void {
    this.events.off(name, listener);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    return iterate(this, this.why);
  }

  /** @internal */
  onMessage(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.events.emit(
      'message',
      text ? nodeText.decode(bytes, start, end) : ownBytes(bytes, start, end, owned),
    );
  }

  /** @internal */
  onPing(bytes: Uint8Array, start: number, end: number): void {
    if (this.events.listenerCount('ping') > 0) {
      this.events.emit('ping', ownBytes(bytes, start, end, false));
    }
  }

  /** @internal */
  onPong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void {
    if (roundTripMs !== undefined) {
      this.roundTripMs = roundTripMs;
      this.waiters?.pongCame(roundTripMs);
    }
    if (this.events.listenerCount('pong') > 0) {
      this.events.emit('pong', ownBytes(bytes, start, end, false), roundTripMs);
    }
  }

  /** @internal */
  onProgress(): void {
    if (this.owesDrained && this.drive.bufferedBytes <= this.options.highWaterBytes / 4) {
      this.owesDrained = false;
      this.waiters?.drainCame();
      this.events.emit('drained');
    }
  }

  /** @internal */
  onClosed(why: Closing): void {
    this.why = why;
    this.waiters?.closeCame(why);
    this.events.emit('closed', why);
  }

  private get isOpen(): boolean {
    return this.drive.connection.phase === 'open' && !this.isTerminated;
  }

  private wait(): Waiters {
    this.waiters ??= new Waiters();
    return this.waiters;
  }

  private refuseIfClosedByUs(): void {
    if (this.isClosedByUs) {
      throw new UsageError('SEND_AFTER_CLOSE', 'you closed this websocket');
    }
  }
}
