/**
 * What a websocket owes its peer, until the socket has taken it.
 * In: bytes. Out: as few writes as possible: one for a whole turn of reading, one per pass of the event loop for everything sent
 * outside of it. Fails never: a socket that breaks tells its own listeners.
 *
 * In its own turn a websocket writes straight into `scratch`, which all share: turns do not overlap. Outside of a turn each
 * frame is a piece of its own, and the pieces of all websockets leave at the end of the pass of the event loop.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Output } from '../protocol/index.ts';
import { WaitingBlock } from './waiting-block.ts';

const scratchBytes = 65_536;
/** Larger pieces leave in slices, so that progress is seen while they do. */
const sliceBytes = 262_144;
/** And in smaller ones to a socket that does not take them at once: a slow link must be seen to move. */
const slowSliceBytes = 32_768;
/** Finished bytes below this size are copied next to their neighbours rather than written by themselves. */
const copyBelow = 4096;

let scratch: Buffer = Buffer.allocUnsafeSlow(scratchBytes);
let scratchLength = 0;
let holder: Outbox | undefined;
let unflushed: Outbox[] = [];
/** Where the latest `reserve` made room, for whichever outbox: it is filled at once, and then nobody holds on to it. */
let room: Uint8Array = scratch;
/** What an outbox has that owes nothing. Never changed: most outboxes owe nothing most of the time. */
const none: Uint8Array[] = [];

export interface OutboxOwner {
  /** The socket took all that it was given. `wasBlocked`: it had not done so at once. */
  progress(wasBlocked: boolean): void;
}

export class Outbox implements Output {
  /** The socket has not taken all that was written to it. */
  isBlocked = false;

  private readonly socket: Duplex;
  private readonly owner: OutboxOwner;
  private readonly onWritten = (error?: Error | null): void => {
    if (!error) {
      this.written();
    }
  };
  private pieces: Uint8Array[] = none;
  private queuedBytes = 0;
  /** All that was ever owed. */
  private owedBytes = 0;
  private takenBytes = 0;
  /** @internal It will be flushed at the end of this pass of the event loop. */
  isScheduled = false;
  /** The latest write was not taken at once. */
  private isSlow = false;
  private isEnding = false;
  private isCut = false;
  /** The socket kept the last chunk it was given, as TLS always does: give it chunks of its own. */
  private keepsChunks = false;
  /** Only the system's sockets are known to be done with a chunk when they say so. */
  private readonly mayLend: boolean;
  /** The latest block in which small frames wait. */
  private block: WaitingBlock | undefined;

  constructor(socket: Duplex, owner: OutboxOwner) {
    this.socket = socket;
    this.mayLend = socket instanceof Socket;
    this.owner = owner;
  }

  get buffer(): Uint8Array {
    return room;
  }

  /** Bytes that the system has not taken yet. */
  get bufferedBytes(): number {
    if (this.isCut) {
      return 0;
    }
    const held = holder === this ? scratchLength : 0;
    return this.queuedBytes + held + this.socket.writableLength;
  }

  /** Bytes that the system has taken, all told. What breaks with the socket is not among them. */
  get sentBytes(): number {
    this.noteTaken();
    return this.takenBytes;
  }

  reserve(bytes: number): number {
    this.owedBytes += bytes;
    if (holder === this && bytes <= scratchBytes) {
      if (scratchLength + bytes > scratchBytes) {
        this.spill();
      }
      room = scratch;
      const at = scratchLength;
      scratchLength += bytes;
      return at;
    }
    if (this.isBlocked && bytes < copyBelow) {
      return this.reserveInBlock(bytes);
    }
    const piece = Buffer.allocUnsafe(bytes);
    this.push(piece);
    room = piece;
    return 0;
  }

  /**
   * Small frames that have to wait stand together in blocks of their own: each by itself would keep a page of Node's pool alive,
   * which is many times its size and is counted nowhere.
   */
  private reserveInBlock(bytes: number): number {
    const { block } = this;
    const last = this.pieces.length - 1;
    if (block !== undefined && block.view === this.pieces[last]) {
      const at = block.extend(bytes);
      if (at >= 0) {
        this.pieces[last] = block.view;
        this.queuedBytes += bytes;
        room = block.bytes;
        return at;
      }
    }
    const next = new WaitingBlock(bytes);
    this.block = next;
    this.push(next.view);
    room = next.bytes;
    return 0;
  }

  append(bytes: Uint8Array): void {
    if (holder === this && bytes.length < copyBelow) {
      const at = this.reserve(bytes.length);
      room.set(bytes, at);
    } else {
      this.owedBytes += bytes.length;
      this.push(bytes);
    }
  }

  /** A turn of reading begins: what is written until `release` leaves at once, together. */
  hold(): void {
    lendScratch(this);
  }

  release(): void {
    if (holder !== this) {
      return;
    }
    if (scratchLength > 0 && this.pieces.length === 0 && !this.isBlocked && !this.isCut) {
      this.writeScratch(scratchLength);
      scratchLength = 0;
    } else {
      this.spill();
    }
    holder = undefined;
    this.pump();
  }

  /** Sends what is owed, then ends the socket. */
  end(): void {
    this.isEnding = true;
    this.schedule();
  }

  /** Forgets what is owed: the socket is gone. */
  cut(): void {
    this.noteTaken();
    this.isCut = true;
    this.pieces = none;
    this.block = undefined;
    this.queuedBytes = 0;
  }

  private push(piece: Uint8Array): void {
    if (this.isCut) {
      return;
    }
    if (holder === this) {
      this.spill();
    }
    this.enqueue(piece);
    this.schedule();
  }

  /** Moves what stands in the scratch to the end of the queue. */
  private spill(): void {
    const bytes = scratchLength;
    scratchLength = 0;
    if (bytes === 0 || this.isCut) {
      return;
    }
    if (this.isBlocked && bytes < copyBelow) {
      const at = this.reserveInBlock(bytes);
      room.set(scratch.subarray(0, bytes), at);
    } else {
      this.enqueue(Buffer.from(scratch.subarray(0, bytes)));
    }
  }

  private enqueue(piece: Uint8Array): void {
    if (this.pieces === none) {
      this.pieces = [piece];
    } else {
      this.pieces.push(piece);
    }
    this.queuedBytes += piece.length;
  }

  private schedule(): void {
    if (this.isScheduled || holder === this) {
      return;
    }
    this.isScheduled = true;
    if (unflushed.length === 0) {
      setImmediate(flushAll);
    }
    unflushed.push(this);
  }

  /** Writes what the socket can take now. Called once per pass of the event loop for each outbox that asked for it. */
  flush(): void {
    if (holder === this) {
      this.spill();
    }
    this.pump();
  }

  private pump(): void {
    while (this.pieces.length > 0 && !this.isBlocked && !this.isCut) {
      this.writeSome();
    }
    if (this.isEnding && this.pieces.length === 0 && !this.isCut) {
      this.isEnding = false;
      this.socket.end();
    }
  }

  /** Writes as many pieces as fit in one write, or a slice of one that does not. */
  private writeSome(): void {
    const first = this.pieces[0]!;
    const slice = this.isSlow ? slowSliceBytes : sliceBytes;
    if (first.length > slice) {
      this.pieces[0] = first.subarray(slice);
      this.write(first.subarray(0, slice));
      return;
    }
    let count = 1;
    let bytes = first.length;
    while (count < this.pieces.length && bytes + this.pieces[count]!.length <= scratchBytes) {
      bytes += this.pieces[count]!.length;
      count += 1;
    }
    const pieces = this.pieces.slice(0, count);
    if (count === this.pieces.length) {
      this.pieces = none;
      this.block = undefined;
    } else {
      this.pieces = this.pieces.slice(count);
    }
    if (count === 1) {
      this.write(first);
    } else if (holder === undefined) {
      let at = 0;
      for (const piece of pieces) {
        scratch.set(piece, at);
        at += piece.length;
      }
      this.queuedBytes -= bytes;
      this.writeScratch(bytes);
    } else {
      this.write(Buffer.concat(pieces, bytes));
    }
  }

  private write(chunk: Uint8Array): void {
    this.queuedBytes -= chunk.length;
    this.socket.write(chunk, this.onWritten);
    this.isBlocked = this.socket.writableLength > 0;
    this.isSlow = this.isBlocked;
  }

  /** A socket that cannot pass the bytes on at once keeps them; then the scratch is its own, and we take another. */
  private writeScratch(bytes: number): void {
    const chunk = scratch.subarray(0, bytes);
    const isLent = this.mayLend && !this.keepsChunks;
    this.socket.write(isLent ? chunk : Buffer.from(chunk), this.onWritten);
    this.isBlocked = this.socket.writableLength > 0;
    this.isSlow = this.isBlocked;
    this.keepsChunks = this.isBlocked;
    if (this.isBlocked && isLent) {
      scratch = Buffer.allocUnsafeSlow(scratchBytes);
    }
  }

  private written(): void {
    // A socket that was destroyed says of every write that it is done.
    if (this.socket.writableLength > 0 || this.socket.destroyed) {
      return;
    }
    this.noteTaken();
    const wasBlocked = this.isBlocked;
    if (wasBlocked) {
      this.isBlocked = false;
      this.pump();
    }
    this.owner.progress(wasBlocked);
  }

  /** A socket that was destroyed has forgotten what it was given: then the latest note holds. */
  private noteTaken(): void {
    if (!this.isCut && !this.socket.destroyed) {
      this.takenBytes = this.owedBytes - this.bufferedBytes;
    }
  }
}

function lendScratch(outbox: Outbox): void {
  holder ??= outbox;
}

function flushAll(): void {
  const outboxes = unflushed;
  unflushed = [];
  for (const outbox of outboxes) {
    outbox.isScheduled = false;
    outbox.flush();
  }
}
