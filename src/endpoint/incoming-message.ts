/**
 * One message in pieces, as an application reads it.
 * In: pieces. Out: an iteration of strings or of bytes. Fails: throws `WEBSOCKET_CLOSED` where the end of its websocket cut it off,
 * and `STREAM_TAKEN` to whoever begins a second time, or too late.
 */
import { StringDecoder } from 'node:string_decoder';
import { UsageError } from '../protocol/index.ts';
import { PieceQueue } from './piece-queue.ts';

/** What a message needs of the queue that it stands in. */
export interface MessageOwner {
  /** So many bytes wait no longer. */
  took(bytes: number): void;
  /** A reader has nothing to do: more may come. */
  hunger(): void;
  /** Until something is different. */
  changed(): Promise<void>;
  /** What it throws at whoever waits for more; undefined while more may come. */
  readonly cutOff: Error | undefined;
}

const done = { done: true, value: undefined } as const;

export class IncomingMessage implements AsyncIterableIterator<string | Buffer> {
  readonly text: boolean;
  /** Its last piece is here. */
  isWhole = false;
  /** Somebody reads it, or did. */
  isTaken = false;
  /** Nobody will read on. */
  isOver = false;
  private readonly owner: MessageOwner;
  private readonly pieces: PieceQueue = new PieceQueue();
  private decoder: StringDecoder | undefined;

  constructor(text: boolean, owner: MessageOwner) {
    this.text = text;
    this.owner = owner;
  }

  /** Gives how many bytes wait now that did not before. */
  add(bytes: Uint8Array, start: number, end: number, last: boolean): number {
    this.isWhole = last;
    if (this.isOver) {
      return 0;
    }
    this.pieces.add(bytes, start, end, !last);
    return end - start;
  }

  /** What is left of it is read by nobody. */
  skip(): void {
    this.isTaken = true;
    this.isOver = true;
    this.owner.took(this.pieces.bytes);
    this.pieces.clear();
    this.owner.hunger();
  }

  async next(): Promise<IteratorResult<string | Buffer, undefined>> {
    while (!this.isOver) {
      const piece = this.pieces.take();
      if (piece !== undefined) {
        this.owner.took(piece.length);
        const value = this.text ? this.decode(piece) : piece;
        // Perhaps it was but a part of a character.
        if (value.length > 0) {
          return { done: false, value };
        }
      } else if (this.isWhole) {
        this.skip();
      } else if (this.owner.cutOff !== undefined) {
        this.skip();
        throw this.owner.cutOff;
      } else {
        this.owner.hunger();
        if (this.pieces.bytes === 0 && !this.isWhole) {
          await this.owner.changed();
        }
      }
    }
    return done;
  }

  async return(): Promise<IteratorResult<string | Buffer, undefined>> {
    this.skip();
    return done;
  }

  /** @throws {UsageError} `STREAM_TAKEN` */
  [Symbol.asyncIterator](): this {
    if (this.isTaken) {
      throw new UsageError(
        'STREAM_TAKEN',
        'this message was read before, or left out: read it before you ask for the next',
      );
    }
    this.isTaken = true;
    return this;
  }

  private decode(piece: Buffer): string {
    this.decoder ??= new StringDecoder('utf8');
    return this.decoder.write(piece);
  }
}
