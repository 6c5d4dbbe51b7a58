/**
 * What a websocket sends while a message in pieces is under way (RFC 6455 §5.4: no other message may come between its fragments).
 * In: sources of pieces, and messages. Out: everything, in the order in which it was asked for. Fails: a source that fails in the
 * middle of its message closes the websocket with 1011, since that message cannot be ended; too much that waits is `STREAM_IN_THE_WAY`.
 */
import { UsageError } from '../protocol/index.ts';
import { ConnectionError } from './errors.ts';
import type { Outlet, Sendable } from './outlet.ts';
import { Pouring } from './pouring.ts';
import type { Chunk, SendStreamOptions } from './streaming.ts';
import { unheeded } from './waiters.ts';

/** What a source that waits for its turn is counted as, in bytes. */
const sourceBytes = 1024;
/** The protocol copies smaller payloads at once, so they may change afterwards: also when they have to wait. */
const copyBelow = 16_384;

type Item =
  | { readonly bytes: number; readonly message: Sendable; readonly compress: boolean }
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
  enqueue(message: Sendable, compress: boolean): void {
    const bytes = sizeOf(message);
    this.mustHaveRoom(bytes);
    const isCopied = message instanceof Uint8Array && bytes < copyBelow;
    this.add({ bytes, message: isCopied ? Buffer.from(message) : message, compress });
  }

  /** Resolves when all of it was put out. @throws {UsageError} `STREAM_IN_THE_WAY` */
  stream(
    chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
    { text }: SendStreamOptions,
  ): Promise<void> {
    this.mustHaveRoom(sourceBytes);
    const sent = new Promise<void>((resolve, reject) => {
      const pour = async (): Promise<void> => {
        this.pouring = new Pouring(chunks, text, this.outlet, () => this.room());
        try {
          resolve(await this.pouring.run());
        } catch (error) {
          if (error instanceof ConnectionError) {
            void unheeded(sent);
          }
          reject(error as Error);
        }
        this.pouring = undefined;
      };
      this.add({ bytes: sourceBytes, pour });
    });
    void this.run();
    return sent;
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
        this.outlet.sendNow(item.message, item.compress);
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
