/**
 * The wheel: one socket, one connection, one clock.
 * In: the socket's events and the alarms. Out: calls on a listener. What the socket does wrong ends the connection, and nothing
 * else: no error of it goes unheard.
 */
import type { Duplex } from 'node:stream';
import {
  type Closing,
  Connection,
  type ConnectionOptions,
  type ConnectionSink,
  type Role,
} from '../protocol/index.ts';
import { type Alarms, noSlot, type Sleeper } from './alarms.ts';
import { Outbox } from './outbox.ts';
import { nodeText } from './text.ts';

/** What a drive tells; the bytes are good during the call only, unless `owned`. */
export interface DriveListener {
  onMessage(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  onPing(bytes: Uint8Array, start: number, end: number): void;
  onPong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void;
  /** Bytes left: less may be waiting. */
  onProgress(): void;
  onClosed(why: Closing): void;
}

/** What all drives of one endpoint share. */
export interface Engine {
  readonly alarms: Alarms;
  nowMs(): number;
}

const ports = { text: nodeText };
const driven = Symbol('drive');
type DrivenSocket = Duplex & { [driven]: Drive };

export class Drive implements ConnectionSink, Sleeper {
  /** @internal Belongs to the alarms. */
  slot: number = noSlot;
  readonly connection: Connection;
  readonly socket: Duplex;
  private readonly outbox: Outbox;
  private readonly engine: Engine;
  private readonly listener: DriveListener;
  private isStarted = false;

  /** The socket is quiet until `start`. */
  constructor(
    socket: Duplex,
    role: Role,
    options: Required<ConnectionOptions>,
    engine: Engine,
    listener: DriveListener,
  ) {
    this.socket = socket;
    this.engine = engine;
    this.listener = listener;
    this.outbox = new Outbox(socket, this);
    this.connection = new Connection(role, this, options, engine.nowMs(), ports);
  }

  get bufferedBytes(): number {
    return this.outbox.bufferedBytes;
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
    const socket = this.socket as DrivenSocket;
    socket[driven] = this;
    // We end our side ourselves, when what we owe has left.
    socket.allowHalfOpen = true;
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('close', onClose);
    this.isStarted = true;
    this.outbox.hold();
    try {
      begin();
      if (already.length > 0) {
        this.connection.receive(already, this.engine.nowMs());
      }
    } finally {
      this.endTurn();
    }
    if (socket.destroyed) {
      this.ended();
      return;
    }
    if (socket.readableEnded) {
      this.halfEnded();
    }
    if (!this.connection.isSuspended) {
      socket.resume();
    }
  }

  /** One turn of the wheel: the bytes go through once, what they caused leaves in one write, then the alarm is set. */
  turn(chunk: Uint8Array): void {
    this.outbox.hold();
    try {
      this.connection.receive(chunk, this.engine.nowMs());
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
      this.socket.pause();
    }
  }

  resume(): void {
    if (this.socket.destroyed) {
      return;
    }
    this.outbox.hold();
    try {
      this.connection.resume(this.engine.nowMs());
    } finally {
      this.endTurn();
    }
    if (this.isStarted && !this.connection.isSuspended) {
      this.socket.resume();
    }
  }

  /** The application wants no more of it, not even of what has come already. */
  terminate(): void {
    this.connection.suspend();
    this.abort();
  }

  /** Hands the socket what it can take now, without waiting for the end of the turn. */
  flush(): void {
    this.outbox.flush();
  }

  /** After every call on the connection that may have moved its deadlines. */
  settle(): void {
    this.engine.alarms.set(this, this.connection.deadlineMs);
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
    return this.outbox.reserve(bytes);
  }

  append(bytes: Uint8Array): void {
    this.outbox.append(bytes);
  }

  message(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.listener.onMessage(bytes, start, end, text, owned);
  }

  ping(bytes: Uint8Array, start: number, end: number): void {
    this.listener.onPing(bytes, start, end);
  }

  pong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void {
    this.listener.onPong(bytes, start, end, roundTripMs);
  }

  closing(): void {
    // Told with `closed`; until then the phase says it.
  }

  shut(): void {
    // What the peer still sends must be read and dropped: a socket closed with unread bytes resets the connection, and the
    // reset can overtake our Close frame.
    this.socket.resume();
    this.outbox.end();
  }

  abort(): void {
    this.outbox.cut();
    this.socket.destroy();
  }

  closed(why: Closing): void {
    this.listener.onClosed(why);
  }

  /** @internal The peer ended its side. */
  halfEnded(): void {
    this.connection.endOfInput(this.engine.nowMs());
    this.settle();
  }

  /** @internal The socket is gone. */
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

// One function for all sockets, not one for each.
function onData(this: Duplex, chunk: Uint8Array): void {
  (this as DrivenSocket)[driven].turn(chunk);
}

function onEnd(this: Duplex): void {
  (this as DrivenSocket)[driven].halfEnded();
}

function onClose(this: Duplex): void {
  (this as DrivenSocket)[driven].ended();
}
