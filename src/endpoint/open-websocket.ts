/**
 * One open WebSocket behind the shape that applications hold.
 * In: what the application sends, and what its drive tells. Out: events, or an iteration. Fails: misuse throws `UsageError`; the
 * peer's faults and the network's failures come with `closed`.
 */
import type { Duplex } from 'node:stream';
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  type Agreed,
  type Closing,
  faults,
  PreparedMessage,
  type Role,
  UsageError,
} from '../protocol/index.ts';
import { Drive, type DriveListener, type Engine } from './drive.ts';
import { iterate } from './iterate.ts';
import type { WebsocketSettings } from './options.ts';
import { ownBytes, toBytes } from './payload.ts';
import { nodeText } from './text.ts';
import { closedError, unheeded, Waiters } from './waiters.ts';
import type {
  Message,
  SendOptions,
  Websocket,
  WebsocketEvents,
  WebsocketState,
} from './websocket.ts';

let pingCount = 0;

/** Errors of listeners belong to the application: they surface as uncaught exceptions, outside of our turn. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** What is there when the handshake is done. */
export interface Opening {
  readonly socket: Duplex;
  readonly role: Role;
  readonly agreed: Agreed;
  readonly options: WebsocketSettings;
  readonly engine: Engine;
  /** Where the websocket is kept while it is open or closing. */
  readonly among: Set<OpenWebsocket>;
}

export class OpenWebsocket implements Websocket, DriveListener {
  readonly subprotocol: string | undefined;
  readonly compression: boolean;
  roundTripMs: number | undefined;
  /** @internal */
  readonly drive: Drive;
  /** Set once it is over. */
  private why: Closing | undefined;
  private readonly options: WebsocketSettings;
  private readonly among: Set<OpenWebsocket>;
  private readonly events: Emitter<WebsocketEvents> = new Emitter(reportUncaught);
  private owesDrained = false;
  private isClosedByUs = false;
  private isTerminated = false;
  private waiters: Waiters | undefined;

  constructor({ socket, role, agreed, options, engine, among }: Opening) {
    this.among = among.add(this);
    this.subprotocol = agreed.subprotocol;
    const { deflate } = agreed;
    this.compression = deflate !== undefined;
    const compression = deflate &&
      options.compression && { agreed: deflate, tuning: options.compression.tuning };
    this.options = options;
    this.drive = new Drive(socket, role, options, engine, this, compression || undefined);
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

  send(
    message: string | Uint8Array | ArrayBuffer | PreparedMessage,
    options?: SendOptions,
  ): boolean {
    const { connection } = this.drive;
    if (!this.isOpen) {
      this.refuseIfClosedByUs();
      return false;
    }
    const compress = options?.compress ?? true;
    if (typeof message === 'string') {
      connection.sendText(message, compress);
    } else if (message instanceof PreparedMessage) {
      connection.sendPrepared(message, compress);
    } else {
      connection.sendBytes(toBytes(message), false, compress);
    }
    if (this.drive.bufferedBytes <= this.options.highWaterBytes) {
      return true;
    }
    // Much of it may wait for us alone, and not for the peer.
    this.drive.flush();
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
    this.among.delete(this);
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
