/**
 * What a websocket sends while a message in pieces is under way (RFC 6455 §5.4: no other message may come between its fragments).
 * In: sources of pieces, and messages. Out: everything, in the order in which it was asked for. Fails: a source that fails in the
 * middle of its message closes the websocket with 1011, since that message cannot be ended; too much that waits is `STREAM_IN_THE_WAY`.
 */
import { type PreparedMessage, UsageError } from '../protocol/index.ts';
import type { Drive } from './drive.ts';
import { Pouring } from './pouring.ts';
import type { Chunk, SendStreamOptions } from './websocket.ts';

export type Sendable = string | Uint8Array | PreparedMessage;

/** What a source that waits for its turn is counted as, in bytes. */
const sourceBytes = 1024;
/** The protocol copies smaller payloads at once, so they may change afterwards: also when they have to wait. */
const copyBelow = 16_384;

/** The websocket, as far as this concerns it. */
export interface Outlet {
  readonly drive: Drive;
  readonly isOpen: boolean;
  /** Puts a message out. */
  sendNow(message: Sendable): void;
  /** After something was put out. Gives false when much is waiting. */
  hasRoom(): boolean;
  countMessage(): void;
  /** What whoever waited is told when the websocket closes. */
  lost(): Error;
}

type Item =
  | { readonly bytes: number; readonly message: Sendable }
  | { readonly bytes: number; readonly pour: () => Promise<void> };

export class Outgoing {
  /** What is sent has to wait its turn. */
  isBusy = false;
  /** What waits its turn, in bytes. */
  waitingBytes = 0;
  private readonly outlet: Outlet;
  private readonly mostBytes: number;
  private waiting: Item[] = [];
  private pouring: Pouring | undefined;
  private wake: (() => void) | undefined;

  /** @param mostBytes That may wait. */
  constructor(outlet: Outlet, mostBytes: number) {
    this.outlet = outlet;
    this.mostBytes = mostBytes;
  }

  /** @throws {UsageError} `STREAM_IN_THE_WAY` */
  enqueue(message: Sendable): void {
    const bytes = sizeOf(message);
    this.mustHaveRoom(bytes);
    const isCopied = message instanceof Uint8Array && bytes < copyBelow;
    this.add({ bytes, message: isCopied ? Buffer.from(message) : message });
  }

  /** Resolves when all of it was put out. */
  stream(
    chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
    { text }: SendStreamOptions,
  ): Promise<void> {
    this.mustHaveRoom(sourceBytes);
    return new Promise((resolve, reject) => {
      const pour = async (): Promise<void> => {
        this.pouring = new Pouring(chunks, text, this.outlet, () => this.room());
        await this.pouring.run().then(resolve, reject);
        this.pouring = undefined;
      };
      const refuse = (): void => reject(this.outlet.lost());
      this.add({ bytes: sourceBytes, pour: async () => (this.outlet.isOpen ? pour() : refuse()) });
      void this.run();
    });
  }

  /** Bytes left. */
  progress(): void {
    this.wake?.();
  }

  /** The websocket closes: nothing more can be sent. */
  end(): void {
    this.pouring?.stop();
    this.wake?.();
  }

  private async run(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    for (let item = this.next(); item !== undefined; item = this.next()) {
      if ('pour' in item) {
        await item.pour();
      } else if (this.outlet.isOpen) {
        this.outlet.sendNow(item.message);
        await this.room();
      }
    }
    this.isBusy = false;
  }

  private add(item: Item): void {
    this.waiting.push(item);
    this.waitingBytes += item.bytes;
  }

  private next(): Item | undefined {
    const item = this.waiting.shift();
    this.waitingBytes -= item?.bytes ?? 0;
    return item;
  }

  /** Until little waits for the peer, or the websocket closes. */
  private async room(): Promise<void> {
    while (this.outlet.isOpen && !this.outlet.hasRoom()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
  }

  private mustHaveRoom(bytes: number): void {
    if (this.waitingBytes + bytes > this.mostBytes) {
      throw new UsageError(
        'STREAM_IN_THE_WAY',
        'more than maxBufferedBytes would wait behind a message that is sent in pieces',
      );
    }
  }
}

function sizeOf(message: Sendable): number {
  if (typeof message === 'string') {
    return Buffer.byteLength(message);
  }
  return message instanceof Uint8Array ? message.length : message.frame.length;
}
