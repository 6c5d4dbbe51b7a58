/**
 * What a websocket sends: at once, in its turn behind a message in pieces, or held together.
 * In: messages. Out: frames, at its drive. Fails: `STREAM_IN_THE_WAY` thrown; a peer that takes nothing is sent away.
 */
import { faults, PreparedMessage } from '../protocol/index.ts';
import type { Drive } from './drive.ts';
import type { Engine } from './engine.ts';
import { Holding } from './holding.ts';
import type { WebsocketSettings } from './options.ts';
import { Outgoing } from './outgoing.ts';
import type { Outlet, Sendable } from './outlet.ts';
import type { Chunk, SendStreamOptions } from './streaming.ts';

/** The websocket, as far as this concerns it. */
export interface SendingOwner {
  readonly isOpen: boolean;
  lost(): Error;
}

export class Sending implements Outlet {
  readonly drive: Drive;
  private readonly options: WebsocketSettings;
  private readonly engine: Engine;
  private readonly owner: SendingOwner;
  // Made on first use: most websockets do without.
  private outgoing: Outgoing | undefined;
  private holding: Holding | undefined;

  constructor(drive: Drive, options: WebsocketSettings, engine: Engine, owner: SendingOwner) {
    this.drive = drive;
    this.options = options;
    this.engine = engine;
    this.owner = owner;
  }

  get isOpen(): boolean {
    return this.owner.isOpen;
  }

  /** With what waits its turn. */
  get bufferedBytes(): number {
    const { outgoing } = this;
    const { bufferedBytes } = this.drive;
    return outgoing === undefined ? bufferedBytes : bufferedBytes + outgoing.waitingBytes;
  }

  /** Gives false when much is waiting. @throws {UsageError} `STREAM_IN_THE_WAY` */
  send(message: Sendable, compress = true): boolean {
    const { outgoing } = this;
    if (outgoing === undefined) {
      this.sendNow(message, compress);
      return this.hasRoom();
    }
    if (outgoing.isBusy) {
      outgoing.enqueue(message, compress);
    } else {
      this.sendNow(message, compress);
    }
    return this.hasRoom() && this.bufferedBytes <= this.options.highWaterBytes;
  }

  sendNow(message: Sendable, compress: boolean): void {
    const { connection } = this.drive;
    if (typeof message === 'string') {
      connection.sendText(message, compress);
    } else if (message instanceof PreparedMessage) {
      connection.sendPrepared(message, compress);
    } else {
      connection.sendBytes(message, false, compress);
    }
    this.countMessage();
  }

  /** Of the peer; who takes nothing at all is sent away. */
  hasRoom(): boolean {
    const { highWaterBytes, maxBufferedBytes } = this.options;
    if (this.drive.bufferedBytes <= highWaterBytes) {
      return true;
    }
    // Much of it may wait for us alone, and not for the peer.
    this.drive.flush();
    const waiting = this.drive.bufferedBytes;
    if (waiting <= highWaterBytes) {
      return true;
    }
    if (waiting > maxBufferedBytes) {
      this.drive.connection.failWith(faults.READS_TOO_SLOWLY, this.drive.nowMs);
      this.drive.settle();
    }
    return false;
  }

  countMessage(): void {
    this.engine.counters.messagesSent += 1;
  }

  lost(): Error {
    return this.owner.lost();
  }

  /** Resolves when all of it was put out. @throws {UsageError} `STREAM_IN_THE_WAY` */
  stream(
    chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
    options: SendStreamOptions,
  ): Promise<void> {
    this.outgoing ??= new Outgoing(this, this.options.maxBufferedBytes);
    return this.outgoing.stream(chunks, options);
  }

  hold(): void {
    if (this.isOpen) {
      this.holding ??= new Holding(this.drive, this.engine);
      this.holding.hold();
    }
  }

  release(): void {
    this.holding?.release();
  }

  /** Holds nothing any more, however often it was asked to. */
  letGo(): void {
    this.holding?.end();
  }

  /** Bytes left. */
  progress(): void {
    this.outgoing?.progress();
  }

  /** The websocket is over. */
  end(): void {
    this.holding?.end();
    this.outgoing?.end();
  }
}
