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
import { WaitingBlock } from './waiting-block.ts';

const scratchBytes = 65_536;
/** Larger pieces leave in slices, so that progress is seen while they do. */
const sliceBytes = 262_144;
/** And in smaller ones to a line that does not take them at once: a slow link must be seen to move. */
const slowSliceBytes = 32_768;
/** Finished bytes below this size are copied next to their neighbours rather than written by themselves. */
const copyBelow = 4096;

let scratch: Buffer = Buffer.allocUnsafeSlow(scratchBytes);
let scratchLength = 0;
let holder: Outbox | undefined;
/** Where the latest `reserve` made room, for whichever outbox: it is filled at once, and then nobody holds on to it. */
let room: Uint8Array = scratch;
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
  /** @internal */
  isScheduled = false;
  /** The latest write was not taken at once. */
  private isSlow = false;
  private isEnding = false;
  /** More is to come soon: what is owed waits for it, up to `scratchBytes`. */
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
    if (this.isCut) {
      return 0;
    }
    const held = holder === this ? scratchLength : 0;
    return this.queuedBytes + held + this.line.writableLength;
  }

  reserve(bytes: number): number {
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
    const isFree = this.pieces.length === 0 && !this.isBlocked && !this.isKeptBack;
    if (scratchLength > 0 && isFree && !this.isCut) {
      this.writeScratch(scratchLength);
      scratchLength = 0;
    } else {
      this.spill();
    }
    holder = undefined;
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
    if (holder !== this) {
      flushLater(this);
    }
  }

  /** @internal It is time to write, unless more is to come. */
  flush(): void {
    if (!this.isKeptBack || this.queuedBytes > scratchBytes) {
      this.writeNow();
      this.tellProgress();
    }
  }

  /** Writes what the line can take now. Of what it took at once the owner is told later: this may be inside of a call of its own. */
  writeNow(): void {
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
      this.line.end();
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
    this.line.write(chunk);
    this.isBlocked = this.line.writableLength > 0;
    this.isSlow = this.isBlocked;
  }

  /** A line that cannot pass the bytes on at once keeps them; then the scratch is its own, and we take another. */
  private writeScratch(bytes: number): void {
    const chunk = scratch.subarray(0, bytes);
    const isLent = this.line.isDoneWhenEmpty && !this.keepsChunks;
    this.line.write(isLent ? chunk : Buffer.from(chunk));
    this.isBlocked = this.line.writableLength > 0;
    this.isSlow = this.isBlocked;
    this.keepsChunks = this.isBlocked;
    if (this.isBlocked && isLent) {
      scratch = Buffer.allocUnsafeSlow(scratchBytes);
    }
  }

  /** The line took all that it was given. */
  written(): void {
    // Of what it takes at once the end of the turn tells.
    if (this.isBlocked) {
      this.isBlocked = false;
      this.pump();
      this.owner.progress(true);
    }
  }

  private tellProgress(): void {
    if (!this.isBlocked && !this.isCut && !this.line.destroyed) {
      this.owner.progress(false);
    }
  }
}

function lendScratch(outbox: Outbox): void {
  holder ??= outbox;
}
