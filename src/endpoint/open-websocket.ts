/**
 * One open WebSocket behind the shape that applications hold.
 * In: what the application sends, and what its drive tells. Out: events, or an iteration. Fails: misuse throws `UsageError`; the
 * peer's faults and the network's failures come with `closed`.
 */
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  type Agreed,
  type Closing,
  PreparedMessage,
  type Role,
  UsageError,
} from '../protocol/index.ts';
import { Drive, type DriveListener } from './drive.ts';
import type { Engine } from './engine.ts';
import { IncomingStreams } from './incoming-streams.ts';
import { iterate } from './iterate.ts';
import type { Line } from './line.ts';
import type { WebsocketSettings } from './options.ts';
import { lend, ownBytes, toBytes } from './payload.ts';
import { Sending, type SendingOwner } from './sending.ts';
import {
  type Chunk,
  type IncomingStream,
  maxStreamBytes,
  mustBeChunks,
  type SendStreamOptions,
  type StreamsOptions,
} from './streaming.ts';
import { asBuffer, nodeText } from './text.ts';
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
  readonly line: Line;
  readonly role: Role;
  readonly agreed: Agreed;
  readonly options: WebsocketSettings;
  readonly engine: Engine;
  /** Where the websocket is kept while it is open or closing. */
  readonly among: Set<OpenWebsocket>;
}

export class OpenWebsocket implements Websocket, DriveListener, SendingOwner {
  readonly subprotocol: string | undefined;
  readonly compression: boolean;
  readonly extensions: string;
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
  private incoming: IncomingStreams | undefined;
  private readonly sending: Sending;
  private readonly engine: Engine;

  constructor({ line, role, agreed, options, engine, among }: Opening) {
    this.engine = engine;
    engine.counters.opened += 1;
    this.among = among.add(this);
    this.subprotocol = agreed.subprotocol;
    const { deflate, extensions = '' } = agreed;
    this.extensions = extensions;
    this.compression = deflate !== undefined;
    const compression = deflate &&
      options.compression && { agreed: deflate, tuning: options.compression.tuning };
    this.options = options;
    this.drive = new Drive(
      line,
      role,
      options,
      engine,
      this,
      compression ? { deflate: compression } : undefined,
    );
    this.sending = new Sending(this.drive, options, engine, this);
  }

  get state(): WebsocketState {
    if (this.why !== undefined) {
      return 'closed';
    }
    return this.isOpen ? 'open' : 'closing';
  }

  get bufferedBytes(): number {
    return this.sending.bufferedBytes;
  }

  get sentBytes(): number {
    return this.drive.sentBytes;
  }

  send(
    message: string | Uint8Array | ArrayBuffer | PreparedMessage,
    options?: SendOptions,
  ): boolean {
    if (!this.isOpen) {
      this.refuseIfClosedByUs();
      return false;
    }
    const payload =
      typeof message === 'string' || message instanceof PreparedMessage
        ? message
        : toBytes(message);
    if (this.sending.send(payload, options?.compress ?? true)) {
      return true;
    }
    this.owesDrained = true;
    return false;
  }

  /** @internal */
  lost(): Error {
    return closedError(this.why);
  }

  sendStream(
    chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
    options: SendStreamOptions = {},
  ): Promise<void> {
    try {
      mustBeChunks(chunks);
      if (this.isOpen) {
        return this.sending.stream(chunks, options);
      }
      this.refuseIfClosedByUs();
    } catch (error) {
      return Promise.reject(error);
    }
    return unheeded(Promise.reject(this.lost()));
  }

  streams(options: StreamsOptions = {}): AsyncIterableIterator<IncomingStream> {
    this.mustNotStream();
    this.drive.connection.receiveInPieces(maxStreamBytes(options));
    this.incoming = new IncomingStreams(this, this.why);
    return this.incoming;
  }

  hold(): void {
    this.sending.hold();
  }

  release(): void {
    this.sending.release();
  }

  drained(): Promise<void> {
    if (this.why !== undefined) {
      return unheeded(Promise.reject(this.lost()));
    }
    if (this.bufferedBytes <= this.options.highWaterBytes) {
      return Promise.resolve();
    }
    this.owesDrained = true;
    return this.wait().drained();
  }

  ping(): Promise<number> {
    if (!this.isOpen) {
      this.refuseIfClosedByUs();
      return unheeded(Promise.reject(this.lost()));
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
    const said = code === 1005 ? undefined : code;
    this.drive.connection.close(said, reason, this.drive.nowMs);
    this.isClosedByUs = true;
    this.sending.letGo();
    this.drive.settle();
    return this.why === undefined ? this.wait().closed() : Promise.resolve(this.why);
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
    this.mustNotStream();
    return iterate(this, this.why, this.options.payloads === 'transient');
  }

  /** @internal */
  onMessage(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.engine.counters.messagesReceived += 1;
    if (text) {
      this.events.emit('message', nodeText.decode(bytes, start, end));
    } else if (this.options.payloads === 'transient') {
      const before = lend(bytes.buffer);
      this.events.emit('message', asBuffer(bytes).subarray(start, end));
      lend(before);
    } else {
      this.events.emit('message', ownBytes(bytes, start, end, owned));
    }
  }

  /** @internal */
  onPiece(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void {
    if (last) {
      this.engine.counters.messagesReceived += 1;
    }
    this.incoming?.piece(bytes, start, end, text, first, last);
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
    this.sending.progress();
    if (this.owesDrained && this.bufferedBytes <= this.options.highWaterBytes / 4) {
      this.owesDrained = false;
      this.waiters?.drainCame();
      this.events.emit('drained');
    }
  }

  /** @internal */
  onClosed(why: Closing): void {
    this.why = why;
    this.among.delete(this);
    this.engine.counters.closed += 1;
    this.engine.counters.faulted += why.fault === undefined ? 0 : 1;
    this.sending.end();
    this.incoming?.ended(why);
    this.waiters?.closeCame(why);
    this.events.emit('closed', why);
  }

  /** @internal */
  get isOpen(): boolean {
    return this.drive.connection.phase === 'open' && !this.isTerminated;
  }

  private wait(): Waiters {
    this.waiters ??= new Waiters();
    return this.waiters;
  }

  private mustNotStream(): void {
    if (this.incoming !== undefined) {
      throw new UsageError('STREAM_TAKEN', 'the messages of this websocket are given as streams');
    }
  }

  private refuseIfClosedByUs(): void {
    if (this.isClosedByUs) {
      throw new UsageError('SEND_AFTER_CLOSE', 'you closed this websocket');
    }
  }
}
