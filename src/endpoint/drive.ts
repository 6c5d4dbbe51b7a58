/**
 * The wheel: one line, one connection, one clock.
 * In: what the line and the alarms tell. Out: calls on a listener. What goes wrong on the line ends the connection, and nothing
 * else.
 */
import {
  type Closing,
  Connection,
  type ConnectionOptions,
  type ConnectionPorts,
  type ConnectionSink,
  type Role,
} from '../protocol/index.ts';
import { noSlot, type Sleeper } from './alarms.ts';
import { type AgreedCompression, driveCompression } from './compression.ts';
import type { Engine } from './engine.ts';
import type { Line, LineOwner } from './line.ts';
import { textMemory, transientMemory } from './message-pool.ts';
import type { PayloadOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { paceCollector, pacedBytes } from './pace-collector.ts';
import { nodeText } from './text.ts';

/** What a drive tells; the bytes are good during the call only, unless `owned`. */
export interface DriveListener {
  onMessage(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  onPiece?(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void;
  onPing(bytes: Uint8Array, start: number, end: number): void;
  onPong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void;
  /** Bytes left: less may be waiting. */
  onProgress(): void;
  /** Nothing more can be sent, or heard; the connection's `foreseen` may say why. Comes once or twice, before `onClosed`. */
  onEnding?(): void;
  onClosed(why: Closing): void;
}

const ports = { text: nodeText, memory: textMemory };
const transientPorts = { text: nodeText, memory: transientMemory };

/** What most drives do without. */
export interface DriveExtras {
  readonly deflate?: AgreedCompression | undefined;
  /** Instead of the natives for text, of the platform's masking keys, of the usual manners. */
  readonly ports?: ConnectionPorts | undefined;
}
const noExtras: DriveExtras = {};

/** One connection on one line, driven by the alarms of its engine: what a websocket stands on. */
export class Drive implements ConnectionSink, LineOwner, Sleeper {
  /** @internal Belongs to the alarms. */
  slot: number = noSlot;
  readonly connection: Connection;
  readonly line: Line;
  private readonly outbox: Outbox;
  private readonly engine: Engine;
  private readonly listener: DriveListener;
  private isStarted = false;

  /** The line is quiet until `start`. */
  constructor(
    line: Line,
    role: Role,
    options: Required<ConnectionOptions> & PayloadOptions,
    engine: Engine,
    listener: DriveListener,
    { deflate, ports: own }: DriveExtras = noExtras,
  ) {
    this.line = line;
    line.owner = this;
    this.engine = engine;
    this.listener = listener;
    this.outbox = new Outbox(line, this);
    const usual = options.payloads === 'transient' ? transientPorts : ports;
    const whole =
      deflate === undefined && own === undefined
        ? usual
        : { ...usual, ...own, ...(deflate && { compression: driveCompression(deflate, this) }) };
    this.connection = new Connection(role, this, options, engine.nowMs(), whole);
  }

  get bufferedBytes(): number {
    return this.outbox.bufferedBytes + this.connection.waitingBytes;
  }

  get sentBytes(): number {
    return this.outbox.sentBytes;
  }

  get nowMs(): number {
    return this.engine.nowMs();
  }

  /**
   * Begins to read. `begin` is called first: what it sends leaves together with the answers to `already`, the bytes that came
   * behind the handshake.
   */
  start(already: Uint8Array, begin: () => void): void {
    const { line } = this;
    line.start();
    this.isStarted = true;
    this.outbox.hold();
    try {
      begin();
      if (already.length > 0) {
        this.engine.counters.bytesReceived += already.length;
        this.connection.receive(already, this.engine.nowMs());
      }
    } finally {
      this.endTurn();
    }
    if (line.destroyed) {
      this.ended();
      return;
    }
    if (line.hasEnded) {
      this.halfEnded();
    }
    if (!this.connection.isSuspended) {
      line.resume();
    }
  }

  /** @internal One turn of the wheel: the bytes go through once, what they caused leaves in one write, then the alarm is set. */
  turn(chunk: Uint8Array, isGiven = false): void {
    this.engine.counters.bytesReceived += chunk.length;
    if (chunk.length >= pacedBytes) {
      paceCollector(chunk.length);
    }
    this.outbox.hold();
    try {
      this.connection.receive(chunk, this.engine.nowMs(), isGiven);
    } finally {
      // Whatever happened: all websockets share what is held.
      this.endTurn();
    }
  }

  /** The application is busy: nothing more is told until `resume`, and the peer is slowed down. */
  pause(): void {
    const { phase } = this.connection;
    // Afterwards only the end is awaited, and it must be seen.
    if (phase === 'open' || phase === 'closeSent') {
      this.connection.suspend();
      this.line.pause();
    }
  }

  resume(): void {
    if (this.line.destroyed) {
      return;
    }
    this.lateTurn((nowMs) => this.connection.resume(nowMs));
  }

  /** A turn that no bytes began; it may be the end of waiting. */
  lateTurn(work: (nowMs: number) => void): void {
    this.outbox.hold();
    try {
      work(this.engine.nowMs());
    } finally {
      this.endTurn();
    }
    if (this.isStarted && !this.connection.isSuspended) {
      this.line.resume();
    }
  }

  /** The application wants no more of it, not even of what has come already. */
  terminate(): void {
    this.connection.suspend();
    this.abort();
  }

  /** Hands the line what it can take now, without waiting for the end of the turn. */
  flush(): void {
    this.outbox.writeNow();
  }

  /** What is sent waits for more, or does so no longer. */
  keepBack(isKeptBack: boolean): void {
    this.outbox.keepBack(isKeptBack);
  }

  /** After every call on the connection that may have moved its deadlines. */
  settle(): void {
    this.engine.alarms.set(this, this.connection.deadlineMs);
  }

  /** @internal */
  written(): void {
    this.outbox.written();
  }

  /** @internal From the alarms. */
  wake(nowMs: number): void {
    this.connection.expire(nowMs);
    this.settle();
  }

  /** @internal From the outbox. */
  progress(wasBlocked: boolean): void {
    if (wasBlocked) {
      this.connection.drained(this.engine.nowMs());
    }
    this.listener.onProgress();
  }

  get buffer(): Uint8Array {
    return this.outbox.buffer;
  }

  get isBlocked(): boolean {
    return this.outbox.isBlocked;
  }

  reserve(bytes: number): number {
    this.engine.counters.bytesSent += bytes;
    return this.outbox.reserve(bytes);
  }

  append(bytes: Uint8Array): void {
    this.engine.counters.bytesSent += bytes.length;
    this.outbox.append(bytes);
  }

  message(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.listener.onMessage(bytes, start, end, text, owned);
  }

  piece(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void {
    this.listener.onPiece?.(bytes, start, end, text, first, last);
  }

  ping(bytes: Uint8Array, start: number, end: number): void {
    this.listener.onPing(bytes, start, end);
  }

  pong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void {
    this.listener.onPong(bytes, start, end, roundTripMs);
  }

  closing(): void {
    this.listener.onEnding?.();
  }

  shut(): void {
    // What the peer still sends must be read and dropped: a socket closed with unread bytes resets the connection, and the
    // reset can overtake our Close frame.
    this.listener.onEnding?.();
    this.line.resume();
    this.outbox.end();
  }

  abort(): void {
    this.outbox.cut();
    this.line.destroy();
  }

  closed(why: Closing): void {
    this.listener.onClosed(why);
  }

  /** @internal */
  halfEnded(): void {
    this.connection.endOfInput(this.engine.nowMs());
    this.settle();
  }

  /** @internal */
  ended(): void {
    this.outbox.cut();
    this.connection.end(this.engine.nowMs());
    this.settle();
  }

  private endTurn(): void {
    this.outbox.release();
    this.settle();
  }
}
