/**
 * An open connection behind the shape of ws: what its drive tells becomes events of an emitter.
 * In: a socket whose handshake is done. Out: `message`, `ping`, `pong`, `error` and `close`. Fails: what a listener throws becomes an
 * uncaught exception, outside of our turn; what the peer does wrong is an `error`, then a `close`.
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  type AgreedCompression,
  Drive,
  type DriveListener,
  type Engine,
  makeEngine,
  nodeText,
  SocketLine,
  systemClock,
} from '../endpoint/index.ts';
import type { Closing, ConnectionPorts, KeySource, Role } from '../protocol/index.ts';
import { errorOf } from './errors.ts';
import { type OpenOptions, openOptions } from './options.ts';
import { Outgoing, type OutgoingOwner } from './outgoing.ts';
import { type BinaryType, ownBuffer, toBinary } from './payload.ts';

/** One clock and one set of alarms for all. */
const engine: Engine = makeEngine(systemClock);

export interface LinkOwner extends EventEmitter {
  readonly binaryType: BinaryType;
}

export class Link implements DriveListener, OutgoingOwner {
  readonly socket: Duplex;
  readonly drive: Drive;
  readonly outgoing: Outgoing;
  isPaused = false;
  /** `closed` was told. */
  isOver = false;
  /** Both Close frames went over. */
  wasClean = false;
  private readonly owner: LinkOwner;
  private readonly isPatient: boolean;
  /** One event was told, and the next has to wait. */
  private isWaiting = false;
  private isClosing = false;
  private isFaultTold = false;
  /** Not told yet. */
  private error: Error | undefined;

  constructor(
    owner: LinkOwner,
    socket: Duplex,
    role: Role,
    options: OpenOptions,
    deflate?: AgreedCompression,
  ) {
    this.owner = owner;
    this.isPatient = options.allowSynchronousEvents === false;
    this.socket = socket;
    const extras = { ports: portsFor(options), deflate };
    this.drive = new Drive(
      new SocketLine(socket),
      role,
      openOptions(options),
      engine,
      this,
      extras,
    );
    this.outgoing = new Outgoing(this.drive, this, deflate !== undefined);
  }

  get isOpen(): boolean {
    return !this.isClosing && this.drive.connection.phase === 'open';
  }

  /** What waits for us alone leaves first, so that the rest is what waits for the peer. */
  get bufferedBytes(): number {
    this.drive.flush();
    return this.drive.bufferedBytes + this.outgoing.waitingBytes;
  }

  /** Begins to read; what `opened` sends leaves at once. */
  start(opened: () => void): void {
    this.drive.start(noBytes, () => {
      try {
        opened();
      } catch (error) {
        this.threw(error);
      }
    });
  }

  close(code: number | undefined, reason: string): void {
    this.outgoing.close(code, reason);
    this.isClosing = true;
  }

  /** What was sent before still leaves, as far as the system takes it. */
  terminate(): void {
    this.isClosing = true;
    this.drive.flush();
    this.drive.terminate();
  }

  pause(): void {
    this.isPaused = true;
    this.drive.pause();
  }

  resume(): void {
    this.isPaused = false;
    if (!this.isWaiting) {
      this.drive.resume();
    }
  }

  onMessage(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    const data = ownBuffer(bytes, start, end, owned);
    try {
      this.owner.emit('message', text ? data : toBinary(data, this.owner.binaryType), !text);
    } catch (error) {
      this.threw(error);
    }
    this.takeTurns();
  }

  onPing(bytes: Uint8Array, start: number, end: number): void {
    this.tell('ping', ownBuffer(bytes, start, end, false));
    this.takeTurns();
  }

  onPong(bytes: Uint8Array, start: number, end: number): void {
    this.tell('pong', ownBuffer(bytes, start, end, false));
    this.takeTurns();
  }

  onProgress(): void {
    this.outgoing.progress();
  }

  /** An error is told when the turn is over: a listener may terminate, and our Close frame must have left by then. */
  onEnding(): void {
    const { why, evidence } = this.drive.connection.foreseen;
    if (why?.fault === undefined || this.isFaultTold) {
      return;
    }
    this.isFaultTold = true;
    this.error = errorOf(why.fault, evidence);
    process.nextTick(() => this.tellError());
  }

  onClosed(why: Closing): void {
    this.isFaultTold = true;
    this.tellError();
    this.isOver = true;
    this.wasClean = why.clean;
    this.outgoing.end();
    // A code of ours says nothing of the peer's: ws has 1006 for that.
    const code = why.fault === undefined ? why.code : 1006;
    const reason = why.fault === undefined ? why.reason : '';
    this.tell('close', code, Buffer.from(reason));
  }

  threw(error: unknown): void {
    process.nextTick(() => {
      throw error;
    });
  }

  blobFailed(error: Error): void {
    this.terminate();
    this.tell('error', error);
  }

  private tellError(): void {
    const { error } = this;
    if (error !== undefined) {
      this.error = undefined;
      this.tell('error', error);
    }
  }

  private tell(name: string, ...given: readonly unknown[]): void {
    try {
      this.owner.emit(name, ...given);
    } catch (error) {
      this.threw(error);
    }
  }

  private takeTurns(): void {
    if (!this.isPatient) {
      return;
    }
    this.isWaiting = true;
    this.drive.pause();
    setImmediate(() => {
      this.isWaiting = false;
      if (!this.isPaused) {
        this.drive.resume();
      }
    });
  }
}

const noBytes: Uint8Array = Buffer.alloc(0);

function portsFor({ autoPong, generateMask }: OpenOptions): ConnectionPorts {
  const manners = { answersPings: autoPong !== false, endsFirst: true };
  if (generateMask === undefined) {
    return { text: nodeText, manners };
  }
  const key = Buffer.alloc(4);
  const keys: KeySource = {
    next() {
      generateMask(key);
      return key.readInt32LE(0);
    },
  };
  return { text: nodeText, manners, keys };
}
