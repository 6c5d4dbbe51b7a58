/**
 * What a websocket owes its peer, until the line has taken it.
 * In: bytes. Out: as few writes as possible: one for a whole turn of reading, one per pass of the event loop for everything sent
 * outside of it. Fails never: a line that breaks tells its owner.
 *
 * In its own turn a websocket writes straight into `scratch`, which all share: turns do not overlap. Outside of a turn each
 * frame is a piece of its own, and the pieces of all websockets leave at the end of the pass of the event loop.
 */
import type { Output } from '../protocol/index.ts';
import { type Flushed, flushLater } from './flush-later.ts';
import type { Line } from './line.ts';
import { countInOne, sliceBytes } from './one-write.ts';
import { Scratch } from './scratch.ts';
import { WaitingBlock } from './waiting-block.ts';

/** Finished bytes below this size are copied next to their neighbours rather than written by themselves. */
const copyBelow = 4096;

const scratch = new Scratch();
/** Where the latest `reserve` made room, for whichever outbox: it is filled at once, and then nobody holds on to it. */
let room: Uint8Array = scratch.bytes;
/** What an outbox has that owes nothing. Never changed: most outboxes owe nothing most of the time. */
const none: Uint8Array[] = [];

export interface OutboxOwner {
  /** The line took all that it was given. `wasBlocked`: it had not done so at once. */
  progress(wasBlocked: boolean): void;
}

export class Outbox implements Output, Flushed {
  /** The line has not taken all that was written to it. */
  isBlocked = false;

  private readonly line: Line;
  private readonly owner: OutboxOwner;
  private pieces: Uint8Array[] = none;
  private queuedBytes = 0;
  /** All that was ever owed. */
  private owedBytes = 0;
  private takenBytes = 0;
  /** @internal */
  isScheduled = false;
  /** The latest write was not taken at once. */
  private isSlow = false;
  private isEnding = false;
  /** More is to come soon: what is owed waits for it, up to the size of the scratch. */
  private isKeptBack = false;
  private isCut = false;
  /** The line kept the last chunk it was given, as TLS always does: give it chunks of its own. */
  private keepsChunks = false;
  /** The latest block in which small frames wait. */
  private block: WaitingBlock | undefined;

  constructor(line: Line, owner: OutboxOwner) {
    this.line = line;
    this.owner = owner;
  }

  get buffer(): Uint8Array {
    return room;
  }

  /** Bytes that the system has not taken yet. */
  get bufferedBytes(): number {
    const held = scratch.holder === this ? scratch.length : 0;
    return this.isCut ? 0 : this.queuedBytes + held + this.line.writableLength;
  }

  /** Bytes that the system has taken, all told. What breaks with the line is not among them. */
  get sentBytes(): number {
    this.noteTaken();
    return this.takenBytes;
  }

  reserve(bytes: number): number {
    this.owedBytes += bytes;
    if (scratch.holder === this && bytes <= scratch.size) {
      if (!scratch.fits(bytes)) {
        this.spill();
      }
      room = scratch.bytes;
      return scratch.take(bytes);
    }
    if (this.isBlocked && bytes < copyBelow) {
      return this.reserveInBlock(bytes);
    }
    const piece = Buffer.allocUnsafe(bytes);
    this.push(piece);
    room = piece;
    return 0;
  }

  /** For a small frame that has to wait. */
  private reserveInBlock(bytes: number): number {
    const at = this.block?.extendLast(this.pieces, bytes) ?? -1;
    if (at >= 0) {
      this.queuedBytes += bytes;
      room = this.block!.bytes;
      return at;
    }
    const next = new WaitingBlock(bytes);
    this.block = next;
    this.push(next.view);
    room = next.bytes;
    return 0;
  }

  append(bytes: Uint8Array): void {
    if (scratch.holder === this && bytes.length < copyBelow) {
      const at = this.reserve(bytes.length);
      room.set(bytes, at);
    } else {
      this.owedBytes += bytes.length;
      this.push(bytes);
    }
  }

  /** A turn of reading begins: what is written until `release` leaves at once, together. */
  hold(): void {
    scratch.holder ??= this;
  }

  release(): void {
    if (scratch.holder !== this) {
      return;
    }
    const isFree = this.pieces.length === 0 && !this.isBlocked && !this.isKeptBack;
    if (scratch.length > 0 && isFree && !this.isCut) {
      this.writeScratch(scratch.view(scratch.length));
      scratch.length = 0;
    } else {
      this.spill();
    }
    scratch.holder = undefined;
    this.flush();
  }

  /** From now on what is owed waits; or it does so no longer, and leaves with what else leaves in this pass of the event loop. */
  keepBack(isKeptBack: boolean): void {
    this.isKeptBack = isKeptBack;
    if (!isKeptBack) {
      this.schedule();
    }
  }

  /** Sends what is owed, then ends the line. */
  end(): void {
    this.isEnding = true;
    this.isKeptBack = false;
    this.schedule();
  }

  /** Forgets what is owed: the line is gone. */
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
    if (scratch.holder === this) {
      this.spill();
    }
    this.enqueue(piece);
    this.schedule();
  }

  /** Moves what stands in the scratch to the end of the queue. */
  private spill(): void {
    const bytes = scratch.length;
    scratch.length = 0;
    if (bytes === 0 || this.isCut) {
      return;
    }
    if (this.isBlocked && bytes < copyBelow) {
      const at = this.reserveInBlock(bytes);
      room.set(scratch.view(bytes), at);
    } else {
      this.enqueue(Buffer.from(scratch.view(bytes)));
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
    if (scratch.holder !== this) {
      flushLater(this);
    }
  }

  /** @internal It is time to write, unless more is to come. */
  flush(): void {
    if (!this.isKeptBack || this.queuedBytes > scratch.size) {
      this.writeNow();
      this.tellProgress();
    }
  }

  /** Writes what the line can take now. Of what it took at once the owner is told later: this may be inside of a call of its own. */
  writeNow(): void {
    if (scratch.holder === this) {
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
      this.line.end();
    }
  }

  /** Writes as many pieces as fit in one write, or a slice of one that does not. */
  private writeSome(): void {
    const { pieces } = this;
    const first = pieces[0]!;
    const slice = sliceBytes(this.isSlow);
    if (first.length > slice) {
      pieces[0] = first.subarray(slice);
      this.write(first.subarray(0, slice));
      return;
    }
    const count = countInOne(pieces, scratch.size);
    if (count === pieces.length) {
      this.pieces = none;
      this.block = undefined;
    } else {
      this.pieces = pieces.slice(count);
    }
    if (count === 1) {
      this.write(first);
    } else if (scratch.holder === undefined) {
      const chunk = scratch.gather(pieces, count);
      this.queuedBytes -= chunk.length;
      this.writeScratch(chunk);
    } else {
      this.write(Buffer.concat(pieces.slice(0, count)));
    }
  }

  private write(chunk: Uint8Array): void {
    this.queuedBytes -= chunk.length;
    this.line.write(chunk);
    this.isBlocked = this.line.writableLength > 0;
    this.isSlow = this.isBlocked;
  }

  /** A line that cannot pass the bytes on at once keeps them; then the scratch is its own, and we take another. */
  private writeScratch(chunk: Buffer): void {
    const isLent = this.line.isDoneWhenEmpty && !this.keepsChunks;
    this.line.write(isLent ? chunk : Buffer.from(chunk));
    this.isBlocked = this.line.writableLength > 0;
    this.isSlow = this.isBlocked;
    this.keepsChunks = this.isBlocked;
    if (this.isBlocked && isLent) {
      scratch.leave();
    }
  }

  /** The line took all that it was given. */
  written(): void {
    // Of what it takes at once the end of the turn tells.
    if (this.isBlocked) {
      this.noteTaken();
      this.isBlocked = false;
      this.pump();
      this.owner.progress(true);
    }
  }

  private tellProgress(): void {
    if (!this.isBlocked && !this.isCut && !this.line.destroyed) {
      this.takenBytes = this.owedBytes - this.queuedBytes;
      this.owner.progress(false);
    }
  }

  /** A line that was destroyed has forgotten what it was given: then the latest note holds. */
  private noteTaken(): void {
    if (!this.isCut && !this.line.destroyed) {
      this.takenBytes = this.owedBytes - this.bufferedBytes;
    }
  }
}
